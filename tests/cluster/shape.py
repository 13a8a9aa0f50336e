"""Submit the shape of the real study to a real Slurm, with calls that do nothing, and print how long it took.

31 trainings and 976 answers: 30 arrays of 16, and one of 496 for the masked views of the full set.
"""

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from harness.run import cluster
from harness.run.cluster import Chain, submit
from harness.schema.cluster import ClusterSpec
from tests.cluster import calls, slurm

SPEC = ClusterSpec(partition="gpu", account="", minutes=10, memory_gb=1, cpus=1, gpus=True, at_once=8, prefix=())
ANSWERS = [496, *[16] * 30]


def main() -> int:
    """Print how long submitting and finishing took; 1 where a call was lost."""
    with TemporaryDirectory() as scratch, pytest.MonkeyPatch.context() as patch:
        home, folder = Path(scratch) / "slurm", Path(scratch) / "study"
        home.mkdir()
        folder.mkdir()
        with slurm.started(home) as environment:
            patch.setenv("SLURM_CONF", environment["SLURM_CONF"])
            patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
            began, before = time.monotonic(), os.times()
            counted = submit(SPEC, 4, folder / "slurm", [_chain(folder, n, count) for n, count in enumerate(ANSWERS)])
            submitted, busy = time.monotonic() - began, sum(os.times()[:4]) - sum(before[:4])
            sys.stdout.write(
                f"submitted {counted.trainings} + {counted.following} calls in {submitted:.1f} s "
                f"({busy:.1f} s of processors)\n"
            )
            while "--finish" in sys.argv and cluster._living():
                time.sleep(1)
            left = len(list(folder.glob("trained *"))) + len(list(folder.glob("answered *")))
            sys.stdout.write(f"{left} calls ended after {time.monotonic() - began:.1f} s, nobody of ours alive\n")
    return int("--finish" in sys.argv and left != sum(ANSWERS) + len(ANSWERS))


def _chain(folder: Path, number: int, answers: int) -> Chain:
    name = f"subset{number}"
    following = tuple((calls.answer, (str(folder), name, at)) for at in range(answers))
    return Chain(name, (calls.train, (str(folder), name)), following)


if __name__ == "__main__":
    sys.exit(main())
