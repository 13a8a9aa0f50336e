"""Pin a training mixture: look at each record and picture once, and write down what a training may rest on.

Beside each JSON file F two files are written, and both stand in the folder's `manifest.json` by their SHA-256:

- `F.index`, 44 bytes a record that can be trained on: where it starts in F, how long it is, its picture's SHA-256;
- `F.left_out.jsonl`, a line for each record that cannot: its number, its id and why. Left out are records without a
  picture or with several, those whose turns do not alternate, and those whose picture is absent or broken.

The recipe states the manifest's digest. So which samples a training sees, and in which order, is a function of seed and
recipe; a picture that breaks later stops a training instead of changing it. Memory holds a window of records, never the
mixture; pictures are decoded by several threads.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from hashlib import file_digest, sha256
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image, UnidentifiedImageError

from harness.data.conversation import conversation
from harness.data.records import Located, located
from harness.data.sources import MANIFEST
from harness.errors import InvalidEvidence, UsageError

FORMAT = "pinned mixture 1"
ROW = np.dtype([("start", "<u8"), ("size", "<u4"), ("picture", "V32")])
WINDOW, THREADS, REMEMBERED = 512, 8, 1 << 15
Why = Literal["no picture", "several pictures", "turns", "absent picture", "broken picture"]


@dataclass(frozen=True, slots=True)
class Pinned:
    """Hold the digest of a manifest, and for each of its files the records kept and left out, by why."""

    digest: str
    kept: dict[str, int]
    left_out: dict[str, dict[str, int]]


def pin(folder: Path, files: Sequence[str], told: Callable[[str, int], None] = lambda file, count: None) -> Pinned:
    """Look through files of a folder and write its manifest, whole or not at all; `told` hears how far it is.

    Raises:
        UsageError: no file is named, or one lies outside the folder.
        InvalidEvidence: a file is no list of records, or none of its records can be trained on.
    """
    if not files or any(not (folder / file).resolve().is_relative_to(folder.resolve()) for file in files):
        raise UsageError(f"name the mixture's JSON files as they lie in {folder}; came {', '.join(files) or 'none'}")
    entries = [_pin(folder, file, told) for file in files]
    content = json.dumps({"format": FORMAT, "files": entries}, indent=1).encode()
    partial = folder / f".{MANIFEST}.partial"
    partial.write_bytes(content)
    partial.replace(folder / MANIFEST)
    names = [entry["path"] for entry in entries]
    return Pinned(
        sha256(content).hexdigest(),
        {name: entry["records"] for name, entry in zip(names, entries, strict=True)},
        {name: entry["left_out"] for name, entry in zip(names, entries, strict=True)},
    )


def index_of(file: Path) -> Path:
    """Return where the index of a mixture's file lies."""
    return file.with_name(f"{file.name}.index")


def left_out_of(file: Path) -> Path:
    """Return where the list of what was left out of a mixture's file lies."""
    return file.with_name(f"{file.name}.left_out.jsonl")


def _pin(folder: Path, name: str, told: Callable[[str, int], None]) -> dict[str, Any]:
    file, count, why = folder / name, 0, Counter[str]()
    rows, listed = index_of(file), left_out_of(file)
    # Several records in a row often share a picture, and many share one in all.
    look = lru_cache(maxsize=REMEMBERED)(_look)
    fresh = {path: path.with_name(f".{path.name}.partial") for path in (rows, listed)}
    with ThreadPoolExecutor(THREADS) as pool, fresh[rows].open("wb") as index, fresh[listed].open("w") as left:
        records = located(file)
        while window := list(islice(records, WINDOW)):
            judged = pool.map(lambda one: _judge(one.record, folder, look), window)
            for one, verdict in zip(window, judged, strict=True):
                if isinstance(verdict, bytes):
                    index.write(_row(one, verdict))
                else:
                    why[verdict] += 1
                    line = {"record": count, "id": str(one.record.get("id", "")), "why": verdict}
                    left.write(json.dumps(line) + "\n")
                count += 1
            told(name, count)
    kept = count - why.total()
    if not kept:
        raise InvalidEvidence(f"none of the {count:,} records of {file} can be trained on: {dict(why)}; {REMEDY}")
    for path, partial in fresh.items():
        partial.replace(path)
    digests = {"sha256": file, "index_sha256": rows, "left_out_sha256": listed}
    return {
        "path": name,
        "records": kept,
        "left_out": dict(sorted(why.items())),
        **{field: digest_of(path) for field, path in digests.items()},
    }


REMEDY = "pictures are looked for below the folder that holds the file, by the names in its records"


def _row(one: Located, picture: bytes) -> bytes:
    return np.array([(one.start, one.size, picture)], dtype=ROW).tobytes()


def _judge(record: dict[str, Any], folder: Path, look: Callable[[Path], bytes | Why]) -> bytes | Why:
    """Return the SHA-256 of a record's picture, or why the record is left out."""
    picture = record.get("image")
    if not picture:
        return "no picture"
    if not isinstance(picture, str):
        return "several pictures"
    try:
        if not conversation(record, folder, "").turns:
            return "turns"
    except InvalidEvidence:
        return "turns"
    return look(folder / picture)


def _look(picture: Path) -> bytes | Why:
    """Return the SHA-256 of a picture that can be decoded whole, or why it cannot."""
    try:
        content = picture.read_bytes()
    except OSError:
        return "absent picture"
    try:
        with Image.open(BytesIO(content)) as opened:
            opened.convert("RGB")
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError, Image.DecompressionBombError):
        return "broken picture"
    return sha256(content).digest()


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file, read as a stream."""
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def left_out(file: Path) -> Iterator[dict[str, Any]]:
    """Yield what was left out of a mixture's file: the number of the record, its id, and why."""
    with left_out_of(file).open() as lines:
        yield from map(json.loads, lines)
