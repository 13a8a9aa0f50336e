"""List who asks for which benchmark, about which kinds of pictures, and what a row lacks until it stands in a table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import Drawn, Kind
from benchmarks.mini.questions import (
    ai2d,
    chartqa,
    cv_bench_2d,
    cv_bench_3d,
    docvqa,
    gqa,
    mathvista,
    mmbench,
    mme,
    mmmu,
    mmvp,
    ocrbench,
    realworldqa,
    scienceqa_image,
    seed_image,
    textvqa,
)
from benchmarks.mini.questions.balance import Balance
from benchmarks.mini.words import Split

Cells = dict[str, Any]
Ask = Callable[[Drawn, Dice, Balance, int, Split], Iterator[Cells]]
Complete = Callable[[Cells, int, int, Any], Cells]
"""(row, its number, its picture's number, image cell) -> row with ids and image."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Hold how one benchmark asks; `kinds` repeats a kind that should be drawn more often."""

    kinds: tuple[Kind, ...]
    ask: Ask
    complete: Complete


def _plain(row: Cells, number: int, picture: int, image: Any) -> Cells:
    return {**row, "image": image}


def _mme(row: Cells, number: int, picture: int, image: Any) -> Cells:
    return {**row, "question_id": f"{row['category']}/{picture:04d}.png", "image": image}


def _mmbench(row: Cells, number: int, picture: int, image: Any) -> Cells:
    return {**row, "index": number, "image": image}


def _seed(row: Cells, number: int, picture: int, image: Any) -> Cells:
    return {**row, "question_id": str(number), "data_id": f"{picture}.png", "segment": [], "image": [image]}


def _gqa(row: Cells, number: int, picture: int, image: Any) -> Cells:
    return {"id": f"{number:08d}", "imageId": f"n{picture:06d}", **row}


def _mmmu(row: Cells, number: int, picture: int, image: Any) -> Cells:
    return mmmu.complete(row, number, image, image)


def _mathvista(row: Cells, number: int, picture: int, image: Any) -> Cells:
    return {**row, "pid": str(number + 1), "image": f"images/{picture}.jpg", "decoded_image": image}


def _textvqa(row: Cells, number: int, picture: int, image: Any) -> Cells:
    return {**row, "image_id": f"{picture:016x}", "question_id": number, "image_classes": [], "image": image}


def _docvqa(row: Cells, number: int, picture: int, image: Any) -> Cells:
    document = {"docId": picture, "ucsf_document_id": f"mini{picture:04d}", "ucsf_document_page_no": "1"}
    return {**row, **document, "questionId": str(number), "image": image}


def _mmvp(row: Cells, number: int, picture: int, image: Any) -> Cells:
    asked = {"Question": row["question"], "Options": row["options"], "Correct Answer": row["answer"]}
    return {"Index": str(number + 1), **asked, "image": image}


def _realworldqa(row: Cells, number: int, picture: int, image: Any) -> Cells:
    return {**row, "image_path": f"{picture}.webp", "image": image}


def _cv_bench_2d(row: Cells, number: int, picture: int, image: Any) -> Cells:
    source = ("COCO", "ADE20K")[picture % 8 >= _COCO_OF_8]
    return _cv_bench(row, number, picture, image, source)


def _cv_bench_3d(row: Cells, number: int, picture: int, image: Any) -> Cells:
    return _cv_bench(row, number, picture, image, "Omni3D")


def _cv_bench(row: Cells, number: int, picture: int, image: Any, source: str) -> Cells:
    place = {"source": source, "source_dataset": f"{source} mini", "source_filename": f"{picture}.png"}
    filename = f"img/{row['type']}/{row['task'].lower()}/{source.lower()}_{picture}.png"
    return {**row, **place, "idx": number, "filename": filename, "image": image}


_COCO_OF_8 = 5
"""Pictures of CV-Bench 2D that are said to come from COCO: five of eight, so that the two sources differ in size."""


def _of(module: ModuleType, complete: Complete) -> Asker:
    return Asker(module.KINDS, module.ask, complete)


ASKERS: dict[str, Asker] = {
    "mme": _of(mme, _mme),
    "mmbench": _of(mmbench, _mmbench),
    "seed_image": _of(seed_image, _seed),
    "gqa": _of(gqa, _gqa),
    "scienceqa_image": _of(scienceqa_image, _plain),
    "mmmu": _of(mmmu, _mmmu),
    "mathvista": _of(mathvista, _mathvista),
    "ai2d": _of(ai2d, _plain),
    "chartqa": _of(chartqa, _plain),
    "ocrbench": _of(ocrbench, _plain),
    "textvqa": _of(textvqa, _textvqa),
    "docvqa": _of(docvqa, _docvqa),
    "mmvp": _of(mmvp, _mmvp),
    "realworldqa": _of(realworldqa, _realworldqa),
    "cv_bench_2d": _of(cv_bench_2d, _cv_bench_2d),
    "cv_bench_3d": _of(cv_bench_3d, _cv_bench_3d),
}
"""Benchmark -> how it asks, in the suite's order."""
