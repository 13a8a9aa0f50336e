"""Submit the shape of the real study to a real Slurm, with calls that do nothing, and print how long it took.

31 trainings and 976 answers: 30 arrays of 16, and one of 496 for the masked views of the full set. A number among the
words takes so many of the 31 chains, the small ones; `--finish` waits until all of their calls have ended.
"""

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
ANSWERS = [*[16] * 30, 496]


def main() -> int:
    """Print how long submitting and finishing took; 1 where a call was lost."""
    answers = ANSWERS[: next((int(word) for word in sys.argv[1:] if word.isdecimal()), len(ANSWERS))]
    calls_in_all = sum(answers) + len(answers)
    with TemporaryDirectory() as scratch, pytest.MonkeyPatch.context() as patch:
        home, folder = Path(scratch) / "slurm", Path(scratch) / "study"
        home.mkdir()
        folder.mkdir()
        with slurm.started(home) as environment:
            patch.setenv("SLURM_CONF", environment["SLURM_CONF"])
            patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
            began = time.monotonic()
            counted = submit(SPEC, 4, folder / "slurm", [_chain(folder, n, count) for n, count in enumerate(answers)])
            submitted = time.monotonic() - began
            sys.stdout.write(f"submitted {counted.trainings} + {counted.following} calls in {submitted:.1f} s\n")
            while "--finish" in sys.argv and cluster._living():
                time.sleep(1)
            left = len(list(folder.glob("trained *"))) + len(list(folder.glob("answered *")))
            took = time.monotonic() - began
            sys.stdout.write(
                f"{left} of {calls_in_all} calls ended after {took:.1f} s, nobody of ours alive: "
                f"{took / calls_in_all:.2f} s a call, each of which does nothing\n"
            )
    return int("--finish" in sys.argv and left != calls_in_all)


def _chain(folder: Path, number: int, answers: int) -> Chain:
    name = f"subset{number}"
    following = tuple((calls.answer, (str(folder), name, at)) for at in range(answers))
    return Chain(name, (calls.train, (str(folder), name)), following)


if __name__ == "__main__":
    sys.exit(main())
