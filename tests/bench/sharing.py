"""Measure what one pass of each frozen encoder for all subsets is worth: encoder passes, and wall time.

Every subset of a pool is trained for the first stage of the tiny recipe, whose encoders are frozen, once apart and once
together over one folder of features (`machine.features_gb`). A pool of n has n 2^(n-1) passes apart and n together: 12
and 3 for three encoders, 80 and 5 for five. Weights are random and the steps few: neither time nor sameness depends on
what a model has learned. Steps beyond the first pass over the pictures cost the same both ways, so the ratio falls as
there are more of them; the tiny recipe takes 600, which `--steps 600 --pictures 3840` measures.

Exit code 1 only if a checkpoint of the trainings that share differs, by a bit, from that of those that do not, or if
passes were not saved; the ratio of times is printed, since wall time is the machine's.
"""

import argparse
import sys
import time
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.mini import mixture
from harness.schema.machine import MachineSpec
from harness.schema.subset import Subset, lattice
from harness.train.train import Trained, train
from tests.harness import miniature

BATCH = 64
ROOM_GB = 10.0


def trained(
    small: miniature.Miniature, subset: Subset, machine: MachineSpec, scratch: Path, steps: int, way: str
) -> Trained:
    """Train one subset for the frozen stage alone."""
    align = small.recipe.stages[0]
    sources = tuple(miniature.repinned(one, mixture_of(scratch)) for one in align.sources)
    stage = align.model_copy(update={"steps": steps, "global_batch": BATCH, "sources": sources})
    work = scratch / way / subset.slug
    training = small.training(subset.slug, stages=(stage,))
    return train(training, machine, small.root, scratch / "data", work, lambda step: None, scratch / "features")


def mixture_of(scratch: Path) -> str:
    """Return the digest of the mixture that was drawn into the scratch folder."""
    return sha256((scratch / "data" / "manifest.json").read_bytes()).hexdigest()


def digests(done: Trained) -> dict[str, str]:
    """Return the SHA-256 of each file of a checkpoint."""
    return {name: sha256(path.read_bytes()).hexdigest() for name, path in done.files.items()}


def main() -> int:
    """Train all subsets both ways, and print what came out."""
    words = argparse.ArgumentParser(description="One pass of each frozen encoder for all subsets, against one each.")
    words.add_argument("--encoders", type=int, default=3, help="encoders of the pool")
    words.add_argument("--steps", type=int, default=8)
    words.add_argument("--pictures", type=int, default=256)
    asked = words.parse_args()
    machine = miniature.MACHINE.model_copy(update={"micro_batch": BATCH})
    found: dict[str, list[Trained]] = {}
    seconds: dict[str, tuple[float, float]] = {}
    with TemporaryDirectory() as folder:
        scratch = Path(folder)
        small = miniature.make(scratch / "project")
        mixture.draw(scratch / "data", 7, count=asked.pictures)
        subsets = lattice(small.recipe.pool[: asked.encoders])
        # The first training of a process also loads what all of them use.
        trained(small, subsets[0], machine, scratch, 1, "before")
        for way, room in (("apart", 0.0), ("together", ROOM_GB)):
            began, worked = time.perf_counter(), time.process_time()
            found[way] = []
            for number, subset in enumerate(subsets, start=1):
                sys.stderr.write(f"{way}: {number} of {len(subsets)}, {subset}\n")
                place = machine.model_copy(update={"features_gb": room})
                found[way].append(trained(small, subset, place, scratch, asked.steps, way))
            seconds[way] = time.perf_counter() - began, time.process_time() - worked
        same = sum(digests(one) == digests(other) for one, other in zip(*found.values(), strict=True))
        size = sum(file.stat().st_size for file in (scratch / "features").glob("*/*"))
    passes = [one.passes for one in found["together"]]
    encoded, recalled = (sum(one[name] for one in passes) for name in ("encoded", "recalled"))
    shown = encoded // asked.encoders
    rows = (("apart", encoded + recalled), ("together", encoded))
    ratios = [one / other for one, other in zip(*seconds.values(), strict=True)]
    lines = [
        f"{len(subsets)} subsets of {asked.encoders} encoders, {shown:,} pictures, {asked.steps} steps of {BATCH}",
        f"{'':10}{'encoder passes':>16}{'pictures encoded':>18}{'wall time':>12}{'processor time':>16}",
        *(
            f"{way:10}{count // shown:>16}{count:>18,}{seconds[way][0]:>10.1f} s{seconds[way][1]:>14.1f} s"
            for way, count in rows
        ),
        f"times less wall time: {ratios[0]:.2f}; times less processor time: {ratios[1]:.2f}",
        f"features on disk: {size / 1e6:,.0f} MB; same checkpoints, bit by bit: {same} of {len(subsets)}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    saved = (encoded + recalled, encoded) == (
        shown * asked.encoders * 2 ** (asked.encoders - 1),
        shown * asked.encoders,
    )
    return 0 if same == len(subsets) and saved else 1


if __name__ == "__main__":
    sys.exit(main())
