"""Measure what loading a mirror of 20,000 rows adds to the resident memory of a process.

The mirror has TextVQA's columns, ten answers and a dozen OCR tokens a row, and 320 MB of pictures, all different; it
is drawn in a temporary folder. A fresh process imports, loads the samples, keeps them and opens one picture; what it
holds then, and what it held at most on the way, is set against the goal of 200 MB. Too much ends in exit code 1:
memory, unlike time, is not the machine's.
"""

import hashlib
import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from benchmarks.load import load
from benchmarks.mini.parquet import IMAGE
from benchmarks.mirror import FORMAT, MANIFEST
from benchmarks.ocr_chart.textvqa import TEXTVQA

ROWS, ROWS_PER_GROUP = 20_000, 100
"""Row groups as `datasets` writes them for tables with images."""
SIDE_PX = 73
GOAL_MB = 200
MB = 1_000_000
SCHEMA = pa.schema(
    [
        ("image_id", pa.string()),
        ("question_id", pa.int32()),
        ("question", pa.string()),
        ("image", IMAGE),
        ("answers", pa.list_(pa.string())),
        ("ocr_tokens", pa.list_(pa.string())),
    ]
)


def _row(number: int, chance: np.random.Generator) -> dict[str, Any]:
    encoded = io.BytesIO()
    Image.frombytes("RGB", (SIDE_PX, SIDE_PX), chance.bytes(3 * SIDE_PX**2)).save(encoded, "BMP")
    words = [f"word{code}" for code in chance.integers(0, 100_000, 12)]
    return {
        "image_id": f"{number // 2:016x}",
        "question_id": number,
        "question": f"what is written beside the {words[0]} number {number}?",
        "image": {"bytes": encoded.getvalue(), "path": f"{number}.bmp"},
        "answers": [words[place % 4] for place in range(10)],
        "ocr_tokens": words,
    }


def _groups(chance: np.random.Generator) -> Iterator[pa.Table]:
    for first in range(0, ROWS, ROWS_PER_GROUP):
        rows = [_row(number, chance) for number in range(first, first + ROWS_PER_GROUP)]
        yield pa.Table.from_pylist(rows, SCHEMA)


def draw(mirror: Path) -> int:
    """Write the mirror and its manifest; return the bytes of the table."""
    source = TEXTVQA.source
    name = f"{source.hub_id}/{source.configs[0]}/{source.split}-00000-of-00001.parquet"
    path = mirror / name
    path.parent.mkdir(parents=True)
    with pq.ParquetWriter(path, SCHEMA, compression="none") as table:
        for group in _groups(np.random.default_rng(0)):
            table.write_table(group, row_group_size=ROWS_PER_GROUP)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    listed = {"path": name, "rows": ROWS, "columns": SCHEMA.names, "sha256": digest}
    (mirror / MANIFEST).write_text(json.dumps({"format": FORMAT, "files": [listed]}), encoding="utf-8")
    return path.stat().st_size


def _highest() -> int:
    """Return the most memory this process has held at once, in bytes (Linux)."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) * 1024


def hold(mirror: Path) -> None:
    """Load the mirror in this process and print what that added: held, held at most (bytes), seconds."""
    before, began = psutil.Process().memory_info().rss, time.process_time()
    samples = load(TEXTVQA, mirror).samples
    seconds = time.process_time() - began
    assert len(samples) == ROWS
    assert samples[-1].pictures[0].open().size == (SIDE_PX, SIDE_PX)
    held = psutil.Process().memory_info().rss - before
    sys.stdout.write(f"{held} {_highest() - before} {seconds}\n")


def main(words: list[str]) -> int:
    """Draw, load in a fresh process, compare."""
    if words:
        hold(Path(words[0]))
        return 0
    with TemporaryDirectory() as folder:
        size = draw(Path(folder))
        command = [sys.executable, "-W", "ignore", "-m", "tests.bench.loading", folder]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    held, highest, seconds = (float(word) for word in told)
    met = highest <= GOAL_MB * MB
    verdict = "met" if met else "NOT MET"
    sys.stdout.write(
        f"{ROWS:,} rows, {size / MB:,.0f} MB on disk, loaded in {seconds:.1f} s of processor time: adds "
        f"{held / MB:,.0f} MB, at most {highest / MB:,.0f} MB on the way; goal {GOAL_MB} MB {verdict}\n"
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
