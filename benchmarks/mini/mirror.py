"""Draw a local mirror of the test sets: the hub datasets' folders, columns and types, with generated pictures."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from benchmarks.card import Benchmark, PictureFolder
from benchmarks.mini import parquet
from benchmarks.mini.folder import replaced
from benchmarks.mini.tables import mmvp_rows, tables
from benchmarks.mirror import FORMAT, MANIFEST
from benchmarks.table import BENCHMARKS

Progress = Callable[[int, int], None]


def _entry(root: Path, name: str, rows: int, columns: list[str]) -> dict[str, Any]:
    with (root / name).open("rb") as stream:
        digest = file_digest(stream, "sha256").hexdigest()
    return {"path": name, "rows": rows, "columns": columns, "sha256": digest}


def _parquet(root: Path, benchmark: Benchmark, seed: int) -> Iterator[dict[str, Any]]:
    source = benchmark.source
    for table in tables(benchmark, seed):
        name = f"{source.hub_id}/{table.config}/{source.split}-00000-of-00001.parquet"
        parquet.write(root / name, table.schema, table.rows)
        yield _entry(root, name, len(table.rows), table.schema.names)


def _listing(root: Path, benchmark: Benchmark, folder: PictureFolder, seed: int) -> Iterator[dict[str, Any]]:
    """Write a CSV file and a folder of pictures; the pictures keep the suffix of the original, whatever they are."""
    below = benchmark.source.hub_id
    (root / below / folder.pictures).mkdir(parents=True)
    rows = mmvp_rows(seed)
    columns = [name for name in rows[0] if name != "image"]
    lines = io.StringIO()
    writer = csv.DictWriter(lines, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    name = f"{below}/{folder.table}"
    (root / name).write_text(lines.getvalue(), encoding="utf-8", newline="\n")
    yield _entry(root, name, len(rows), columns)
    for row in rows:
        name = f"{below}/{folder.pictures}/{row[folder.name_column]}{folder.suffix}"
        (root / name).write_bytes(row["image"])
        yield _entry(root, name, 1, [])


def draw(folder: Path, seed: int, progress: Progress | None = None) -> str:
    """Draw the mirror into `folder`, whole or not at all, and return the sha256 of its manifest.

    `progress(done, of)` is called after each dataset. The same seed gives the same bytes.

    Raises:
        OSError: the folder cannot be written; what was there before stays.
    """
    with replaced(folder) as fresh:
        files: list[dict[str, Any]] = []
        for done, benchmark in enumerate(BENCHMARKS, 1):
            listing = benchmark.source.folder
            files += _parquet(fresh, benchmark, seed) if listing is None else _listing(fresh, benchmark, listing, seed)
            if progress is not None:
                progress(done, len(BENCHMARKS))
        manifest = json.dumps({"format": FORMAT, "seed": seed, "files": files}, indent=1).encode()
        (fresh / MANIFEST).write_bytes(manifest)
    return sha256(manifest).hexdigest()
