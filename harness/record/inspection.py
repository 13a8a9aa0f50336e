"""Inspect a whole store: every record, every object against its digest, and whatever belongs to no step.

| fault | what it is | what `mend` does |
|---|---|---|
| torn record | a completion record that cannot be read, or is of another step | sets it aside: the step runs again |
| missing | an output that a record names is not there | restores it, else sets the record aside |
| damaged | an object's bytes are not those of its name | sets it aside, then as missing |
| orphan | an object that no record names: left by a crash, or on its way at this moment | nothing (`harness gc`) |
| leftover | files on their way of a process that died | removes them |
| dangling | a laid-out checkpoint whose links lead nowhere | removes it; it is laid out again |

Nothing is ever overwritten or thrown away: what is set aside lies in `aside/` under its old name.
"""

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from harness.errors import InvalidEvidence
from harness.record import durable
from harness.record.store import Store
from harness.schema.run import OutputFile, RunRecord

Kind = Literal["torn record", "missing", "damaged", "orphan", "leftover", "dangling"]
ASIDE = "aside"
HARMLESS = ("orphan", "leftover", "dangling")
Restore = Callable[[str, str, OutputFile, Path], bool]
"""Fetch an output (step, name, digest) into a path from elsewhere; tell whether it is there then."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Hold one fault: the file it is about, what is wrong, and for an object the steps and names that need it."""

    kind: Kind
    path: Path
    why: str
    needed_by: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Inspection:
    """Hold what an inspection found: how many records, objects and bytes, and the faults."""

    records: int = 0
    objects: int = 0
    size: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def harmful(self) -> list[Fault]:
        """Return the faults that a number may rest on."""
        return [fault for fault in self.faults if fault.kind not in HARMLESS]


def inspect(store: Store, report: Callable[[int], None] = lambda done: None) -> Inspection:
    """Inspect a store; `report` is called with the number of objects read so far.

    Objects are listed before records, so that a step which is committed meanwhile leaves no false orphan.
    """
    found = Inspection()
    present = dict(objects(store))
    needed, faults = _records(store, found)
    found.faults += faults
    for sha, path in present.items():
        found.objects += 1
        found.size += path.stat().st_size
        users = tuple(needed.pop(sha, ()))
        digest = durable.sha256_of(path)
        if digest != sha:
            found.faults.append(Fault("damaged", path, f"its bytes have sha256 {digest}", users))
        elif not users:
            found.faults.append(Fault("orphan", path, "no record names it"))
        report(found.objects)
    for sha, users in needed.items():
        path = store.object(sha)
        # Committed after the objects were listed.
        if not path.is_file():
            found.faults.append(Fault("missing", path, "it is not there", tuple(users)))
    found.faults += [*_leftovers(store), *_dangling(store)]
    return found


def objects(store: Store) -> Iterator[tuple[str, Path]]:
    """List every stored object by the digest that is its name."""
    home = store.folder / "objects"
    for drawer in sorted(os.scandir(home), key=lambda one: one.name) if home.is_dir() else ():
        for one in os.scandir(drawer.path):
            yield one.name, Path(one.path)


def mend(store: Store, faults: list[Fault], restore: Restore) -> list[tuple[Fault, str]]:
    """Do for each fault what the table above says; return what was done.

    Raises:
        HarnessError: the disk refuses.
    """
    return [(fault, _mend(store, fault, restore)) for fault in faults]


def _mend(store: Store, fault: Fault, restore: Restore) -> str:
    if fault.kind == "orphan":
        return "left; harness gc removes it"
    if fault.kind in ("leftover", "dangling"):
        shutil.rmtree(fault.path, ignore_errors=True)
        return "removed"
    if fault.kind == "torn record":
        return f"set aside as {_aside(store, fault.path)}; the step runs again"
    if fault.kind == "damaged":
        _aside(store, fault.path)
    for step, name in fault.needed_by:
        output = OutputFile(sha256=fault.path.name, size=_stated_size(store, step, name))
        durable.make_folder(fault.path.parent)
        if restore(step, name, output, fault.path):
            return "restored from the tracker"
    steps = {step for step, _ in fault.needed_by}
    for step in sorted(steps):
        path = store.record_path(step)
        if path.exists():
            _aside(store, path)
    return f"not to be had elsewhere; {len(steps)} records set aside, these steps run again" if steps else "set aside"


def _aside(store: Store, path: Path) -> Path:
    target = store.folder / ASIDE / path.relative_to(store.folder)
    durable.make_folder(target.parent)
    number = sum(1 for _ in target.parent.glob(f"{target.name}*"))
    return path.replace(target.with_name(f"{target.name}.{number}") if number else target)


def _stated_size(store: Store, step: str, name: str) -> int:
    record = store.record(step)
    return record.outputs[name].size if record else 0


def _records(store: Store, found: Inspection) -> tuple[dict[str, list[tuple[str, str]]], list[Fault]]:
    """Return which steps need which object, and the records that cannot be read."""
    needed: dict[str, list[tuple[str, str]]] = defaultdict(list)
    faults = []
    for step in store.finished():
        try:
            record = store.record(step)
        except InvalidEvidence as error:
            faults.append(Fault("torn record", store.record_path(step), str(error)))
            continue
        if record is not None:
            found.records += 1
            _need(needed, record)
    return needed, faults


def _need(needed: dict[str, list[tuple[str, str]]], record: RunRecord) -> None:
    for name, output in record.outputs.items():
        needed[output.sha256].append((record.step, name))


def _leftovers(store: Store) -> Iterator[Fault]:
    for path in sorted((store.folder / "tmp").glob("*")):
        if not store.held(path.name):
            yield Fault("leftover", path, "nobody works on this step")


def _dangling(store: Store) -> Iterator[Fault]:
    for folder in sorted((store.folder / "checkpoints").glob("*")):
        links = [path for path in folder.rglob("*") if path.is_symlink()]
        if not all(link.exists() for link in links):
            yield Fault("dangling", folder, "a link leads nowhere")
