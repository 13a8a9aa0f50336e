"""What no file may do: run data as code, speak out of turn, or promise what is not there."""

import ast
from pathlib import Path

import pytest

from tests.house.sources import ROOT, calls, imports, plant, python_files, syntax

UNSAFE_MODULES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
UNSAFE_CALLS = {"eval", "exec", "os.system", "yaml.load", "yaml.unsafe_load", "yaml.full_load", "yaml.load_all"}
SPEECH = {"print", "sys.stdout.write"}
SPEAKERS = Path("harness/cli")


def unsafe_code(root: Path) -> list[str]:
    """List what turns bytes of a file into running code: pickles, eval, unsafe YAML, shells.

    The packages only: a test may ask whether an error survives the way from one process to another.
    """
    faults = []
    for path in python_files(root):
        where = path.relative_to(root)
        faults += [f"{where}:{it.line} imports {it.name}" for it in imports(path) if it.package in UNSAFE_MODULES]
        for call, name in calls(syntax(path)):
            given = {word.arg: word.value for word in call.keywords}
            if name in UNSAFE_CALLS:
                faults.append(f"{where}:{call.lineno} calls {name}")
            if name == "torch.load" and not is_true(given.get("weights_only")):
                faults.append(f"{where}:{call.lineno} calls torch.load without weights_only=True")
            if "shell" in given and name.startswith("subprocess."):
                faults.append(f"{where}:{call.lineno} hands a line to a shell")
            if "allow_pickle" in given:
                faults.append(f"{where}:{call.lineno} allows pickles")
    return faults


def is_true(node: ast.expr | None) -> bool:
    """Tell whether an argument is the literal True."""
    return isinstance(node, ast.Constant) and node.value is True


def loose_talk(root: Path) -> list[str]:
    """List what writes to standard output outside harness.cli, where the answers are given."""
    return [
        f"{path.relative_to(root)}:{call.lineno} calls {name}"
        for path in python_files(root)
        if not path.relative_to(root).is_relative_to(SPEAKERS)
        for call, name in calls(syntax(path))
        if name in SPEECH
    ]


def unfinished_code(root: Path) -> list[str]:
    """List what is only a promise: notes that something is still to do, and functions that only raise."""
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "Not" + "ImplementedError")
    return [
        f"{path.relative_to(root)}:{number} says {mark}"
        for path in python_files(root, ("benchmarks", "harness", "tests"))
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        for mark in marks
        if mark in line
    ]


@pytest.mark.parametrize("rule", [unsafe_code, loose_talk, unfinished_code])
def test_this_repository_keeps_the_rule(rule):
    assert rule(ROOT) == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("import pickle", "imports pickle"),
        ("from joblib import load", "imports joblib"),
        ("eval('1 + 1')", "calls eval"),
        ("yaml.load(text, Loader=yaml.Loader)", "calls yaml.load"),
        ("torch.load(path)", "calls torch.load without weights_only=True"),
        ("torch.load(path, weights_only=False)", "calls torch.load without weights_only=True"),
        ("subprocess.run(line, shell=True)", "hands a line to a shell"),
        ("numpy.load(path, allow_pickle=True)", "allows pickles"),
    ],
)
def test_unsafe_code_is_found(tmp_path, line, fault):
    assert unsafe_code(plant(tmp_path, {"harness/record/store.py": line})) == [f"harness/record/store.py:1 {fault}"]


@pytest.mark.parametrize("line", ["model.eval()", "yaml.safe_load(text)", "torch.load(path, weights_only=True)"])
def test_safe_code_is_left_alone(tmp_path, line):
    assert unsafe_code(plant(tmp_path, {"harness/record/store.py": line})) == []


def test_loose_talk_is_found_outside_the_command_line(tmp_path):
    tree = plant(tmp_path, {"harness/score/score.py": "print(1)\n", "harness/cli/screen.py": "print(1)\n"})
    assert loose_talk(tree) == ["harness/score/score.py:1 calls print"]


@pytest.mark.parametrize("mark", ["# TO" + "DO: later", "raise Not" + "ImplementedError"])
def test_unfinished_code_is_found(tmp_path, mark):
    assert len(unfinished_code(plant(tmp_path, {"benchmarks/card.py": mark}))) == 1
