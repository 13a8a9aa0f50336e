"""One door per giant, and imports at the top of a file.

import-linter holds the doors for import statements; here names given as text to importlib are held too. Two kinds of
file may defer an import: a page of `harness.cli.verbs`, so that help and the light verbs work without torch, and a
door, whose giant reads its environment when it is imported and costs seconds to everyone who imports the door.
"""

from pathlib import Path

import pytest

from tests.house.sources import ROOT, imports, module_name, plant, python_files

DOORS = {
    "datasets": "benchmarks.hub",
    "deepspeed": "harness.train.engine",
    "docker": "harness.run.container",
    "huggingface_hub": "benchmarks.hub",
    "hydra": "harness.config.compose",
    "mlflow": "harness.record.mlflow_store",
    "omegaconf": "harness.config.compose",
    "submitit": "harness.run.cluster",
    "vllm": "harness.predict.vllm_engine",
}
NARRATORS = "harness.cli.verbs."


def second_doors(root: Path) -> list[str]:
    """List the files that import a giant and are not its door."""
    return [
        f"{module}:{found.line} imports {found.package}; its one door is {DOORS[found.package]}"
        for path in python_files(root)
        for module in [module_name(root, path)]
        for found in imports(path)
        if DOORS.get(found.package, module) != module
    ]


def deferred_imports(root: Path) -> list[str]:
    """List the imports that wait for a function to run and have no leave to."""
    return [
        f"{module}:{found.line} defers {found.name}"
        for path in python_files(root)
        for module in [module_name(root, path)]
        for found in imports(path)
        if found.deferred and not module.startswith(NARRATORS) and DOORS.get(found.package) != module
    ]


def test_each_giant_has_one_door():
    assert second_doors(ROOT) == []


def test_only_the_verbs_and_the_doors_defer_imports():
    assert deferred_imports(ROOT) == []


@pytest.mark.parametrize(
    "statement", ["import vllm", "from vllm.outputs import RequestOutput", "importlib.import_module('vllm.config')"]
)
def test_a_second_door_is_found(tmp_path, statement):
    tree = plant(tmp_path, {"harness/predict/predict.py": f"import importlib\ndef go():\n    {statement}\n"})
    assert second_doors(tree) == ["harness.predict.predict:3 imports vllm; its one door is harness.predict.vllm_engine"]


@pytest.mark.parametrize(
    ("file", "name", "faults"),
    [
        ("harness/run/steps.py", "harness.train.loop", ["harness.run.steps:2 defers harness.train.loop"]),
        ("harness/record/store.py", "json", ["harness.record.store:2 defers json"]),
        ("harness/train/engine.py", "torch", ["harness.train.engine:2 defers torch"]),
        ("harness/train/engine.py", "deepspeed", []),
        ("harness/cli/verbs/run.py", "harness.run.steps", []),
        ("harness/cli/work.py", "harness.run.steps", ["harness.cli.work:2 defers harness.run.steps"]),
    ],
)
def test_a_deferred_import_is_found_outside_the_verbs_and_the_doors(tmp_path, file, name, faults):
    tree = plant(tmp_path, {file: f"def go():\n    import {name}\n"})
    assert deferred_imports(tree) == faults
