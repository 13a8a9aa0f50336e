"""Draw a local mirror of the test sets: the hub datasets' folders, columns and types, with generated pictures."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks.card import Source
from benchmarks.general.gqa import GQA, IMAGES, QUESTIONS
from benchmarks.knowledge.ai2d import AI2D
from benchmarks.mini import parquet, pictures
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import Drawn, Kind
from benchmarks.mini.folder import replaced
from benchmarks.mini.questions import ai2d, chartqa, cv_bench_2d, gqa
from benchmarks.mini.questions.balance import Balance
from benchmarks.mirror import FORMAT, MANIFEST
from benchmarks.ocr_chart.chartqa import CHARTQA
from benchmarks.vision_centric.cv_bench_2d import CV_BENCH_2D

PICTURES = {"gqa": 124, "ai2d": 120, "chartqa": 120, "cv_bench_2d": 232}
QUESTIONS_A_PICTURE, CV_QUESTIONS_A_PICTURE = 4, 3
COCO_SHARE = (5, 8)
"""Pictures of CV-Bench 2D that are said to come from COCO: five of eight, so that the two sources differ in size."""

Progress = Callable[[int, int], None]
Rows = list[dict[str, Any]]

_TEXT, _TEXTS = pa.string(), pa.list_(pa.string())
_MENTIONS = pa.list_(pa.struct([("objectId", _TEXT), ("value", _TEXT)]))
_STEPS = pa.list_(pa.struct([("operation", _TEXT), ("argument", _TEXT), ("dependencies", pa.list_(pa.int32()))]))

GQA_QUESTIONS = pa.schema(
    [
        ("id", _TEXT),
        ("imageId", _TEXT),
        ("question", _TEXT),
        ("answer", _TEXT),
        ("fullAnswer", _TEXT),
        ("isBalanced", pa.bool_()),
        ("groups", pa.struct([("global", _TEXT), ("local", _TEXT)])),
        ("entailed", _TEXT),
        ("equivalent", _TEXT),
        ("types", pa.struct([("structural", _TEXT), ("semantic", _TEXT), ("detailed", _TEXT)])),
        ("annotations", pa.struct([("question", _MENTIONS), ("answer", _MENTIONS), ("fullAnswer", _MENTIONS)])),
        ("semantic", _STEPS),
        ("semanticStr", _TEXT),
    ]
)
GQA_IMAGES = pa.schema([("id", _TEXT), ("image", parquet.IMAGE)])
AI2D_ROWS = pa.schema([("question", _TEXT), ("options", _TEXTS), ("answer", _TEXT), ("image", parquet.IMAGE)])
CHARTQA_ROWS = pa.schema([("type", _TEXT), ("question", _TEXT), ("answer", _TEXT), ("image", parquet.IMAGE)])
CV_BENCH_ROWS = pa.schema(
    [
        ("idx", pa.int32()),
        ("type", _TEXT),
        ("task", _TEXT),
        ("image", parquet.IMAGE),
        ("question", _TEXT),
        ("choices", _TEXTS),
        ("answer", _TEXT),
        ("prompt", _TEXT),
        ("filename", _TEXT),
        ("source", _TEXT),
        ("source_dataset", _TEXT),
        ("source_filename", _TEXT),
        ("target_class", _TEXT),
        ("target_size", pa.int32()),
        ("bbox", pa.list_(pa.list_(pa.float32()))),
    ]
)


@dataclass(frozen=True, slots=True)
class _Stream:
    """Give the pictures of one benchmark, no layout twice."""

    kind: Kind
    seed: int
    name: str

    def pictures(self) -> Iterator[tuple[int, Drawn, Dice]]:
        # A stream per benchmark: a seed of its own keeps GQA's and CV-Bench's scenes apart.
        seed = Dice("mirror", self.name, self.seed).below(2**32)
        seen: set[str] = set()
        index = -1
        for number in range(PICTURES[self.name]):
            while True:
                index += 1
                drawn = pictures.draw(self.kind, "test", seed, index)
                if drawn.key not in seen:
                    break
            seen.add(drawn.key)
            yield number, drawn, Dice("ask", self.name, self.seed, number)


def _image(png: bytes, name: str) -> dict[str, Any]:
    return {"bytes": png, "path": name}


def _gqa(seed: int) -> Iterator[tuple[str, pa.Schema, Rows]]:
    questions: Rows = []
    images: Rows = []
    balance = Balance()
    for number, drawn, dice in _Stream("scene", seed, "gqa").pictures():
        image_id = f"n{number:06d}"
        images.append({"id": image_id, "image": _image(drawn.png(), f"{image_id}.png")})
        for row in gqa.ask(drawn.plan, dice, balance, QUESTIONS_A_PICTURE):
            questions.append({"id": f"{len(questions):08d}", "imageId": image_id, **row})
    yield QUESTIONS, GQA_QUESTIONS, questions
    yield IMAGES, GQA_IMAGES, images


def _ai2d(seed: int) -> Iterator[tuple[str, pa.Schema, Rows]]:
    rows: Rows = []
    balance = Balance()
    for number, drawn, dice in _Stream("diagram", seed, "ai2d").pictures():
        image = _image(drawn.png(), f"{number}.png")
        rows += [{**row, "image": image} for row in ai2d.ask(drawn.plan, dice, balance, QUESTIONS_A_PICTURE, "test")]
    yield "default", AI2D_ROWS, rows


def _chartqa(seed: int) -> Iterator[tuple[str, pa.Schema, Rows]]:
    rows: Rows = []
    balance = Balance()
    for number, drawn, dice in _Stream("chart", seed, "chartqa").pictures():
        image = _image(drawn.png(), f"{number}.png")
        rows += [{**row, "image": image} for row in chartqa.ask(drawn.plan, dice, balance, QUESTIONS_A_PICTURE)]
    yield "default", CHARTQA_ROWS, rows


def _cv_bench_2d(seed: int) -> Iterator[tuple[str, pa.Schema, Rows]]:
    rows: Rows = []
    balance = Balance()
    for number, drawn, dice in _Stream("scene", seed, "cv_bench_2d").pictures():
        image = _image(drawn.png(), f"{number}.png")
        source = "COCO" if number % COCO_SHARE[1] < COCO_SHARE[0] else "ADE20K"
        for row in cv_bench_2d.ask(drawn.plan, dice, balance, CV_QUESTIONS_A_PICTURE):
            place = {"source": source, "source_dataset": f"{source} mini", "source_filename": f"{number}.png"}
            filename = f"img/2D/{row['task'].lower()}/{source.lower()}_{number}.png"
            rows.append({**row, **place, "idx": len(rows), "filename": filename, "image": image})
    yield "2D", CV_BENCH_ROWS, rows


_DRAWN: tuple[tuple[Source, Callable[[int], Iterator[tuple[str, pa.Schema, Rows]]]], ...] = (
    (GQA.source, _gqa),
    (AI2D.source, _ai2d),
    (CHARTQA.source, _chartqa),
    (CV_BENCH_2D.source, _cv_bench_2d),
)


def draw(folder: Path, seed: int, progress: Progress | None = None) -> str:
    """Draw the mirror into `folder`, whole or not at all, and return the sha256 of its manifest.

    `progress(done, of)` is called after each dataset. The same seed gives the same bytes.

    Raises:
        OSError: the folder cannot be written; what was there before stays.
    """
    with replaced(folder) as fresh:
        files = []
        for done, (source, tables) in enumerate(_DRAWN, 1):
            for config, schema, rows in tables(seed):
                name = f"{source.hub_id}/{config}/{source.split}-00000-of-00001.parquet"
                parquet.write(fresh / name, schema, rows)
                with (fresh / name).open("rb") as stream:
                    digest = file_digest(stream, "sha256").hexdigest()
                files.append({"path": name, "rows": len(rows), "columns": schema.names, "sha256": digest})
            if progress is not None:
                progress(done, len(_DRAWN))
        manifest = json.dumps({"format": FORMAT, "seed": seed, "files": files}, indent=1).encode()
        (fresh / MANIFEST).write_bytes(manifest)
    return sha256(manifest).hexdigest()
