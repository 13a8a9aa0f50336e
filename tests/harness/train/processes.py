"""Start the processes of one training as the harness does: each knows its rank, all meet at one file."""

import os
import subprocess
import sys
from pathlib import Path

from harness.schema.machine import MEETING, MachineSpec
from harness.schema.recipe import Training
from tests.harness.miniature import Miniature

PROGRAM = """
import json, os, sys
from pathlib import Path
from harness.schema.machine import MachineSpec
from harness.schema.recipe import Training
from harness.train.divergence import Diverged
from harness.train.train import train

root, asked, work, *machines = sys.argv[1:]
training = Training.from_json(asked, "the test")
first = os.environ["RANK"] == "0"
# What libraries print goes to the log; only our words go to the test.
out, sys.stdout = sys.stdout, sys.stderr

def tell(step):
    if first:
        print(json.dumps({"stage": step.stage, "step": step.step, "loss": step.loss}), file=out, flush=True)

for number, machine in enumerate(machines):
    spec = MachineSpec.from_json(machine, "the test")
    try:
        done = train(training, spec, Path(root), Path(root) / "data", Path(work) / str(number), tell)
        said = {"losses": done.losses, "figures": done.figures, "kinds": done.kinds}
    except Diverged as end:
        said = {"diverged": str(end), "losses": end.losses}
    if first:
        print(json.dumps(said), file=out, flush=True)
"""


def start(miniature: Miniature, training: Training, work: Path, *machines: MachineSpec) -> list[subprocess.Popen[str]]:
    """Start the processes that train once on each machine in turn, into `work/0`, `work/1` and so on."""
    (count,) = {machine.devices for machine in machines}
    work.mkdir(parents=True, exist_ok=True)
    meeting = work / f"meeting-{os.urandom(4).hex()}"
    words = (str(miniature.root), training.model_dump_json(), str(work), *(one.model_dump_json() for one in machines))
    settings = {**os.environ, "OMP_NUM_THREADS": "1", "WORLD_SIZE": str(count), MEETING: str(meeting)}
    processes = []
    for rank in range(count):
        with (work / f"log-{rank}.txt").open("a") as log:
            processes.append(
                subprocess.Popen(
                    [sys.executable, "-W", "ignore", "-c", PROGRAM, *words],
                    env={**settings, "RANK": str(rank), "LOCAL_RANK": str(rank)},
                    stdout=subprocess.PIPE if rank == 0 else log,
                    stderr=log,
                    text=True,
                )
            )
    return processes
