"""Do harm to sweeps over a real Slurm: to its tasks, its nodes, and whoever submits to it."""

import random
import signal
import subprocess
import time

from tests.cluster.nodes import Cloud, release, until
from tests.faults.kinds import Harm, order_death
from tests.harness.run.grids import Ground

TASKS = {"train": "train clip", "predict": "answer chartqa"}


def kill_submitter(ground: Ground, dice: random.Random) -> None:
    """Kill whoever submits, at a moment drawn from its life; what it has handed over runs without it."""
    cloud = Cloud(ground)
    words = ["sweep", "clip", "chartqa", "--keep", "none"]
    command = [*ground.command(*words), *cloud.overrides[len(ground.overrides) :]]
    process = subprocess.Popen(command, env=ground.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    submitted = ground.store / "cluster"
    if dice.random() < 0.7:
        while process.poll() is None and not submitted.exists():
            time.sleep(0.01)
    time.sleep(dice.uniform(0.0, 0.6))
    process.send_signal(signal.SIGKILL)
    process.wait()
    _go_on(cloud)


def requeue(ground: Ground, dice: random.Random) -> None:
    """Have Slurm queue a running task again."""
    cloud, job = _running(ground, dice)
    subprocess.run(["scontrol", "requeue", job], check=True)
    release(job)
    _go_on(cloud)


def time_up(ground: Ground, dice: random.Random) -> None:
    """Tell a running task that its time is up."""
    cloud, job = _running(ground, dice)
    subprocess.run(["scancel", "--signal=USR2", job], check=True)
    until(lambda: any(line.outcome == "stopped" for line in ground.ledger()))
    release(job)
    _go_on(cloud)


def cancel(ground: Ground, dice: random.Random) -> None:
    """Cancel a running task, and everything that waits for it."""
    cloud, job = _running(ground, dice)
    subprocess.run(["scancel", job], check=True)
    _go_on(cloud)


def lose_node(ground: Ground, dice: random.Random) -> None:
    """Drain one node, then let the other die with the task that runs on it."""
    spare, lost = dice.sample(["node1", "node2"], 2)
    _node(spare, "drain")
    cloud, job = _running(ground, dice)
    _node(spare, "resume")
    _node(lost, "down")
    release(job)
    cloud.settle()
    _node(lost, "resume")
    _go_on(cloud)


def hog_memory(ground: Ground, dice: random.Random) -> None:
    """Have a task take more memory than it may, so that the kernel kills it."""
    cloud = Cloud(ground)
    ground.order(dice.choice(list(TASKS)), "clip", "hog")
    cloud.submit("clip")
    _go_on(cloud)


def kill_on_node(ground: Ground, dice: random.Random) -> None:
    """Kill the process that computes on a node, at a moment drawn from its life."""
    cloud = Cloud(ground)
    order_death(ground, dice.choice(list(TASKS)), dice)
    cloud.submit("clip")
    _go_on(cloud)


KINDS: dict[str, Harm] = {
    "submitter killed": kill_submitter,
    "task queued again": requeue,
    "task's time up": time_up,
    "task cancelled": cancel,
    "node drained, node dead": lose_node,
    "task out of memory": hog_memory,
    "killed on a node": kill_on_node,
}


def _running(ground: Ground, dice: random.Random) -> tuple[Cloud, str]:
    """Submit a sweep, and wait until one of its tasks, drawn, is at work; return the task's number."""
    cloud, task = Cloud(ground), dice.choice(list(TASKS))
    ground.order(task, "clip", "wait")
    cloud.submit("clip")
    until(lambda: cloud.begun(TASKS[task]))
    return cloud, cloud.running()


def _go_on(cloud: Cloud) -> None:
    """Wait until nothing runs, then submit what is missing, as a person would."""
    cloud.settle()
    while cloud.submit("clip").following:
        cloud.settle()


def _node(name: str, state: str) -> None:
    reason = [] if state == "resume" else ["reason=fault"]
    subprocess.run(["scontrol", "update", f"nodename={name}", f"state={state}", *reason], check=True)
