"""Break sweeps in seeded ways, let each go on, and hold what it leaves against the unbroken one.

Words: how many, the seed, and the groups of kinds, of `machine`, `nodes` and `server`; all of them if none is named.

The children compute nothing (tests/harness/run/standing_in.py), so that a hundred faults take minutes; what is broken
and mended is the harness's own: processes, locks, ledger, store, mirror, and a real Slurm with its nodes. A sweep has
gone well when its table and every byte that its steps left are those of the unbroken one, and nothing in its store is
damaged or missing. Kinds that cannot be done here (no Slurm, no right to mount a disk) are named, and not counted.
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.errors import HarnessError
from harness.record.inspection import inspect
from harness.record.store import Store
from tests.cluster import slurm
from tests.faults import kinds, nodes, server
from tests.faults.kinds import Harm
from tests.harness.run.grids import Ground, contents, table
from tests.harness.run.standing_in import ORDERS, ROOT

COUNT, SEED = 112, 0
GROUPS = frozenset({"machine", "nodes", "server"})
# A tracking server takes seconds to start; its faults come once for three of every other kind.
SELDOM = 3


def main() -> int:
    """Inject the faults in turn; print a line a fault and a table; 1 where anything was lost."""
    given, groups = [int(word) for word in sys.argv[1:3]], set(sys.argv[3:]) or GROUPS
    count, seed = (*given, *(COUNT, SEED)[len(given) :])
    good: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    with TemporaryDirectory() as scratch, ExitStack() as stack:
        ground = Ground(Path(scratch) / "faults")
        sys.executable = str(ground.program)
        os.environ |= {ORDERS: str(ground.root / "orders"), "PYTHONPATH": str(ROOT)}
        whole = (table(ground.sweep(["clip"])), contents(ground.store))
        for number, (kind, harm) in enumerate(islice(_turns(groups, Path(scratch), stack), count)):
            dice, began, before = random.Random(f"{seed} {number} {kind}"), time.monotonic(), os.times()
            here = Ground(ground.root, f"store {number}")
            why = _broken(here, harm, dice, whole)
            tried[kind] += 1
            good[kind] += not why
            busy = sum(os.times()[:4]) - sum(before[:4])
            said = f"LOST: {why}" if why else "equal"
            sys.stdout.write(
                f"{number + 1:4d} {kind}: {said}, {time.monotonic() - began:.1f} s ({busy:.1f} s of processors)\n"
            )
            sys.stdout.flush()
    for kind, of in tried.items():
        sys.stdout.write(f"{kind:<28}{good[kind]:>4} of {of:>4} equal\n")
    sys.stdout.write(f"{'all':<28}{good.total():>4} of {tried.total():>4} equal\n")
    return int(good != tried)


def _turns(groups: AbstractSet[str], scratch: Path, stack: ExitStack) -> Iterator[tuple[str, Harm]]:
    """Give the kinds in turn, without end; Slurm runs until `stack` is closed."""
    often = dict(kinds.KINDS) if "machine" in groups else {}
    if often and not _may_mount(scratch):
        del often["disk full"]
        sys.stdout.write("no disk full: no right to mount a small disk here\n")
    if "nodes" in groups and slurm.why_not():
        sys.stdout.write(f"no faults on nodes: {slurm.why_not()}\n")
    elif "nodes" in groups:
        home = scratch / "slurm"
        home.mkdir()
        os.environ["SLURM_CONF"] = stack.enter_context(slurm.started(home, limits=True))["SLURM_CONF"]
        often |= nodes.KINDS
    for turn in cycle(range(SELDOM)):
        yield from often.items()
        if turn == 0 and "server" in groups:
            yield from server.KINDS.items()


def _may_mount(scratch: Path) -> bool:
    place = scratch / "disk"
    place.mkdir()
    may = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(place)], capture_output=True).returncode == 0
    return may and subprocess.run(["umount", str(place)], capture_output=True).returncode == 0


def _broken(here: Ground, harm: Harm, dice: random.Random, whole: tuple[dict[str, float], dict[str, str]]) -> str:
    """Break a sweep, let it go on, and say what is not as in the unbroken one; nothing where all is."""
    try:
        harm(here, dice)
        for left in (here.root / "orders").iterdir():
            left.unlink()
        came = (table(here.sweep(["clip"])), contents(here.store))
        harmful = inspect(Store(here.store)).harmful
    except (HarnessError, RuntimeError, OSError, subprocess.SubprocessError) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        subprocess.run(["umount", str(here.store)], capture_output=True)
    if came != whole:
        return f"{came[0]} instead of {whole[0]}, {len(set(came[1].items()) ^ set(whole[1].items()))} files differ"
    return f"{harmful[0].kind}: {harmful[0].path}" if harmful else ""


if __name__ == "__main__":
    sys.exit(main())
