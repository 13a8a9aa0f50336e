"""MMMU: college questions of thirty subjects with one to seven pictures, most with options, some open.

The words of a question and its options mark where a picture belongs: `<image 2>`. The authors' set has one
configuration a subject; the mirror that Cambrian and lmms-eval read, and this card pins, holds the same 900 validation
questions in one. VLMEvalKit reads a table of its own (MMMU_DEV_VAL) and reports its validation part.
"""

import ast
import re
from collections.abc import Iterator

from benchmarks.card import Benchmark, Picture, Row, Rows, Sample, Source, by_name
from benchmarks.errors import InvalidData
from benchmarks.rows import letter_on_offer, options_of, picture_of, text_of
from benchmarks.suite import find_column

CHOICE, OPEN = "multiple-choice", "open"
PICTURES = tuple(f"image_{number}" for number in range(1, 8))
_ID = re.compile(r"[a-z]+_(.+)_\d+")


def _options(row: Row, where: str) -> tuple[str, ...]:
    written = text_of(row, "options", where)
    try:
        options = ast.literal_eval(written)
    except (ValueError, SyntaxError) as error:
        raise InvalidData(f"{where} has options {written!r}, expected a list as Python writes it") from error
    return options_of(options, "options", where)


def _pictures(row: Row, where: str) -> tuple[Picture, ...]:
    count = max((number for number, name in enumerate(PICTURES, start=1) if row[name] is not None), default=1)
    return tuple(picture_of(row, name, where) for name in PICTURES[:count])


def _samples(rows: Rows) -> Iterator[Sample]:
    for index, row in enumerate(rows["default"]):
        name = text_of(row, "id", f"mmmu row {index}")
        where = f"mmmu row {name!r}"
        subject, kind = _ID.fullmatch(name), row["question_type"]
        if subject is None or kind not in (CHOICE, OPEN):
            raise InvalidData(
                f"{where} is of type {kind!r}, expected an id like validation_Art_Theory_1 and the type {CHOICE!r} or "
                f"{OPEN!r}"
            )
        options = _options(row, where) if kind == CHOICE else ()
        answer, pictures = text_of(row, "answer", where), _pictures(row, where)
        yield Sample(
            id=name,
            question=text_of(row, "question", where),
            pictures=pictures,
            choices=options,
            answers=(letter_on_offer(answer, options, where) if options else answer,),
            category=subject.group(1),
            kind=f"{len(options)} options" if options else OPEN,
            cluster=pictures[0].digest,
            meta={"options": row["options"] or ""},
        )


MMMU = Benchmark(
    name="mmmu",
    title="MMMU-val",
    group="knowledge",
    version="1",
    source=Source(
        hub_id="lmms-lab/MMMU",
        revision="364f2e2eb107b36e07ff4c5a15f5947a759cef47",
        configs=("default",),
        split="validation",
        rows=900,
        licence="not stated on the mirror; apache-2.0 at MMMU/MMMU",
        aliases=("lmms-lab-encoder/MMMU",),
    ),
    columns={"default": ("id", "question", "options", "answer", "question_type", *PICTURES)},
    to_samples=_samples,
    protocols=by_name(),
    unit="accuracy, per cent",
    published_scale="0-100",
    chance=None,
    cluster_key="first image",
    paper="arXiv 2311.16502",
    licence="not stated on the mirror; apache-2.0 at the authors' set",
    label_notes="validation labels are public, test labels since 2026-02-12 (MMMU-Benchmark/MMMU, issue 79); the gold "
    "of some open questions is a list written as a text, which no harness reads as a list",
    column=find_column("MMMU-val"),
)
