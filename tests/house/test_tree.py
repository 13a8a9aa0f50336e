"""The top level of the repository, and what no text in it may name."""

import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, kept_files, kept_text, plant_kept

TOP_LEVEL = {
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "CITATION.cff", "LICENSE"),
    *("Makefile", "pyproject.toml", ".pre-commit-config.yaml", ".gitignore"),
    *("requirements", "benchmarks", "harness", "configs", "results", "docker", "ci", "tests", "docs", ".ci", ".github"),
}
LATER = {"docker"}

# Names in pieces, so that this file does not hold what it forbids.
HOSTS = [
    ".".join(name) for name in (("pypi", "org"), ("pythonhosted", "org"), ("pytorch", "org/whl"), ("npmjs", "com"))
]
REGISTRIES = re.compile("|".join(map(re.escape, HOSTS)))
FOLDERS = ("work", "home", "root", "Users", "tmp")
MACHINES = re.compile(rf"(?<![\w./$}}\])~-])/({'|'.join(FOLDERS)})/[A-Za-z]")


def strangers(root: Path) -> list[str]:
    """List what stands at the top level and has no place there."""
    return sorted({path.relative_to(root).parts[0] for path in kept_files(root)} - TOP_LEVEL)


def absentees(root: Path) -> list[str]:
    """List what belongs at the top level and is not there."""
    return sorted(TOP_LEVEL - LATER - {path.relative_to(root).parts[0] for path in kept_files(root)})


def places(root: Path) -> list[str]:
    """List the lines that name a package registry's host or a folder of one person's machine.

    An image has folders of its own, so docker/ may name absolute paths.
    """
    return [
        f"{path.relative_to(root)}:{number} names {found.group().strip()}"
        for path, text in kept_text(root)
        for number, line in enumerate(text.splitlines(), start=1)
        for rule in (REGISTRIES, MACHINES)
        for found in rule.finditer(line)
        if rule is REGISTRIES or path.relative_to(root).parts[0] != "docker"
    ]


@pytest.mark.parametrize("rule", [strangers, absentees, places])
def test_this_repository_keeps_the_rule(rule):
    assert rule(ROOT) == []


def test_a_stranger_and_an_absentee_are_found(tmp_path):
    tree = plant_kept(tmp_path, dict.fromkeys(TOP_LEVEL - {"LICENSE"}, "x") | {"notes.txt": "x"})
    assert strangers(tree) == ["notes.txt"]
    assert absentees(tree) == ["LICENSE"]


@pytest.mark.parametrize("line", [f"url: //{HOSTS[0]}/x", *(f'cd "/{folder}/someone"' for folder in FOLDERS)])
def test_a_place_is_found(tmp_path, line):
    assert len(places(plant_kept(tmp_path, {"README.md": f"first\n{line}\n"}))) == 1


@pytest.mark.parametrize("line", ["see results/work/a", "homework/x", "$HOME/.cache", "https://arxiv.org/abs/1/home/x"])
def test_a_harmless_line_is_left_alone(tmp_path, line):
    assert places(plant_kept(tmp_path, {"README.md": line})) == []
