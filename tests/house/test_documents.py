"""What documents and workflows promise: the commands exist, and nothing foreign runs that is not pinned."""

import re
from pathlib import Path

import pytest
import yaml

from tests.house.sources import ROOT, plant

PINNED = re.compile(r"^(?:\./.+|[\w.-]+/[\w./-]+@[0-9a-f]{40})$")
DOCUMENTS = ("README.md", "CONTRIBUTING.md")


def missing_targets(root: Path) -> list[str]:
    """List the `make WORD` that documents, .ci/run and workflows name and the Makefile lacks."""
    targets = set(re.findall(r"^([a-z][\w-]*):", (root / "Makefile").read_text(), re.MULTILINE))
    files = [root / name for name in (*DOCUMENTS, ".ci/run")]
    files += sorted((root / ".github" / "workflows").glob("*.yml"))
    return [
        f"{path.relative_to(root)} names make {word}"
        for path in files
        for word in re.findall(r"(?:^|`|run: |[$] )make ([a-z][\w-]*)", path.read_text(), re.MULTILINE)
        if word not in targets
    ]


def unexplained_targets(root: Path) -> list[str]:
    """List the targets of the Makefile that README does not name."""
    targets = re.findall(r"^([a-z][\w-]*):.*##", (root / "Makefile").read_text(), re.MULTILINE)
    readme = (root / "README.md").read_text()
    return [f"README does not name make {target}" for target in targets if f"make {target}" not in readme]


def missing_scripts(root: Path) -> list[str]:
    """List the scripts of ci/ that something names and that are absent or cannot be run."""
    files = [root / "Makefile", *(root / name for name in DOCUMENTS)]
    files += sorted((root / ".github" / "workflows").glob("*.yml"))
    named = {(path, word) for path in files for word in re.findall(r"(?<![\w./])ci/([a-z]+)\b", path.read_text())}
    return [
        f"{path.relative_to(root)} names ci/{word}, which cannot be run"
        for path, word in sorted(named)
        if not (root / "ci" / word).is_file() or not (root / "ci" / word).stat().st_mode & 0o100
    ]


def loose_workflows(root: Path) -> list[str]:
    """List foreign actions that are not pinned to a commit, and workflows that ask for more than reading."""
    faults = []
    for path in sorted((root / ".github" / "workflows").glob("*.yml")):
        workflow = yaml.safe_load(path.read_text())
        if workflow.get("permissions") != {"contents": "read"}:
            faults.append(f"{path.name} does not start from permissions: contents: read")
        for title, job in workflow["jobs"].items():
            if "timeout-minutes" not in job:
                faults.append(f"{path.name}: {title} may run for ever")
            foreign = [step["uses"] for step in job["steps"] if "uses" in step]
            faults += [f"{path.name}: {title} uses {action}" for action in foreign if not PINNED.match(action)]
    return faults


@pytest.mark.parametrize("rule", [missing_targets, unexplained_targets, missing_scripts, loose_workflows])
def test_this_repository_keeps_the_rule(rule):
    assert rule(ROOT) == []


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Plant documents that promise too much."""
    workflow = "on: push\njobs:\n  go:\n    steps:\n      - uses: a/b@v4\n      - run: make fly\n"
    return plant(
        tmp_path,
        {
            "Makefile": "test: ## run the tests\n\tci/test\nswim: ## swim\n",
            "README.md": "`make test`, `make reproduce` and ci/slice\n",
            "CONTRIBUTING.md": "You may make changes.\n",
            ".ci/run": "make check\n",
            ".github/workflows/a.yml": workflow,
            "ci/slice": "",
        },
    )


def test_a_command_that_does_not_exist_is_found(tree):
    assert missing_targets(tree) == [
        "README.md names make reproduce",
        ".ci/run names make check",
        ".github/workflows/a.yml names make fly",
    ]


def test_a_target_nobody_explains_is_found(tree):
    assert unexplained_targets(tree) == ["README does not name make swim"]


def test_a_script_that_cannot_be_run_is_found(tree):
    assert missing_scripts(tree) == [
        "Makefile names ci/test, which cannot be run",
        "README.md names ci/slice, which cannot be run",
    ]


def test_a_loose_workflow_is_found(tree):
    assert loose_workflows(tree) == [
        "a.yml does not start from permissions: contents: read",
        "a.yml: go may run for ever",
        "a.yml: go uses a/b@v4",
    ]
