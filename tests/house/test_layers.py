"""The import contracts of pyproject.toml: they are kept here, and each of them can break."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.sources import ROOT, plant

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def lint(root: Path, kept: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the packages of a tree with this repository's contracts."""
    return subprocess.run(
        [sys.executable, "-c", LINT, "--config", str(ROOT / "pyproject.toml"), "--cache-dir", str(kept), "--no-logo"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )


def test_every_contract_is_kept(tmp_path):
    verdict = lint(ROOT, tmp_path)
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


@pytest.mark.parametrize(
    ("files", "broken"),
    [
        pytest.param(
            {"harness/schema/entry.py": "import harness.run.plan\n", "harness/run/plan.py": ""},
            "One way down",
            id="upwards",
        ),
        pytest.param(
            {"harness/score/score.py": "import harness.record.store\n", "harness/record/store.py": ""},
            "One way down",
            id="sideways",
        ),
        pytest.param({"harness/drawer/things.py": ""}, "One way down", id="a-room-nobody-listed"),
        pytest.param({"benchmarks/card.py": "import harness.errors\n"}, "ground floor", id="a-benchmark-that-knows-us"),
        pytest.param({"harness/verify/gates.py": "import torch\n"}, "light wing", id="torch-in-the-light-wing"),
        pytest.param(
            {"harness/score/score.py": "import harness.schema.entry\n", "harness/schema/entry.py": "import timm\n"},
            "light wing",
            id="timm-through-a-friend",
        ),
        pytest.param(
            {"harness/run/plan.py": "def go():\n    import mlflow\n"}, "One door", id="a-second-door-to-mlflow"
        ),
    ],
)
def test_a_planted_fault_breaks_its_contract(tmp_path, files, broken):
    tree = plant(tmp_path / "tree", {"benchmarks/card.py": "", "harness/errors.py": "", **files})
    verdict = lint(tree, tmp_path / "cache")
    assert verdict.returncode == 1, verdict.stdout + verdict.stderr
    assert any(broken in line and "BROKEN" in line for line in verdict.stdout.splitlines()), verdict.stdout


def test_the_contracts_refuse_a_room_that_nobody_listed():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract for contract in contracts if contract["type"] == "layers")
    assert layers["exhaustive"] is True
    assert "ignore_imports" not in layers
