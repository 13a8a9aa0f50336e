"""GQA: compositional questions about real scenes, answered in one word or phrase.

Questions and images are two configurations of one hub dataset, joined on `imageId`. Many questions share an image, so
the image is the cluster. Strict matching sinks models that answer in sentences.
"""

from collections.abc import Iterator

from benchmarks.card import Benchmark, Mark, Protocol, Rows, Sample, Source, by_name
from benchmarks.errors import InvalidData
from benchmarks.marking.exact import exact
from benchmarks.marking.normalise import lowered, lowered_without_final_dots, lowered_without_punctuation
from benchmarks.pooling import mean
from benchmarks.prompting import question_then_short_suffix
from benchmarks.rows import picture_of, text_of
from benchmarks.suite import find_column

QUESTIONS, IMAGES = "testdev_balanced_instructions", "testdev_balanced_images"


def _samples(rows: Rows) -> Iterator[Sample]:
    pictures = {row["id"]: picture_of(row, "image", f"gqa image {row['id']!r}") for row in rows[IMAGES]}
    for index, row in enumerate(rows[QUESTIONS]):
        name = text_of(row, "id", f"gqa row {index}")
        where = f"gqa question {name!r}"
        image_id = text_of(row, "imageId", where)
        if image_id not in pictures:
            raise InvalidData(f"{where} asks about image {image_id!r}, which {IMAGES} does not hold")
        types = row["types"] if isinstance(row["types"], dict) else {}
        yield Sample(
            id=name,
            question=text_of(row, "question", where),
            pictures=(pictures[image_id],),
            choices=(),
            answers=(text_of(row, "answer", where),),
            category=text_of(types, "structural", where),
            kind=text_of(types, "detailed", where),
            cluster=image_id,
            meta={"full_answer": str(row["fullAnswer"] or ""), "semantic": text_of(types, "semantic", where)},
        )


def _mark_cambrian(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, exact(answer, sample.answers, lowered_without_final_dots, str.lower))


def _mark_lmms_eval(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, exact(answer, sample.answers, lowered_without_punctuation))


def _mark_vlmevalkit(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, exact(answer, sample.answers, lowered))


GQA = Benchmark(
    name="gqa",
    title="GQA",
    group="general",
    version="1",
    source=Source(
        hub_id="lmms-lab/GQA",
        revision="6ac3999af690e1f5631e2bf1efcf51e9a9afee4b",
        configs=(QUESTIONS, IMAGES),
        split="testdev",
        rows=12578,
        licence="mit",
        aliases=("lmms-lab-encoder/GQA",),
    ),
    columns={
        QUESTIONS: ("id", "imageId", "question", "answer", "fullAnswer", "types"),
        IMAGES: ("id", "image"),
    },
    to_samples=_samples,
    protocols=by_name(
        Protocol(
            name="cambrian",
            prompt=question_then_short_suffix,
            mark=_mark_cambrian,
            pool=mean,
            max_new_tokens=128,
            source="cambrian-mllm/cambrian @ 539ffc3, eval/eval/gqa/gqa_eval.py, gqa_test.py",
            quirks=("inflections are wrong although the code has a stemmer", "only trailing dots are forgiven"),
        ),
        Protocol(
            name="lmms_eval",
            prompt=question_then_short_suffix,
            mark=_mark_lmms_eval,
            pool=mean,
            max_new_tokens=16,
            source="EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/gqa/gqa.yaml",
            quirks=("punctuation vanishes without leaving a blank",),
        ),
        Protocol(
            name="vlmevalkit",
            prompt=question_then_short_suffix,
            mark=_mark_vlmevalkit,
            pool=mean,
            max_new_tokens=2048,
            source="open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/image_vqa.py, utils/vqa_eval.py",
            quirks=("a trailing dot makes the answer wrong",),
        ),
    ),
    unit="accuracy, per cent",
    published_scale="0-100",
    chance=0.0,
    cluster_key="imageId",
    paper="arXiv 1902.09506",
    licence="mit (mirror); annotations CC BY 4.0",
    label_notes="testdev balanced labels are public; scene graphs are not",
    column=find_column("GQA"),
)
