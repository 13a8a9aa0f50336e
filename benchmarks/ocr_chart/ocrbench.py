"""OCRBench: 1000 questions in ten kinds, from reading one word to writing down a handwritten formula.

An answer counts if it contains a gold, so long answers can only gain. Its scale is the number of right answers,
0-1000; the suite divides it by ten.
"""

from collections.abc import Iterator

from benchmarks.card import Benchmark, Mark, Protocol, Rows, Sample, Source, by_name
from benchmarks.marking.contains import contains, half_width_on_one_line, on_one_line, without_blanks
from benchmarks.pooling import ScaledMean
from benchmarks.rows import picture_of, text_of, texts_of
from benchmarks.suite import find_column

# On the full set the benchmark's own scale counts right answers.
POINTS = ScaledMean(10.0)
SHORT_SUFFIX = "Give the short answer directly."
FORMULAS = "Handwritten Mathematical Expression Recognition"
FORMULA_SET = "HME100k"
"""The one dataset of the formula kind: lmms-eval looks at the dataset where the others look at the kind."""


def _samples(rows: Rows) -> Iterator[Sample]:
    for index, row in enumerate(rows["default"]):
        where = f"ocrbench row {index}"
        picture, kind = picture_of(row, "image", where), text_of(row, "question_type", where)
        yield Sample(
            id=str(index),
            question=text_of(row, "question", where),
            pictures=(picture,),
            choices=(),
            answers=texts_of(row, "answer", where),
            category=kind,
            kind=kind,
            cluster=picture.digest,
            meta={"dataset": text_of(row, "dataset", where)},
        )


def _mark_plain(sample: Sample, answer: str) -> Mark:
    normal = without_blanks if sample.category == FORMULAS else on_one_line
    return Mark.of(sample, contains(answer, sample.answers, normal))


def _mark_lmms_eval(sample: Sample, answer: str) -> Mark:
    normal = without_blanks if sample.meta["dataset"] == FORMULA_SET else half_width_on_one_line
    return Mark.of(sample, contains(answer, sample.answers, normal))


def _prompt_cambrian(sample: Sample) -> str:
    return f"{sample.question}\n{SHORT_SUFFIX}"


def _prompt_lmms_eval(sample: Sample) -> str:
    return sample.question.strip()


def _prompt_vlmevalkit(sample: Sample) -> str:
    return sample.question


OCRBENCH = Benchmark(
    name="ocrbench",
    title="OCRBench",
    group="ocr_chart",
    version="1",
    source=Source(
        hub_id="echo840/OCRBench",
        revision="92a54bd1384387c178d5a07140a2d85e0a3d12e1",
        configs=("default",),
        split="test",
        rows=1000,
        licence="not stated on the hub",
    ),
    columns={"default": ("dataset", "question", "question_type", "answer", "image")},
    to_samples=_samples,
    protocols=by_name(
        Protocol(
            name="cambrian",
            prompt=_prompt_cambrian,
            mark=_mark_plain,
            pool=POINTS,
            max_new_tokens=512,
            source="cambrian-mllm/cambrian @ 539ffc3, eval/eval/ocrbench/ocrbench_eval.py, ocrbench_test.py",
            quirks=(
                "the flag that penalises extra words is off in a normal run",
                "a gold within a longer word or number counts",
                "blanks in a formula vanish and its case counts",
            ),
        ),
        Protocol(
            name="lmms_eval",
            prompt=_prompt_lmms_eval,
            mark=_mark_lmms_eval,
            pool=POINTS,
            max_new_tokens=128,
            source="EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/ocrbench/ocrbench.yaml, utils.py",
            quirks=(
                "full width characters equal their plain forms except in formulas",
                "a formula is known by its dataset and not by its kind",
            ),
        ),
        Protocol(
            name="vlmevalkit",
            prompt=_prompt_vlmevalkit,
            mark=_mark_plain,
            pool=POINTS,
            max_new_tokens=2048,
            source="open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/image_vqa.py (`OCRBench`)",
            quirks=(
                "a gold within a longer word or number counts",
                "blanks in a formula vanish and its case counts",
            ),
        ),
    ),
    unit="points of 1000",
    published_scale="0-1000; the suite divides by ten",
    chance=0.0,
    cluster_key="image",
    paper="arXiv 2305.07895",
    licence="not stated on the hub; gathered from 29 datasets with licences of their own",
    label_notes="labels are public; several golds a question, any of them counts",
    column=find_column("OCRBench"),
)
