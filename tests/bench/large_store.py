"""Time status, resume, inspection and collection on a store of many other objects: `[objects ...]`.

A small sweep is done first (tests/harness/run/grids.py); the rest of the store is made up: as many objects as asked, a
record for every four of them, two lines of the ledger for each record.
"""

import os
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.table import find
from harness.record import attempts
from harness.record.collection import collect
from harness.record.inspection import inspect
from harness.record.store import Store
from harness.run.jobs import lay_out
from harness.run.survey import look
from harness.schema.frozen import canonical
from harness.schema.subset import Subset
from tests.harness.run.grids import Ground
from tests.harness.run.standing_in import ORDERS, ROOT

SIZES = (1_000, 100_000, 1_000_000)
A_RECORD = 4


def main() -> None:
    """Print a line of times for each size."""
    sizes = [int(word) for word in sys.argv[1:]] or SIZES
    with TemporaryDirectory() as scratch:
        ground = Ground(Path(scratch))
        sys.executable = str(ground.program)
        os.environ |= {ORDERS: str(ground.root / "orders"), "PYTHONPATH": str(ROOT)}
        ground.sweep(["clip"])
        made = 0
        for size in sizes:
            _fill(Store(ground.store), made, size)
            made = size
            times = {name: _timed(task) for name, task in _tasks(ground).items()}
            said = ", ".join(f"{name} {seconds:,.2f} s" for name, seconds in times.items())
            sys.stdout.write(f"{size:>9,} objects: {said}\n")
            sys.stdout.flush()


def _tasks(ground: Ground) -> dict[str, Callable[[], object]]:
    place = ground.place()
    jobs = lay_out(place.study, [Subset.parse("clip", place.study.recipe.pool)], "none")
    return {
        "status": lambda: look(place.local, jobs, [find("chartqa")], 2),
        "resume": lambda: ground.sweep(["clip"]),
        "fsck": lambda: inspect(Store(ground.store)),
        "gc": lambda: collect(Store(ground.store), None, remove=False),
    }


def _fill(store: Store, first: int, size: int) -> None:
    """Write objects, records and lines straight into their places: committing a million would flush for hours."""
    template = store.record(next(store.finished()))
    assert template is not None
    for start in range(first, size, A_RECORD):
        outputs = {}
        for number in range(start, min(start + A_RECORD, size)):
            data = b"object %d" % number
            digest = sha256(data).hexdigest()
            path = store.object(digest)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            outputs[str(number)] = {"sha256": digest, "size": len(data)}
        step = sha256(b"step %d" % start).hexdigest()
        store.record_path(step).write_bytes(canonical({**template.plain(), "step": step, "outputs": outputs}))
    with (store.folder / attempts.NAME).open("ab") as file:
        for start in range(first, size, A_RECORD):
            step = sha256(b"step %d" % start).hexdigest()
            for outcome in ("started", "done"):
                file.write(canonical(attempts.line(step, "train", "another", 1, outcome).plain()) + b"\n")


def _timed(task: Callable[[], object]) -> float:
    began = time.monotonic()
    task()
    return time.monotonic() - began


if __name__ == "__main__":
    main()
