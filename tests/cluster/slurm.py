"""Start a real Slurm on this machine: one controller and two emulated nodes with four stand-in GPUs each."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock

ALONE = Path("/run/lock/slurm-of-tests")
PATIENCE_S = 120
PROGRAMS = ("slurmctld", "slurmd", "sbatch", "squeue", "munged")
CONFIGURATION = """
ClusterName=test
SlurmctldHost=localhost
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={munge}
CryptoType=crypto/munge
MpiDefault=none
MailProg=/bin/true
ProctrackType=proctrack/{track}
TaskPlugin=task/{task}
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=2,batch_sched_delay=0
ReturnToService=0
SlurmdParameters=config_overrides
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
SlurmctldPort={ports[0]}
MaxArraySize=1001
MinJobAge=3600
GresTypes=gpu
NodeName=node1 NodeHostname=localhost NodeAddr=127.0.0.1 Port={ports[1]} CPUs=8 RealMemory=64000 Gres=gpu:4
NodeName=node2 NodeHostname=localhost NodeAddr=127.0.0.1 Port={ports[2]} CPUs=8 RealMemory=64000 Gres=gpu:4
PartitionName=gpu Nodes=node1,node2 Default=YES MaxTime=INFINITE State=UP
"""

LIMITS = """
CgroupPlugin=cgroup/v1
ConstrainRAMSpace=yes
ConstrainCores=no
ConstrainDevices=no
"""


def why_not() -> str:
    """Say why no Slurm can be started here, or nothing."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        return f"no {', '.join(missing)}: apt-get install slurmctld slurmd slurm-client munge"
    return "" if os.getuid() == 0 else "only root starts its daemons and makes stand-in devices"


@contextmanager
def started(folder: Path, limits: bool = False) -> Iterator[dict[str, str]]:
    """Start it, yield the environment in which its commands find it, and end everything that was started.

    With `limits` a task that takes more memory than it asked for is killed, by the control groups of the kernel. Those
    are named by node and job, so a second such cluster on the machine waits until the first has ended.
    """
    with FileLock(ALONE) if limits else nullcontext(), _munge() as munge:
        yield from _started(folder, munge, limits)


def _started(folder: Path, munge: Path, limits: bool) -> Iterator[dict[str, str]]:
    for name in ("state", "spool/node1", "spool/node2", "dev"):
        (folder / name).mkdir(parents=True)
    for number in range(4):
        # The null device: Slurm counts and hands out devices, and nothing here computes on one.
        os.mknod(folder / "dev" / f"gpu{number}", 0o20666, os.makedev(1, 3))
    track, task = ("cgroup", "cgroup") if limits else ("linuxproc", "none")
    text = CONFIGURATION.format(folder=folder, ports=[_free() for _ in range(3)], track=track, task=task, munge=munge)
    (folder / "slurm.conf").write_text(text)
    if limits:
        (folder / "cgroup.conf").write_text(LIMITS)
    gres = f"AutoDetect=off\nNodeName=node[1-2] Name=gpu File={folder}/dev/gpu[0-3]\n"
    (folder / "gres.conf").write_text(gres)
    environment = {**os.environ, "SLURM_CONF": str(folder / "slurm.conf")}
    daemons = [["slurmctld", "-D"], ["slurmd", "-D", "-N", "node1"], ["slurmd", "-D", "-N", "node2"]]
    running = [
        subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for words in daemons
    ]
    try:
        _wait(environment)
        yield environment
    finally:
        _clear(environment)
        for process in reversed(running):
            process.terminate()
            process.wait()


def _clear(environment: dict[str, str]) -> None:
    """Cancel what is left and give it time to end: whoever manages a step would outlive the daemons."""
    subprocess.run(["scancel", "--user", str(os.getuid())], env=environment, timeout=60, capture_output=True)
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        asked = subprocess.run(["squeue", "-h"], env=environment, timeout=60, capture_output=True)
        if asked.returncode or not asked.stdout.strip():
            return
        time.sleep(0.2)


@contextmanager
def _munge() -> Iterator[Path]:
    """Start a daemon that signs messages, with a key of its own, and yield the socket it listens at.

    Another cluster's would go when that cluster ends. The socket's name has little room, so it lies where sockets do.
    """
    with TemporaryDirectory(prefix="munge-", dir="/run") as scratch:
        home = Path(scratch)
        home.chmod(0o755)
        (home / "key").write_bytes(os.urandom(1024))
        (home / "key").chmod(0o600)
        files = [f"--{name}-file={home / name}" for name in ("key", "log", "pid", "seed")]
        door = home / "socket"
        words = ["munged", "--foreground", f"--socket={door}", *files]
        # It tells of every message of root's, which is all of them.
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + PATIENCE_S
            while subprocess.run(["munge", "-n", "--socket", str(door)], capture_output=True).returncode:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise RuntimeError("munged does not sign anything")
                time.sleep(0.2)
            yield door
        finally:
            process.terminate()
            process.wait()


def _wait(environment: dict[str, str]) -> None:
    deadline, said = time.monotonic() + PATIENCE_S, ""
    while time.monotonic() < deadline:
        asked = subprocess.run(["sinfo", "-h", "-N", "-o", "%t"], env=environment, capture_output=True, text=True)
        said = asked.stdout + asked.stderr
        if asked.stdout.split() == ["idle", "idle"]:
            return
        time.sleep(0.2)
    raise RuntimeError(f"the nodes are not idle: {said}")


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
