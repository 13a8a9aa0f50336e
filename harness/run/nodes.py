"""Train over several nodes: whoever torchrun starts does the same command, and the first of them keeps the record.

On one machine the harness starts the processes of a training itself (companions.py). Over several, torchrun does:

    torchrun --nnodes 4 --nproc-per-node 8 --rdzv-backend c10d --rdzv-endpoint HOST:PORT -m harness train all ...

with `machine.devices` counting all of them, and one store that every node sees. The process of rank 0 works as ever: it
looks the step up, claims it, trains and commits. The others compute beside it, with the same request, from the same
snapshots, and wait until its record is there.
"""

import os
import time

from harness.errors import HarnessError
from harness.record.store import Store
from harness.run import child, steps
from harness.run.companions import TORCHRUN
from harness.run.diverged import demand_trained
from harness.run.local import Local
from harness.run.request import TrainRequest
from harness.schema.recipe import Training
from harness.schema.run import RunRecord

LOOK_S, PATIENCE_S = 0.5, 600.0
"""What the first process may take to write its record once all have trained."""


def train(local: Local, training: Training) -> RunRecord:
    """Train on this process's part of all nodes, or find the training done.

    Raises:
        HarnessError: as `Local.train`; or the first process left no record.
    """
    rank = os.environ.get("RANK", "0")
    if TORCHRUN not in os.environ or rank == "0":
        return local.train(training)
    step = steps.train(training)
    if (done := local.store.find(step.digest)) is not None:
        return demand_trained(done, local.store)
    work = local.store.work(step.digest)
    request = TrainRequest(
        training=training, machine=local.study.machine, data=str(local.supplies.data), work=str(work / "training")
    )
    for _ in child.run("train", request, local.study.machine, work / f"process-{rank}"):
        local.check()
    return demand_trained(_awaited(local.store, step.digest, rank), local.store)


def _awaited(store: Store, step: str, rank: str) -> RunRecord:
    deadline = time.monotonic() + PATIENCE_S
    while (done := store.find(step)) is None:
        if time.monotonic() > deadline:
            raise HarnessError(
                f"process {rank} has trained, and the first process left no record of step {step[:12]} in "
                f"{store.folder}. All nodes must see one store (HARNESS_STORE); see the first process's log"
            )
        time.sleep(LOOK_S)
    return done
