"""Break sweeps in seeded ways, let each go on, and hold its table against the unbroken one: `[how many] [seed]`.

The children compute nothing (tests/harness/run/standing_in.py), so that a hundred faults take minutes; what is broken
and mended is the harness's own: processes, locks, ledger, store.
"""

import os
import random
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.record.inspection import inspect
from harness.record.store import Store
from tests.faults.kinds import KINDS
from tests.harness.run.grids import Ground, table
from tests.harness.run.standing_in import ORDERS, ROOT

COUNT, SEED = 108, 0


def main() -> int:
    """Inject the faults in turn; print a line a fault and a table; 1 where anything was lost."""
    given = [int(word) for word in sys.argv[1:3]]
    count, seed = (*given, *(COUNT, SEED)[len(given) :])
    good: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    with TemporaryDirectory() as scratch:
        ground = Ground(Path(scratch))
        sys.executable = str(ground.program)
        os.environ |= {ORDERS: str(ground.root / "orders"), "PYTHONPATH": str(ROOT)}
        whole = table(ground.sweep(["clip"]))
        for number in range(count):
            kind = list(KINDS)[number % len(KINDS)]
            dice, began = random.Random(f"{seed} {number} {kind}"), time.monotonic()
            here = Ground(ground.root, f"store {number}")
            KINDS[kind](here, dice)
            for left in (ground.root / "orders").iterdir():
                left.unlink()
            same = table(here.sweep(["clip"])) == whole and not inspect(Store(here.store)).harmful
            tried[kind] += 1
            good[kind] += same
            sys.stdout.write(
                f"{number + 1:4d} {kind}: {'equal' if same else 'LOST'}, {time.monotonic() - began:.1f} s\n"
            )
            sys.stdout.flush()
    for kind, of in tried.items():
        sys.stdout.write(f"{kind:<28}{good[kind]:>4} of {of:>4} equal\n")
    sys.stdout.write(f"{'all':<28}{good.total():>4} of {tried.total():>4} equal\n")
    return int(good != tried)


if __name__ == "__main__":
    sys.exit(main())
