"""MME, perception: two yes/no questions about each picture, one of each answer, in ten tasks.

A task is worth 100 x accuracy + 100 x the share of pictures with both questions right, so the whole is on 0-2000 and a
constant answer earns 500. Four of the ten tasks hold thirty pictures each: most of the score's noise is theirs. The
rows of the other half, cognition, are no part of the suite and are left out.
"""

from collections.abc import Iterator

from benchmarks.card import Benchmark, Rows, Sample, Source, by_name
from benchmarks.errors import InvalidData
from benchmarks.rows import picture_of, text_of
from benchmarks.suite import find_column

PERCEPTION = (
    "existence",
    "count",
    "position",
    "color",
    "posters",
    "celebrity",
    "scene",
    "landmark",
    "artwork",
    "OCR",
)
COGNITION = ("commonsense_reasoning", "numerical_calculation", "text_translation", "code_reasoning")


def _samples(rows: Rows) -> Iterator[Sample]:
    for index, row in enumerate(rows["default"]):
        where = f"mme row {index}"
        task, answer = row["category"], row["answer"]
        if task in COGNITION:
            continue
        if task not in PERCEPTION or answer not in ("Yes", "No"):
            raise InvalidData(
                f"{where} has answer {answer!r} in task {task!r}, expected Yes or No in one of "
                f"{', '.join((*PERCEPTION, *COGNITION))}"
            )
        pair = text_of(row, "question_id", where)
        yield Sample(
            id=str(index),
            question=text_of(row, "question", where),
            pictures=(picture_of(row, "image", where),),
            choices=(),
            answers=(answer,),
            category=task,
            kind=task,
            cluster=f"{task}/{pair}",
            meta={"task": task, "pair": f"{task}/{pair}"},
        )


MME = Benchmark(
    name="mme",
    title="MME perception",
    group="general",
    version="1",
    source=Source(
        hub_id="lmms-lab/MME",
        revision="d6c9023f017b564f7b3ccccf5348166bce8fdbcd",
        configs=("default",),
        split="test",
        rows=2374,
        licence="not stated on the hub",
        aliases=("lmms-lab-encoder/MME",),
    ),
    columns={"default": ("question_id", "image", "question", "answer", "category")},
    to_samples=_samples,
    protocols=by_name(),
    unit="sum of ten tasks, 0-2000",
    published_scale="0-2000; the suite divides by 20",
    chance=750.0,
    cluster_key="question_id",
    paper="arXiv 2306.13394",
    licence="not stated on the hub; asked there in June 2024, unanswered",
    label_notes="labels are public",
    column=find_column("MME"),
)
