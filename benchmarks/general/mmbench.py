"""MMBench, English, development set: each question is asked once per rotation of its options.

A question counts only if every rotation is answered right, which costs 10-20 points against plain accuracy. A rotation
has the index of its question plus a multiple of a million. Three releases circulate (4377 rows of July 2023, which this
card, Cambrian and LLaVA read; 4329 rows of October 2023, which lmms-eval and VLMEvalKit read; V1.1).
"""

from collections.abc import Iterator

from benchmarks.card import Benchmark, Row, Rows, Sample, Source, by_name
from benchmarks.errors import InvalidData
from benchmarks.rows import letter_on_offer, picture_of, text_of
from benchmarks.suite import find_column

LETTERS = "ABCD"
ABSENT = "nan"
"""What stands in the cell of an option or hint that a question does not have; an empty cell does too."""
ROTATION = 1_000_000


def _present(row: Row, column: str) -> bool:
    return row[column] is not None and row[column] != ABSENT


def _options(row: Row, where: str) -> tuple[str, ...]:
    held = "".join(letter for letter in LETTERS if _present(row, letter))
    if len(held) < 2 or not LETTERS.startswith(held):
        raise InvalidData(f"{where} has options {', '.join(held) or 'none'}, expected A and B, then C and D if any")
    return tuple(text_of(row, letter, where) for letter in held)


def _samples(rows: Rows) -> Iterator[Sample]:
    for row in rows["default"]:
        index = int(row["index"])
        where = f"mmbench row {index}"
        options, picture = _options(row, where), picture_of(row, "image", where)
        question, category = text_of(row, "question", where), text_of(row, "category", where)
        yield Sample(
            id=str(index),
            question=question,
            pictures=(picture,),
            choices=options,
            answers=(letter_on_offer(text_of(row, "answer", where), options, where),),
            category=category,
            kind=f"{len(options)} options",
            cluster=picture.digest,
            meta={
                "hint": row["hint"] if _present(row, "hint") else "",
                "group": str(index % ROTATION),
                "look_alike": "\n".join((question, picture.digest, str(row["source"]), category)),
            },
        )


MMBENCH = Benchmark(
    name="mmbench",
    title="MMBench-EN dev",
    group="general",
    version="1",
    source=Source(
        hub_id="lmms-lab/MMBench_EN",
        revision="ecd23e001f5c649c959eda84b846a01cc6fafbde",
        configs=("default",),
        split="dev",
        rows=4377,
        licence="not stated on the hub; authors' code Apache-2.0",
    ),
    columns={"default": ("index", "question", "hint", *LETTERS, "answer", "category", "image", "source")},
    to_samples=_samples,
    protocols=by_name(),
    unit="circular accuracy, per cent",
    published_scale="0-100",
    chance=None,
    cluster_key="image",
    paper="arXiv 2307.06281",
    licence="not stated on the hub; authors' code Apache-2.0",
    label_notes="dev labels are public; the submission service for test stopped on 2026-03-31",
    column=find_column("MMBench-EN dev"),
)
