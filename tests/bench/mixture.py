"""Measure what a training mixture adds to the memory of the processes that pin it, train on it and scan it.

A mixture in LLaVA's format of 200 MB and more is written into a temporary folder, over a few hundred pictures. A fresh
process looks through it (`harness pin`), then serves a few batches of it from the middle of a stage that takes every
record; what each adds at most to resident memory is set against the goal. Reading the file whole would add several
times its size. Too much ends in exit code 1: memory, unlike time, is not the machine's.
"""

import argparse
import json
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.config.compose import compose
from harness.data.loader import serve
from harness.data.pinning import pin
from harness.data.speech import Speech
from harness.data.streamed import conversations
from harness.schema.recipe import DataSource
from tests.bench.loading import MB
from tests.harness.data.mixtures import picture, record
from tests.harness.miniature import tokenizer

NAME, GOAL_MB = "mixture.json", 150
PICTURES, TURNS = 200, 12
SHOWN = 8


def write(folder: Path, records: int) -> int:
    """Write pictures, and a file of so many records about them, as it would be streamed; return the file's bytes."""
    for number in range(PICTURES):
        (folder / f"{number}.png").write_bytes(picture(number))
    with (folder / NAME).open("w", encoding="utf-8") as file:
        for number in range(records):
            one = record(f"record-{number}-{'x' * 40}", f"{number % PICTURES}.png", TURNS)
            file.write(("[" if not number else ",\n") + json.dumps(one))
        file.write("]\n")
    return (folder / NAME).stat().st_size


def highest() -> int:
    """Return the most memory this process has held at once, in bytes (Linux)."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) * 1024


def measure(folder: Path, way: str) -> None:
    """Pin the mixture, or serve batches of it, in this process, and print what that added at most, and the seconds."""
    recipe = compose().recipe
    speech = Speech(tokenizer(), recipe.language.template)
    before, began = highest(), time.process_time()
    if way == "pin":
        told = pin(folder, [NAME]).digest
    else:
        source = DataSource(name="m", location="", file=NAME, revision="1", manifest=way, weight=1.0)
        said = conversations(source, folder)
        steps = len(said) // 16
        stage = recipe.stages[1].model_copy(update={"steps": steps, "global_batch": 16, "turns": "sequential"})
        batches = serve([said], stage, recipe.canvas, speech, 64, 512, 0, 16, 0, steps // 2)
        told = str(sum(len(batch.ids) for batch in islice(batches, SHOWN)))
    sys.stdout.write(f"{highest() - before} {time.process_time() - began} {told}\n")


def apart(folder: Path, way: str) -> tuple[float, float, str]:
    """Measure in a fresh process: bytes added at most, seconds of processor time, what it told."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench.mixture", "--measure", str(folder), way]
    added, seconds, told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(added), float(seconds), told


def main() -> int:
    """Write, measure both ways, compare."""
    words = argparse.ArgumentParser(description="What a streamed mixture adds to a process's memory.")
    words.add_argument("--records", type=int, default=100_000)
    words.add_argument("--measure", nargs=2)
    asked = words.parse_args()
    if asked.measure:
        measure(Path(asked.measure[0]), asked.measure[1])
        return 0
    with TemporaryDirectory() as scratch:
        size = write(Path(scratch), asked.records)
        pinned = apart(Path(scratch), "pin")
        served = apart(Path(scratch), pinned[2])
    worst = max(pinned[0], served[0])
    verdict = "met" if worst <= GOAL_MB * MB else "NOT MET"
    sys.stdout.write(
        f"a mixture of {asked.records:,} records, {size / MB:,.0f} MB: pinning adds {pinned[0] / MB:,.0f} MB at most "
        f"({asked.records / pinned[1]:,.0f} records a second of processor time), serving from the middle of an epoch "
        f"{served[0] / MB:,.0f} MB ({served[1]:.1f} s); goal {GOAL_MB} MB {verdict}\n"
    )
    return 0 if worst <= GOAL_MB * MB else 1


if __name__ == "__main__":
    sys.exit(main())
