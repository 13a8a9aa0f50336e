"""Tell whether this machine can reproduce: one line a question, each pass, warn or fail, with the remedy."""

import os
import platform
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.table import BENCHMARKS
from harness.cli import diagnosis
from harness.cli.diagnosis import Finding
from harness.cli.screen import answer, columns
from harness.config import locks
from harness.config.compose import compose
from harness.config.places import POLICY, REFERENCE, ROOT, resolve
from harness.errors import HarnessError, MachineError
from harness.record.devices import probe
from harness.record.fingerprint import IMAGE_VARIABLE, SOURCE_VARIABLE, collect
from harness.record.reference import Reference
from harness.run.prepare import BROUGHT_VARIABLE, HUB, check_parts
from harness.run.processor import environment
from harness.schema.study import Study
from harness.verify import policy

MEMORY_GB = 4
MODELLED = ("torch", "transformers", "timm", "deepspeed", "datasets", "mlflow", "hydra-core")
LOCK_VARIABLE = "HARNESS_LOCK"


def examine(overrides: Sequence[str], as_json: bool) -> int:
    """Print all findings; exit 3 if one fails."""
    study = compose(overrides)
    checks = (
        _python,
        _compiler,
        _processor,
        _memory,
        _shared,
        _disk,
        _clock,
        _image,
        _lock,
        _commit,
        _parts,
        _pictures,
    )
    findings = [check(study) for check in (*checks, _reference, _policy, _tracker)] + _gpus(study)
    rows = [(one.what, one.state, one.found, one.remedy) for one in findings]
    answer([asdict(one) for one in findings], columns("Doctor", ("what", "state", "found", "remedy"), rows), as_json)
    return MachineError.exit_code if any(one.state == "fail" for one in findings) else 0


def _python(_: Study) -> Finding:
    right = sys.version_info[:2] == (3, 11)
    return Finding("python", "pass" if right else "fail", platform.python_version(), "" if right else "use Python 3.11")


def _compiler(_: Study) -> Finding:
    if os.environ.get(locks.SET_VARIABLE):
        return Finding("C++ compiler", "pass", "none needed: the image holds what DeepSpeed compiles")
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
    free, writable = shutil.disk_usage(place).free, os.access(place, os.W_OK)
    return diagnosis.disk(free, place, writable, locks.followed() != locks.LIGHT)


def _lock(study: Study) -> Finding:
    followed = locks.followed()
    light = followed == locks.LIGHT
    name = followed if light else "gpu" if study.machine.accelerator == "cuda" else "cpu"
    pinned, installed = locks.pins(name), collect().packages
    wrong = [f"{p} {installed[p]} (lock: {pinned[p]})" for p in installed if p in pinned and installed[p] != pinned[p]]
    missing = [package for package in MODELLED if package not in installed and not light]
    if wrong or missing:
        return Finding("locked versions", "fail", "; ".join([*wrong, *missing]), "make clean && make setup")
    told = f"{len(installed)} packages as in {name}.lock: {locks.full_version()}"
    if light:
        return Finding("locked versions", "warn", told, "no torch: --rung rescore only; the others need the cpu image")
    return Finding("locked versions", "pass", told)


def _shared(study: Study) -> Finding:
    place = Path("/dev/shm")
    free = shutil.disk_usage(place).free if place.is_dir() else 0
    return diagnosis.shared_memory(free, study.machine.accelerator)


def _clock(_: Study) -> Finding:
    try:
        newest = max((run.ended for run in Reference.load(REFERENCE).runs), default=None)
    except HarnessError:
        # The line `reference` says what is wrong with it.
        newest = None
    return diagnosis.clock(datetime.now(UTC), newest)


def _image(_: Study) -> Finding:
    said = os.environ
    here = locks.lock_digest(locks.followed())
    return diagnosis.image(said.get(IMAGE_VARIABLE), said.get(SOURCE_VARIABLE), said.get(LOCK_VARIABLE), here)


def _gpus(study: Study) -> list[Finding]:
    devices, needed = probe(), study.machine.devices if study.machine.accelerator == "cuda" else 0
    try:
        known = [run.fingerprint.gpu for run in Reference.load(REFERENCE).runs if run.fingerprint.gpu]
    except HarnessError:
        known = []
    return [diagnosis.driver(devices, bool(needed)), *diagnosis.gpus(devices, needed, known)]


def _pictures(study: Study) -> Finding:
    if study.mirror.location == HUB:
        home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
        folder = Path(os.environ.get("HF_HUB_CACHE") or home / "hub")
        return diagnosis.hub_cache(folder, [(one.source.hub_id, one.source.revision) for one in BENCHMARKS])
    stores = (os.environ.get(BROUGHT_VARIABLE), str(resolve(study.store.folder)))
    places = (Path(store, "mirror", study.mirror.manifest[:16]) for store in stores if store)
    return diagnosis.drawn(next((place for place in places if place.is_dir()), None))


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
