"""The light wing runs on a laptop: its modules import no heavy library, and help comes at once."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOT, module_name, plant, python_files

HEAVY = ("torch", "torchvision", "transformers", "timm", "deepspeed", "vllm", "docker")
LIGHT = (
    "benchmarks",
    "harness/errors.py",
    *(f"harness/{room}" for room in ("schema", "config", "score", "record", "analyse", "verify", "audit", "report")),
    "harness/cli",
)
HELP_CPU_S = 1.0

WEIGH = """
import importlib, json, sys
found = {}
for module in json.loads(sys.argv[1]):
    importlib.import_module(module)
    for heavy in json.loads(sys.argv[2]):
        if heavy in sys.modules:
            found.setdefault(heavy, module)
json.dump(found, sys.stdout)
"""


def light_modules(root: Path) -> list[str]:
    """List the modules that must do without the heavy libraries."""
    light = [root / name for name in LIGHT]
    return [module_name(root, path) for path in python_files(root) if any(path.is_relative_to(room) for room in light)]


def weights(root: Path) -> dict[str, str]:
    """Import every light module in one fresh interpreter; tell which heavy library came in, first through which."""
    done = subprocess.run(
        [sys.executable, "-c", WEIGH, json.dumps(light_modules(root)), json.dumps(HEAVY)],
        cwd=root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def cpu_seconds(*words: str) -> float:
    """Run Python with these words and measure the CPU time of the child, which a busy machine does not stretch."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_the_light_wing_imports_nothing_heavy():
    assert weights(ROOT) == {}


def test_a_heavy_import_is_found_with_the_module_that_asked(tmp_path):
    files = {"harness/score/marks.py": "import harness.tower\n", "harness/tower.py": "import docker\n"}
    assert weights(plant(tmp_path, files)) == {"docker": "harness.score.marks"}


@pytest.mark.parametrize("words", [["--help"], ["reproduce", "--help"]])
def test_help_comes_in_less_than_a_second(words):
    spent = min(cpu_seconds("-m", "harness", *words) for _ in range(3))
    assert spent < HELP_CPU_S, f"harness {' '.join(words)} took {spent:.2f} s of CPU"
