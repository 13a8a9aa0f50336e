"""Small files with telling names, and packages whose faces stay faces."""

import ast
from pathlib import Path

import pytest

from tests.house.sources import PACKAGES, ROOT, plant, python_files, syntax

LONGEST = 260
LONGEST_FACE = 29
DRAWERS = {"utils", "util", "common", "helpers", "helper", "misc", "base", "manager"}


def long_files(root: Path) -> list[str]:
    """List the files over the limit whose docstring does not argue for it with a line that starts `Length:`."""
    counts = {path: len(path.read_text().splitlines()) for path in python_files(root, (*PACKAGES, "tests"))}
    return [
        f"{path.relative_to(root)}: {lines} lines"
        for path, lines in counts.items()
        if lines > LONGEST and "\nLength:" not in (ast.get_docstring(syntax(path)) or "")
    ]


def drawers(root: Path) -> list[str]:
    """List the files and folders whose name says nothing about what is in them."""
    paths = {part for path in python_files(root, (*PACKAGES, "tests")) for part in (path, *path.parents)}
    inside = sorted(str(path.relative_to(root)) for path in paths if path.is_relative_to(root) and path != root)
    return [name for name in inside if DRAWERS & set(Path(name).stem.removeprefix("test_").split("_"))]


def heavy_faces(root: Path) -> list[str]:
    """List the `__init__.py` files that are long or do work: a face has a docstring, imports and plain constants."""
    faults = []
    for path in python_files(root):
        if path.name != "__init__.py":
            continue
        lines = len(path.read_text().splitlines())
        if lines > LONGEST_FACE:
            faults.append(f"{path.relative_to(root)}: {lines} lines")
        if not ast.get_docstring(syntax(path)):
            faults.append(f"{path.relative_to(root)}: no docstring")
        for node in syntax(path).body:
            plain = isinstance(node, ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign | ast.Expr)
            if not plain or any(isinstance(part, ast.Call) for part in ast.walk(node)):
                faults.append(f"{path.relative_to(root)}:{node.lineno} does work")
    return faults


def stray_tests(root: Path) -> list[str]:
    """List the folders of the mirrored tests that mirror no folder of a package."""
    folders = {path.parent.relative_to(root / "tests") for path in python_files(root, ("tests",))}
    return sorted(
        f"tests/{folder}"
        for folder in folders
        if folder.parts and folder.parts[0] in PACKAGES and not (root / folder).is_dir()
    )


@pytest.mark.parametrize("rule", [long_files, drawers, heavy_faces, stray_tests])
def test_this_repository_keeps_the_rule(rule):
    assert rule(ROOT) == []


def test_a_long_file_is_found_unless_it_argues_for_its_length(tmp_path):
    body = "\n" * LONGEST
    tree = plant(
        tmp_path,
        {
            "benchmarks/long.py": f'"""Tell."""\n{body}',
            "benchmarks/argued.py": f'"""Tell.\n\nLength: one table that is read as a whole.\n"""\n{body}',
            "benchmarks/just_right.py": "\n" * LONGEST,
        },
    )
    assert long_files(tree) == [f"benchmarks/long.py: {LONGEST + 1} lines"]


def test_a_drawer_is_found_whether_file_folder_or_part_of_a_name(tmp_path):
    tree = plant(
        tmp_path, {"harness/utils/a.py": "", "harness/train/loop_helpers.py": "", "harness/record/database.py": ""}
    )
    assert drawers(tree) == ["harness/train/loop_helpers.py", "harness/utils"]


def test_a_face_that_works_or_says_nothing_is_found(tmp_path):
    tree = plant(
        tmp_path,
        {
            "harness/model/__init__.py": '"""Say."""\nTABLE = dict(a=1)\n',
            "harness/score/__init__.py": "",
            "harness/data/__init__.py": '"""Say."""\n' + "import json\n" * LONGEST_FACE,
            "harness/verify/__init__.py": '"""Say."""\nfrom json import loads\n\n__all__ = ["loads"]\n',
        },
    )
    assert heavy_faces(tree) == [
        f"harness/data/__init__.py: {LONGEST_FACE + 1} lines",
        "harness/model/__init__.py:2 does work",
        "harness/score/__init__.py: no docstring",
    ]


def test_a_stray_test_folder_is_found(tmp_path):
    tree = plant(
        tmp_path,
        {
            "harness/score/score.py": "",
            "tests/harness/score/test_score.py": "",
            "tests/harness/marks/test_marks.py": "",
        },
    )
    assert stray_tests(tree) == ["tests/harness/marks"]
