"""Tell whether this machine can reproduce: one line a question, each pass, warn or fail, with the remedy."""

import os
import platform
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from harness.cli.screen import answer, columns
from harness.config.compose import compose
from harness.config.places import POLICY, REFERENCE, ROOT, resolve
from harness.errors import HarnessError, MachineError
from harness.record.fingerprint import collect
from harness.record.reference import Reference
from harness.run.prepare import check_parts
from harness.run.processor import environment
from harness.schema.study import Study
from harness.verify import policy

DISK_GB, MEMORY_GB = 2, 4
MODELLED = ("torch", "transformers", "timm", "deepspeed", "datasets", "mlflow", "hydra-core")


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold one line: what was looked at, how it stands, what was found, what to do about it."""

    what: str
    state: Literal["pass", "warn", "fail"]
    found: str
    remedy: str = ""


def examine(overrides: Sequence[str], as_json: bool) -> int:
    """Print all findings; exit 3 if one fails."""
    study = compose(overrides)
    checks = (_python, _compiler, _processor, _memory, _disk, _lock, _commit, _parts, _reference, _policy, _tracker)
    findings = [check(study) for check in checks]
    rows = [(one.what, one.state, one.found, one.remedy) for one in findings]
    answer([asdict(one) for one in findings], columns("Doctor", ("what", "state", "found", "remedy"), rows), as_json)
    return MachineError.exit_code if any(one.state == "fail" for one in findings) else 0


def _python(_: Study) -> Finding:
    right = sys.version_info[:2] == (3, 11)
    return Finding("python", "pass" if right else "fail", platform.python_version(), "" if right else "use Python 3.11")


def _compiler(_: Study) -> Finding:
    found = shutil.which("g++") or shutil.which("c++")
    if found:
        return Finding("C++ compiler", "pass", found)
    return Finding("C++ compiler", "fail", "none", "DeepSpeed compiles one small extension: install g++")


def _processor(study: Study) -> Finding:
    cpu = collect().cpu
    try:
        environment(study.machine)
    except MachineError as error:
        return Finding("processor", "fail", cpu, str(error))
    if "Intel" not in cpu and study.machine.instruction_set == "avx2":
        return Finding("processor", "warn", cpu, "weights may differ from Intel's in the last bits (run/processor.py)")
    return Finding("processor", "pass", f"{cpu}, pinned to {study.machine.instruction_set}")


def _memory(_: Study) -> Finding:
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    state = "pass" if free >= MEMORY_GB else "warn"
    return Finding("free memory", state, f"{free:.1f} GiB", "" if state == "pass" else f"a run takes {MEMORY_GB} GiB")


def _disk(study: Study) -> Finding:
    folder = resolve(study.store.folder)
    place = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(place).free / 2**30
    state = "pass" if free >= DISK_GB else "fail"
    remedy = "" if state == "pass" else f"free {DISK_GB} GiB, or set HARNESS_STORE to a folder on a larger disk"
    return Finding("disk for the store", state, f"{free:.1f} GiB at {place}", remedy)


def _lock(study: Study) -> Finding:
    name = "gpu" if study.machine.accelerator == "cuda" else "cpu"
    pinned = dict(_pins(ROOT / "requirements" / f"{name}.lock"))
    installed = collect().packages
    wrong = [f"{p} {installed[p]} (lock: {pinned[p]})" for p in installed if p in pinned and installed[p] != pinned[p]]
    missing = [package for package in MODELLED if package not in installed]
    if wrong or missing:
        return Finding("locked versions", "fail", "; ".join([*wrong, *missing]), "make clean && make setup")
    return Finding("locked versions", "pass", f"{len(installed)} packages as in {name}.lock")


def _pins(lock: Path) -> list[tuple[str, str]]:
    lines = lock.read_text().splitlines() if lock.is_file() else []
    pairs = [line.split()[0].partition("==") for line in lines if "==" in line and not line.startswith((" ", "#"))]
    return [(name.lower().replace("_", "-"), version.rstrip("\\")) for name, _, version in pairs]


def _commit(_: Study) -> Finding:
    seen = collect()
    if seen.commit is None:
        return Finding("checkout", "warn", "no git checkout", "the record cannot name the code it ran")
    if seen.dirty:
        return Finding("checkout", "warn", f"{seen.commit[:12]} with changes", "commit before you accept a reference")
    return Finding("checkout", "pass", seen.commit[:12])


def _parts(study: Study) -> Finding:
    return _refused("shared parts", lambda: check_parts(study), "weights as pinned")


def _reference(_: Study) -> Finding:
    return _refused("reference", lambda: Reference.load(REFERENCE), "every file as in its manifest")


def _policy(_: Study) -> Finding:
    return _refused("policy", lambda: policy.read(POLICY), str(POLICY.relative_to(ROOT)))


def _tracker(study: Study) -> Finding:
    where = study.store.tracker or f"SQLite in {study.store.folder}"
    return Finding("tracker", "pass", where if study.store.mirror == "mlflow" else "none")


def _refused(what: str, look: Callable[[], object], fine: str) -> Finding:
    try:
        look()
    except HarnessError as error:
        return Finding(what, "fail", str(error), "see the message")
    return Finding(what, "pass", fine)
