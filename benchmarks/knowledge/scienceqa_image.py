"""ScienceQA-IMG: school science questions with a picture, two to five options, some with a hint.

The hub dataset holds questions with and without a picture; the card reads those with one, and a sample's id is its
place among all of them, as Cambrian counts. lmms-eval reads the same questions from lmms-lab-encoder/ScienceQA
(ScienceQA-IMG), VLMEvalKit from a table of its own (ScienceQA_TEST).
"""

from collections.abc import Iterator

from benchmarks.card import Benchmark, Rows, Sample, Source, by_name
from benchmarks.rows import letter_at, options_of, text_of
from benchmarks.suite import find_column

QUESTIONS_WITH_A_PICTURE = 2017


def _samples(rows: Rows) -> Iterator[Sample]:
    for index, row in enumerate(rows["default"]):
        if row["image"] is None:
            continue
        where = f"scienceqa_image row {index}"
        options = options_of(row["choices"], "choices", where)
        yield Sample(
            id=str(index),
            question=text_of(row, "question", where),
            pictures=(row["image"],),
            choices=options,
            answers=(letter_at(row["answer"], options, where),),
            category=row["subject"],
            kind=f"{row['subject']}, {len(options)} options",
            cluster=row["image"].digest,
            meta={"hint": row["hint"] or "", "grade": row["grade"]},
        )


SCIENCEQA_IMAGE = Benchmark(
    name="scienceqa_image",
    title="ScienceQA-IMG",
    group="knowledge",
    version="1",
    source=Source(
        hub_id="derek-thomas/ScienceQA",
        revision="f18b0a70359ebfb41f658fd564208d0355b013f4",
        configs=("default",),
        split="test",
        rows=4241,
        licence="cc-by-sa-4.0",
    ),
    columns={"default": ("image", "question", "choices", "answer", "hint", "grade", "subject")},
    to_samples=_samples,
    protocols=by_name(),
    unit="accuracy, per cent",
    published_scale="0-100",
    chance=None,
    cluster_key="image",
    paper="arXiv 2209.09513",
    licence="cc-by-sa-4.0 (hub); CC BY-NC-SA 4.0 at the authors' site",
    label_notes=f"test labels are public; {QUESTIONS_WITH_A_PICTURE} of 4241 test questions have a picture",
    column=find_column("ScienceQA-IMG"),
)
