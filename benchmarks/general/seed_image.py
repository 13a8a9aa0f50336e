"""SEED-Bench, image part: four-way questions of nine kinds about single pictures.

The hub dataset mixes in 3757 video questions of eight frames each; every row with more than one picture is left out,
as Cambrian does. The pinned commit is the hub's own Parquet conversion of the dataset (its branch refs/convert/parquet,
of main @ 74c4ea0).
"""

from collections.abc import Iterator

from benchmarks.card import Benchmark, Picture, Rows, Sample, Source, by_name
from benchmarks.errors import InvalidData
from benchmarks.rows import letter_on_offer, text_of
from benchmarks.suite import find_column

CHOICES = ("choice_a", "choice_b", "choice_c", "choice_d")


def _samples(rows: Rows) -> Iterator[Sample]:
    for index, row in enumerate(rows["default"]):
        where = f"seed_image row {index}"
        pictures: list[Picture] = row["image"]
        if not pictures:
            raise InvalidData(f"{where} has no image, expected one, or several frames of a video")
        if len(pictures) > 1:
            continue
        choices = tuple(text_of(row, name, where) for name in CHOICES)
        kind = str(row["question_type_id"])
        yield Sample(
            id=str(index),
            question=text_of(row, "question", where),
            pictures=tuple(pictures),
            choices=choices,
            answers=(letter_on_offer(text_of(row, "answer", where), choices, where),),
            category=kind,
            kind=kind,
            cluster=pictures[0].digest,
            meta={"question_id": str(row["question_id"])},
        )


SEED_IMAGE = Benchmark(
    name="seed_image",
    title="SEED-Bench Image",
    group="general",
    version="1",
    source=Source(
        hub_id="lmms-lab/SEED-Bench",
        revision="92acad169cd5ffa23a1db506b3ef235330112b96",
        configs=("default",),
        split="test",
        rows=17990,
        licence="cc-by-nc-4.0 (authors' hub page; Apache-2.0 in their README)",
        aliases=("lmms-lab-encoder/SEED-Bench",),
    ),
    columns={"default": (*CHOICES, "answer", "image", "question", "question_id", "question_type_id")},
    to_samples=_samples,
    protocols=by_name(),
    unit="accuracy, per cent",
    published_scale="0-100",
    chance=25.0,
    cluster_key="image",
    paper="arXiv 2307.16125",
    licence="cc-by-nc-4.0 (authors' hub page); Apache-2.0 (authors' README)",
    label_notes="labels are public; 14,233 of 17,990 rows have one picture",
    column=find_column("SEED Image"),
)
