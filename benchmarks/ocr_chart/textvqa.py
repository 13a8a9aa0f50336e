"""TextVQA: questions about photographs that can be answered only by reading the text in them; ten people answered.

Two variants that papers seldom tell apart: with the tokens of an OCR system in the prompt (`textvqa_ocr`, what
Cambrian's code and LLaVA's numbers use), which hides how well an encoder reads, and without (`textvqa`).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from benchmarks.card import Benchmark, Mark, Protocol, Row, Rows, Sample, Source, by_name
from benchmarks.errors import InvalidData
from benchmarks.marking.vqa_soft import vqa_soft
from benchmarks.marking.vqa_words import evalai_words, vqa_words
from benchmarks.opening import opening_word
from benchmarks.pooling import mean
from benchmarks.prompting import SHORT_SUFFIX, question_then_short_suffix
from benchmarks.rows import name_of, picture_of, text_of, texts_of
from benchmarks.suite import find_column

PEOPLE = 10


def _tokens(row: Row, where: str) -> str:
    tokens = row["ocr_tokens"]
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        raise InvalidData(f"{where} has ocr_tokens {tokens!r}, expected a list of texts, empty where none was found")
    return json.dumps(tokens, ensure_ascii=False)


def _sample(row: Row, where: str, answers: tuple[str, ...]) -> Sample:
    question = text_of(row, "question", where)
    return Sample(
        id=name_of(row, "question_id", where),
        question=question,
        pictures=(picture_of(row, "image", where),),
        choices=(),
        answers=answers,
        category="",
        kind=opening_word(question),
        cluster=name_of(row, "image_id", where),
        meta={"ocr_tokens": _tokens(row, where)},
    )


def _samples(rows: Rows) -> Iterator[Sample]:
    for index, row in enumerate(rows["default"]):
        where = f"textvqa row {index}"
        yield _sample(row, where, texts_of(row, "answers", where, count=PEOPLE))


def _without_answers(rows: Rows) -> Iterator[Sample]:
    for index, row in enumerate(rows["default"]):
        yield _sample(row, f"textvqa test row {index}", ())


def _mark_evalai(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, vqa_soft(answer, sample.answers, evalai_words))


def _mark_vlmevalkit(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, vqa_soft(answer, sample.answers, vqa_words))


def _prompt_lmms_eval(sample: Sample) -> str:
    return f"{sample.question.capitalize()}\n{SHORT_SUFFIX}"


def _ocr_tokens(sample: Sample) -> str:
    return ", ".join(json.loads(sample.meta["ocr_tokens"]))


def _prompt_cambrian_ocr(sample: Sample) -> str:
    # Upstream writes the blank with the first token, so there is none where no text was found.
    tokens = "" if sample.meta["ocr_tokens"] == "[]" else f" {_ocr_tokens(sample)}"
    return f"{sample.question}\nReference OCR tokens:{tokens}\n{SHORT_SUFFIX}"


def _prompt_lmms_eval_ocr(sample: Sample) -> str:
    return f"{sample.question.capitalize()}\nReference OCR token: {_ocr_tokens(sample)}\n{SHORT_SUFFIX}"


_WORDS = (
    "a dot vanishes unless a digit follows",
    "the genitive s is a word of its own",
    "the thirty third dot stays",
    "an answer of articles only equals a gold of articles only",
)

TEXTVQA = Benchmark(
    name="textvqa",
    title="TextVQA",
    group="ocr_chart",
    version="1",
    source=Source(
        hub_id="lmms-lab/textvqa",
        revision="9c0699cd19768ac5ab97568f6b3cbac4c0062884",
        configs=("default",),
        split="validation",
        rows=5000,
        licence="not stated on the mirror; cc-by-4.0 at facebook/textvqa",
        aliases=("lmms-lab-encoder/textvqa",),
    ),
    columns={"default": ("image_id", "question_id", "question", "image", "answers", "ocr_tokens")},
    to_samples=_samples,
    protocols=by_name(
        Protocol(
            name="cambrian",
            prompt=question_then_short_suffix,
            mark=_mark_evalai,
            pool=mean,
            max_new_tokens=512,
            source="cambrian-mllm/cambrian @ 539ffc3, eval/eval/textvqa/textvqa_eval.py, textvqa_test.py, "
            "eval/eval/vizwiz/m4c_evaluator.py; its prompt always holds OCR tokens, see textvqa_ocr",
            quirks=_WORDS,
        ),
        Protocol(
            name="lmms_eval",
            prompt=_prompt_lmms_eval,
            mark=_mark_evalai,
            pool=mean,
            max_new_tokens=1024,
            source="EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/textvqa/_default_template_textvqa_yaml, utils.py; the "
            "task sets no limit, models/simple/cambrian.py and llava.py set 1024",
            quirks=("the question loses its capitals after the first letter", *_WORDS),
        ),
        Protocol(
            name="vlmevalkit",
            prompt=question_then_short_suffix,
            mark=_mark_vlmevalkit,
            pool=mean,
            max_new_tokens=2048,
            source="open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/image_vqa.py, utils/vqa_eval.py, smp/misc.py",
            quirks=(
                "a dot after a digit stays",
                "a comma between digits makes all punctuation vanish",
                "the thirty third dot stays",
                "an answer of articles only equals a gold of articles only",
            ),
        ),
    ),
    unit="soft accuracy, per cent",
    published_scale="0-100",
    chance=0.0,
    cluster_key="image_id",
    paper="arXiv 1904.08920",
    licence="annotations CC BY 4.0; photographs of OpenImages, CC BY 2.0",
    label_notes="validation answers are public, ten people a question; the test split (5734) is marked by a server. An "
    "empty answer is unparsed here; upstream it would equal a gold of articles only",
    column=find_column("TextVQA"),
)

_WITH_TOKENS: Mapping[str, Protocol] = by_name(
    replace(TEXTVQA.protocols["cambrian"], prompt=_prompt_cambrian_ocr),
    replace(TEXTVQA.protocols["lmms_eval"], prompt=_prompt_lmms_eval_ocr),
    replace(
        TEXTVQA.protocols["vlmevalkit"],
        quirks=(*TEXTVQA.protocols["vlmevalkit"].quirks, "vlmevalkit never shows the tokens"),
    ),
)

TEXTVQA_OCR = replace(TEXTVQA, name="textvqa_ocr", title="TextVQA with OCR tokens", protocols=_WITH_TOKENS)

TEXTVQA_TEST = replace(
    TEXTVQA,
    name="textvqa_test",
    title="TextVQA test",
    source=replace(TEXTVQA.source, split="test", rows=5734),
    columns={"default": ("image_id", "question_id", "question", "image", "ocr_tokens")},
    to_samples=_without_answers,
)
"""The questions whose answers only the challenge's server has: to be asked and exported, not to be scored here."""
