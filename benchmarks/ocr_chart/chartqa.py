"""ChartQA: questions about charts, answered with a number or a phrase; numbers count within five per cent.

Half of the questions are written by people (`human_test`), half are generated from summaries (`augmented_test`).
"""

import ast
from collections.abc import Iterator

from benchmarks.card import Benchmark, Mark, Protocol, Rows, Sample, Source, by_name
from benchmarks.marking.reading import Reading
from benchmarks.marking.relaxed import relaxed_absolute, relaxed_relative
from benchmarks.opening import opening_word
from benchmarks.pooling import mean
from benchmarks.prompting import question_then_short_suffix
from benchmarks.rows import picture_of, text_of
from benchmarks.suite import find_column

NUMBER_SUFFIX = "Answer the question using a single number or phrase."
WORD_SUFFIX = "Answer the question with a single word."


def _samples(rows: Rows) -> Iterator[Sample]:
    for index, row in enumerate(rows["default"]):
        where = f"chartqa row {index}"
        question, half = text_of(row, "question", where), text_of(row, "type", where)
        picture = picture_of(row, "image", where)
        yield Sample(
            id=str(index),
            question=question,
            pictures=(picture,),
            choices=(),
            answers=(text_of(row, "answer", where),),
            category=half,
            kind=f"{half}, {opening_word(question)}",
            cluster=picture.digest,
        )


def _mark_cambrian(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, relaxed_absolute(answer, sample.answers[0]))


def _mark_lmms_eval(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, relaxed_relative(answer, sample.answers[0]))


def _listed(gold: str) -> tuple[str, ...]:
    if not gold.startswith("["):
        return (gold,)
    try:
        listed = ast.literal_eval(gold)
    except (ValueError, SyntaxError):
        return (gold,)
    return tuple(map(str, listed)) if isinstance(listed, list) and listed else (gold,)


def _mark_vlmevalkit(sample: Sample, answer: str) -> Mark:
    readings: list[Reading] = [relaxed_relative(answer, gold) for gold in _listed(sample.answers[0])]
    return Mark.of(sample, max(readings, key=lambda reading: reading.value))


def _prompt_cambrian(sample: Sample) -> str:
    return f"{sample.question}\n{NUMBER_SUFFIX}"


def _prompt_lmms_eval(sample: Sample) -> str:
    return f"{sample.question}\n{WORD_SUFFIX}"


CHARTQA = Benchmark(
    name="chartqa",
    title="ChartQA",
    group="ocr_chart",
    version="1",
    source=Source(
        hub_id="lmms-lab/ChartQA",
        revision="9e63b7df1592a1c2158e735cc1725454aef0d6d9",
        configs=("default",),
        split="test",
        rows=2500,
        licence="not stated on the mirror; gpl-3.0 at ahmed-masry/ChartQA",
        aliases=("lmms-lab-encoder/ChartQA",),
    ),
    columns={"default": ("type", "question", "answer", "image")},
    to_samples=_samples,
    protocols=by_name(
        Protocol(
            name="cambrian",
            prompt=_prompt_cambrian,
            mark=_mark_cambrian,
            pool=mean,
            max_new_tokens=128,
            source="cambrian-mllm/cambrian @ 539ffc3, eval/eval/chartqa/chartqa_eval.py, chartqa_test.py",
            quirks=(
                "a year off by a century counts",
                "a per cent sign makes a number a word",
                "a thousands separator makes a number a word",
            ),
        ),
        Protocol(
            name="lmms_eval",
            prompt=_prompt_lmms_eval,
            mark=_mark_lmms_eval,
            pool=mean,
            max_new_tokens=16,
            source="EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/chartqa/chartqa.yaml, utils.py",
            quirks=(
                "a year off by a century counts",
                "a per cent sign divides by a hundred",
                "a gold of zero accepts only the same string",
            ),
        ),
        Protocol(
            name="vlmevalkit",
            prompt=question_then_short_suffix,
            mark=_mark_vlmevalkit,
            pool=mean,
            max_new_tokens=2048,
            source="open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/image_vqa.py, utils/vqa_eval.py",
            quirks=(
                "a trailing dot after a word makes the answer wrong",
                "a gold that looks like a list accepts any of its items",
            ),
        ),
    ),
    unit="relaxed accuracy, per cent",
    published_scale="0-100",
    chance=0.0,
    cluster_key="image",
    paper="arXiv 2203.10244",
    licence="not stated on the mirror; gpl-3.0 at the authors' repository",
    label_notes="1250 human and 1250 augmented questions; some golds carry a per cent sign or a list",
    column=find_column("ChartQA"),
)
