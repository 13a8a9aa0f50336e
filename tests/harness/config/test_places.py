"""The project's own files lie below one root, which a copy of them may be."""

import subprocess
import sys
from pathlib import Path

from harness.config import places

SAY = (
    "from harness.config import places; print(places.ROOT, places.CONFIGS, places.REFERENCE, places.POLICY, sep='\\n')"
)


def said(**environment: str) -> list[Path]:
    done = subprocess.run([sys.executable, "-c", SAY], env=environment, capture_output=True, text=True, check=True)
    return [Path(line) for line in done.stdout.splitlines()]


def test_the_root_is_this_checkout():
    assert said() == [places.ROOT, places.CONFIGS, places.REFERENCE, places.POLICY]
    assert (places.ROOT / "pyproject.toml").is_file()


def test_a_copy_of_the_files_can_stand_in_for_them(tmp_path):
    moved = said(HARNESS_ROOT=str(tmp_path))
    assert moved == [tmp_path / path.relative_to(places.ROOT) for path in said()]


def test_a_location_is_below_the_root_unless_it_is_absolute(tmp_path):
    assert places.resolve("a/b") == places.ROOT / "a/b"
    assert places.resolve(str(tmp_path)) == tmp_path
