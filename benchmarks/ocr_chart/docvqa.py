"""DocVQA: questions about scanned letters, forms, tables and reports, answered with a span of their text.

The validation split is scored here. The suite reports the test split, whose labels only the challenge's server has;
`benchmarks.export` writes its submission file. The two splits are mixed up across papers.
"""

from collections.abc import Iterator
from dataclasses import replace

from benchmarks.card import Benchmark, Mark, Protocol, Row, Rows, Sample, Source, by_name
from benchmarks.marking.anls import anls
from benchmarks.pooling import mean
from benchmarks.prompting import question_then_short_suffix
from benchmarks.rows import name_of, picture_of, text_of, texts_of
from benchmarks.suite import find_column

CONFIG = "DocVQA"
SHORT_SUFFIX = "Give the short answer directly."


def _sample(row: Row, where: str, kind: str, answers: tuple[str, ...]) -> Sample:
    return Sample(
        id=name_of(row, "questionId", where),
        question=text_of(row, "question", where),
        pictures=(picture_of(row, "image", where),),
        choices=(),
        answers=answers,
        category=kind,
        kind=kind,
        cluster=name_of(row, "ucsf_document_id", where),
    )


def _samples(rows: Rows) -> Iterator[Sample]:
    for index, row in enumerate(rows[CONFIG]):
        where = f"docvqa row {index}"
        kind = ", ".join(sorted(texts_of(row, "question_types", where)))
        yield _sample(row, where, kind, texts_of(row, "answers", where))


def _without_answers(rows: Rows) -> Iterator[Sample]:
    for index, row in enumerate(rows[CONFIG]):
        yield _sample(row, f"docvqa test row {index}", "", ())


def _mark_stripped(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, anls(answer.strip(), sample.answers))


def _mark_vlmevalkit(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, anls(answer, sample.answers))


def _prompt_cambrian(sample: Sample) -> str:
    return f"{sample.question}\n{SHORT_SUFFIX}"


_LENGTHS = (
    "blanks vanish from the distance and count in the length",
    "a letter with two capitals counts twice in the length",
    "one half is enough",
)

DOCVQA = Benchmark(
    name="docvqa",
    title="DocVQA",
    group="ocr_chart",
    version="1",
    source=Source(
        hub_id="lmms-lab/DocVQA",
        revision="539088ef8a8ada01ac8e2e6d4e372586748a265e",
        configs=(CONFIG,),
        split="validation",
        rows=5349,
        licence="apache-2.0 (mirror)",
        aliases=("lmms-lab-encoder/DocVQA",),
    ),
    columns={CONFIG: ("questionId", "question", "question_types", "image", "ucsf_document_id", "answers")},
    to_samples=_samples,
    protocols=by_name(
        Protocol(
            name="cambrian",
            prompt=_prompt_cambrian,
            mark=_mark_stripped,
            pool=mean,
            max_new_tokens=128,
            source="cambrian-mllm/cambrian @ 539ffc3, eval/eval/docvqa/docvqa_eval.py, docvqa_test.py (writes a "
            "submission and marks nothing: the rule here is the server's)",
            quirks=_LENGTHS,
        ),
        Protocol(
            name="lmms_eval",
            prompt=question_then_short_suffix,
            mark=_mark_stripped,
            pool=mean,
            max_new_tokens=32,
            source="EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/docvqa/docvqa_val.yaml, api/metrics.py",
            quirks=_LENGTHS,
        ),
        Protocol(
            name="vlmevalkit",
            prompt=question_then_short_suffix,
            mark=_mark_vlmevalkit,
            pool=mean,
            max_new_tokens=2048,
            source="open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/image_vqa.py, utils/vqa_eval.py; raw lengths "
            "also @ e5266a1 and in ms-vlmeval 0.0.20 of 2026-05; @ 0a04a1d it divides by those without extra blanks, "
            "which changes a mark only where blanks surround or double",
            quirks=(*_LENGTHS, "blanks around the answer count in the length"),
        ),
    ),
    unit="ANLS, per cent",
    published_scale="0-100",
    chance=0.0,
    cluster_key="ucsf_document_id",
    paper="arXiv 2007.00398",
    licence="apache-2.0 (mirror); documents of the UCSF Industry Documents Library",
    label_notes="validation answers are public; test answers only at rrc.cvc.uab.es, challenge 17. An empty answer is "
    "unparsed and worth 0 here; upstream pays for blanks alone where the text is long enough",
    column=find_column("DocVQA"),
)

DOCVQA_TEST = replace(
    DOCVQA,
    name="docvqa_test",
    title="DocVQA test",
    source=replace(DOCVQA.source, split="test", rows=5188),
    columns={CONFIG: ("questionId", "question", "image", "ucsf_document_id")},
    to_samples=_without_answers,
)
"""The questions that the suite reports, without answers: to be asked and exported, not to be scored here."""
