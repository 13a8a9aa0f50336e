"""Do harm, seeded: each kind breaks a sweep or its store in one way, and leaves the mending to the harness."""

import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from harness.errors import HarnessError
from harness.record import attempts
from harness.record.inspection import inspect, mend, objects
from harness.record.store import Store
from harness.schema.run import OutputFile
from tests.harness.run.grids import Ground
from tests.harness.run.standing_in import MOMENTS

Harm = Callable[[Ground, random.Random], None]
SWEEP = ("sweep", "clip", "chartqa", "--keep", "none", "sweep.slots=1")


def kill_trainer(ground: Ground, dice: random.Random) -> None:
    """Kill the process that trains, once or twice, at moments drawn from its life."""
    order_death(ground, "train", dice)
    ground.sweep(["clip"])


def kill_evaluator(ground: Ground, dice: random.Random) -> None:
    """Kill the process that answers, as often."""
    order_death(ground, "predict", dice)
    ground.sweep(["clip"])


def order_death(ground: Ground, task: str, dice: random.Random) -> None:
    """Order the next one or two children of a task to die, each at a moment of its own."""
    deaths = Counter(dice.randrange(MOMENTS[task]) for _ in range(dice.choice((1, 2))))
    for moment, times in deaths.items():
        ground.order(task, "clip", f"kill-{moment}", times)


def kill_sweep(ground: Ground, dice: random.Random) -> None:
    """Kill the whole sweep at a moment drawn from its life."""
    process = _start(ground)
    _some_way(ground, process, dice)
    process.send_signal(signal.SIGKILL)
    process.wait()


def stop_sweep(ground: Ground, dice: random.Random) -> None:
    """Interrupt the sweep as Ctrl-C does."""
    process = _start(ground)
    _some_way(ground, process, dice)
    process.send_signal(signal.SIGINT)
    process.wait()


def two_sweeps(ground: Ground, dice: random.Random) -> None:
    """Run two sweeps on one store at once, and kill one of them."""
    first, second = _start(ground), _start(ground)
    _some_way(ground, first, dice)
    first.send_signal(signal.SIGKILL)
    first.wait()
    if second.wait():
        raise RuntimeError("the sweep that was left alone failed")


def fill_disk(ground: Ground, dice: random.Random) -> None:
    """Give the store a disk of its own that is full before the sweep is done, then make room."""
    ground.store.mkdir()
    place = str(ground.store)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={dice.randrange(8, 180)}k", "tmpfs", place], check=True)
    with suppress(HarnessError, OSError):
        ground.sweep(["clip"], "sweep.retries=0")
    subprocess.run(["mount", "-o", "remount,size=64m", place], check=True)


def flip_bit(ground: Ground, dice: random.Random) -> None:
    """Flip one bit of an object."""
    _whole(ground)
    path = _some_object(ground, dice)
    data = bytearray(path.read_bytes())
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    _put(path, bytes(data))
    _mend(ground)


def tear_object(ground: Ground, dice: random.Random) -> None:
    """Cut an object off, or remove it."""
    _whole(ground)
    path = _some_object(ground, dice)
    data = path.read_bytes()
    if dice.random() < 0.3:
        path.unlink()
    else:
        _put(path, data[: dice.randrange(len(data))])
    _mend(ground)


def tear_record(ground: Ground, dice: random.Random) -> None:
    """Cut a completion record off."""
    _whole(ground)
    store = Store(ground.store)
    path = store.record_path(dice.choice(list(store.finished())))
    _put(path, path.read_bytes()[: dice.randrange(400)])
    _mend(ground)


def tear_ledger(ground: Ground, dice: random.Random) -> None:
    """Cut the last line of the ledger off in its middle."""
    _whole(ground)
    path = ground.store / attempts.NAME
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - dice.randrange(1, 200)])
    if not attempts.read(path).torn:
        raise RuntimeError("a torn line was not named")


KINDS: dict[str, Harm] = {
    "trainer killed": kill_trainer,
    "evaluator killed": kill_evaluator,
    "sweep killed": kill_sweep,
    "sweep interrupted": stop_sweep,
    "two sweeps, one killed": two_sweeps,
    "disk full": fill_disk,
    "bit flipped": flip_bit,
    "object torn": tear_object,
    "record torn": tear_record,
    "ledger torn": tear_ledger,
}


def _whole(ground: Ground) -> None:
    """Lay out a store in which the sweep is done: the unbroken one's, copied."""
    shutil.copytree(ground.root / Ground(ground.root).name, ground.store, symlinks=True)


def _start(ground: Ground) -> subprocess.Popen[bytes]:
    command = ground.command(*SWEEP, "sweep.edge_seeds=1")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, env=ground.environment, **quiet)


def _some_way(ground: Ground, process: subprocess.Popen[bytes], dice: random.Random) -> None:
    """Let a sweep get as far as the dice say, counted in lines of its ledger, and a little further: not by the clock.

    A sweep of one entry writes six lines, so a moment is drawn from its start, each of its steps, and its end.
    """
    lines, ledger = dice.randrange(7), ground.store / attempts.NAME
    while process.poll() is None and (ledger.read_bytes().count(b"\n") if ledger.exists() else 0) < lines:
        time.sleep(0.01)
    time.sleep(dice.uniform(0.0, 0.3))


def _some_object(ground: Ground, dice: random.Random) -> Path:
    return dice.choice(sorted(path for _, path in objects(Store(ground.store))))


def _put(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def _mend(ground: Ground) -> None:
    """Find the harm, and let what it hit run again."""
    store = Store(ground.store)
    found = inspect(store)
    if not found.harmful:
        raise RuntimeError("the harm was not found")
    mend(store, found.faults, _nowhere)


def _nowhere(step: str, name: str, output: OutputFile, target: Path) -> bool:
    return False
