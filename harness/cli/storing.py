"""Look after a store: inspect it, mend it, and remove what nothing needs."""

from collections.abc import Sequence
from functools import partial

from harness.cli.screen import Screen, answer, columns
from harness.config.compose import compose
from harness.config.places import REFERENCE, resolve
from harness.errors import InvalidEvidence
from harness.record import attempts
from harness.record.collection import collect
from harness.record.inspection import inspect, mend
from harness.record.reference import Reference
from harness.record.store import Store
from harness.run.mirroring import Fetched


def fsck(overrides: Sequence[str], repair: bool, as_json: bool) -> int:
    """Inspect a store; 0 when nothing is damaged or missing, or all of it was restored from the tracker."""
    study = compose(overrides)
    store = Store(resolve(study.store.folder))
    with Screen() as screen:
        total = sum(1 for _ in (store.folder / "objects").glob("*/*"))
        found = inspect(store, partial(_count, screen, total))
        torn = attempts.read(store.folder / attempts.NAME).torn
        done = dict.fromkeys(map(id, found.faults), "")
        if repair:
            wanted = [user for fault in found.harmful for user in fault.needed_by]
            fetched = Fetched(study, store, wanted)
            done = {id(fault): what for fault, what in mend(store, found.faults, fetched.restore)}
            fetched.close()
    rows = [(fault.kind, str(fault.path), fault.why, done[id(fault)]) for fault in found.faults]
    caption = f"{found.records:,} records, {found.objects:,} objects, {found.size:,} bytes"
    caption += "".join(f"\ntorn by a crash, left out: {line}" for line in torn)
    plain = {
        "records": found.records,
        "objects": found.objects,
        "bytes": found.size,
        "faults": [dict(zip(("kind", "path", "why", "done"), row, strict=True)) for row in rows],
        "torn_lines": list(torn),
    }
    answer(plain, columns("Faults" if rows else "No fault", ("kind", "file", "why", "done"), rows, caption), as_json)
    whole = all("restored" in done[id(fault)] for fault in found.harmful)
    return 0 if whole else InvalidEvidence.exit_code


def _count(screen: Screen, total: int, done: int) -> None:
    screen.progress("objects", done, total)


def gc(overrides: Sequence[str], accepted: bool, remove: bool, as_json: bool) -> int:
    """Show or remove what no finished step needs, or with `accepted` what the reference does not need."""
    store = Store(resolve(compose(overrides).store.folder))
    keep = {record.step for record in Reference.load(REFERENCE).runs} if accepted else None
    garbage = collect(store, keep, remove)
    word = "removed" if remove else "would go (nothing was removed: --remove)"
    said = (
        f"{len(garbage.records):,} records, {len(garbage.objects):,} objects of {garbage.size:,} bytes and "
        f"{len(garbage.folders):,} scratch folders {word}"
    )
    plain = {
        "records": len(garbage.records),
        "objects": len(garbage.objects),
        "bytes": garbage.size,
        "folders": len(garbage.folders),
        "removed": remove,
    }
    answer(plain, said, as_json)
    return 0
