"""Measure what one pass of each frozen encoder for all subsets is worth: encoder passes, and time.

Every subset of a pool is trained by a stated part of the tiny recipe, once apart and once over one folder of features
that all share (`machine.features_gb`). A pool of n has n 2^(n-1) encoder passes apart and n together: 12 and 3 for
three encoders, 80 and 5 for five. `--part 1` is the whole recipe. A smaller part has as much less of everything,
pictures and steps of both stages, so that each picture is still shown 32 times and the ratio of times is the whole
recipe's, but for what it costs to start a training. Only the first stage shares: encoders learn in the second.

The two ways take turns, subset by subset, so that neighbours on the machine disturb both alike.

Exit code 1 only if a checkpoint of the trainings that share differs, by a bit, from that of those that do not, or if
passes were not saved; the ratios of times are printed, since times are the machine's.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

import torch

from benchmarks.mini import mixture
from harness.config.compose import compose
from harness.config.places import ROOT
from harness.encoders.table import specs
from harness.schema.study import Study
from harness.schema.subset import Subset, lattice
from harness.train.train import train
from tests.harness.miniature import repinned

ROOM_GB = {"apart": 0.0, "together": 10.0}
SEED = 7
SHORTEST = 0.01


@dataclass(frozen=True, slots=True)
class Timed:
    """Hold what a training left and took: digests of its files, its encoders' passes, seconds of wall and processor."""

    digests: dict[str, str]
    passes: dict[str, int]
    wall_s: float
    processor_s: float


def shortened(part: float, data: Path) -> Study:
    """Take a part of the tiny recipe's steps, over as many fewer pictures, which are drawn into a folder."""
    study, manifest = compose(), mixture.draw(data, SEED, count=round(mixture.PICTURES * part))
    stages = tuple(
        stage.model_copy(
            update={
                "steps": max(1, round(stage.steps * part)),
                "sources": tuple(repinned(source, manifest) for source in stage.sources),
            }
        )
        for stage in study.recipe.stages
    )
    return study.model_copy(update={"recipe": study.recipe.model_copy(update={"stages": stages})})


def timed(study: Study, subset: Subset, scratch: Path, way: str) -> Timed:
    """Train one subset one way, on pictures and over features in the scratch folder."""
    training = study.training(subset, specs(subset.names, study.recipe.encoder_size))
    machine = study.machine.model_copy(update={"features_gb": ROOM_GB[way]})
    work = scratch / way
    began, worked = time.perf_counter(), time.process_time()
    done = train(training, machine, ROOT, scratch / "data", work, lambda step: None, scratch / "features")
    took = time.perf_counter() - began, time.process_time() - worked
    digests = {name: sha256(path.read_bytes()).hexdigest() for name, path in done.files.items()}
    rmtree(work)
    return Timed(digests, done.passes, *took)


def both_ways(encoders: int, part: float, scratch: Path) -> list[tuple[Timed, ...]]:
    """Train every subset of the pool's first encoders apart and together, in turns."""
    study = shortened(part, scratch / "data")
    subsets = lattice(study.recipe.pool[:encoders])
    done = []
    for number, subset in enumerate(subsets, start=1):
        sys.stderr.write(f"{number} of {len(subsets)}: {subset}\n")
        done.append(tuple(timed(study, subset, scratch, way) for way in ROOM_GB))
    return done


def main() -> int:
    """Train all subsets both ways, and print what came out."""
    words = argparse.ArgumentParser(description="One pass of each frozen encoder for all subsets, against one each.")
    words.add_argument("--encoders", type=int, default=3, help="encoders of the pool")
    words.add_argument("--part", type=float, default=0.02, help="part of the tiny recipe, 1 for all of it")
    asked = words.parse_args()
    torch.set_num_threads(1)
    # The first training of a process also loads what all of them use.
    with TemporaryDirectory() as folder:
        both_ways(1, SHORTEST, Path(folder))
    with TemporaryDirectory() as folder:
        done = both_ways(asked.encoders, asked.part, Path(folder))
        size = sum(file.stat().st_size for file in Path(folder, "features").glob("*/*"))
    same = sum(apart.digests == together.digests for apart, together in done)
    encoded, recalled = (sum(one.passes[name] for _, one in done) for name in ("encoded", "recalled"))
    shown, count = encoded // asked.encoders, asked.encoders * 2 ** (asked.encoders - 1)
    wall, processor = (
        [sum(getattr(pair[way], what) for pair in done) for way in range(len(ROOM_GB))]
        for what in ("wall_s", "processor_s")
    )
    lines = [
        f"{len(done)} subsets of {asked.encoders} encoders, {shown:,} pictures, {asked.part} of the tiny recipe",
        f"{'':10}{'encoder passes':>16}{'pictures encoded':>18}{'wall time':>12}{'processor time':>16}",
        *(
            f"{way:10}{pictures // shown:>16}{pictures:>18,}{wall[at]:>10.1f} s{processor[at]:>14.1f} s"
            for at, (way, pictures) in enumerate(zip(ROOM_GB, (encoded + recalled, encoded), strict=True))
        ),
        f"times less wall time: {wall[0] / wall[1]:.2f}; times less processor time: {processor[0] / processor[1]:.2f}",
        f"features on disk: {size / 1e6:,.0f} MB; same checkpoints, bit by bit: {same} of {len(done)}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    saved = (encoded + recalled, encoded) == (shown * count, shown * asked.encoders)
    return 0 if same == len(done) and saved else 1


if __name__ == "__main__":
    sys.exit(main())
