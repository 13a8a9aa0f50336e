"""MMVP: pairs of pictures that CLIP takes for alike and one question whose answer differs between them.

A pair counts if both of its questions are answered, so blind guessing gives 25. Accuracy over the 300 questions
circulates under the same name. Four labels of two pairs are swapped (tsb0601/MMVP#30); `mmvp` keeps them as published,
as Cambrian and VLMEvalKit do, `mmvp_corrected` sets them right, as the copy that lmms-eval reads does.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from benchmarks.card import Benchmark, Mark, PictureFolder, Protocol, Rows, Sample, Source, by_name
from benchmarks.errors import InvalidData
from benchmarks.marking.choice import inferred_option, whole_or_text
from benchmarks.marking.ranked_choice import first_of_two
from benchmarks.pooling import all_right
from benchmarks.prompting import LETTER_SUFFIX, lettered, question_options_letter_suffix, vlmevalkit_choice
from benchmarks.rows import picture_of, text_of
from benchmarks.suite import find_column

_OPTIONS = re.compile(r"\(a\)\s*(\S.*?)\s*\(b\)\s*(\S.*?)", re.DOTALL)
_LETTERS = {"(a)": "A", "(b)": "B"}

CORRECTED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"99": ("tusk", "B"), "100": ("tusk", "A"), "279": ("sitting", "B"), "280": ("sitting", "A")}
)
"""Index -> a word of its question and its right letter: lmms-eval @ 75571cf, tasks/mmvp/README.md."""


def _samples(rows: Rows) -> Iterator[Sample]:
    for row in rows["default"]:
        index = text_of(row, "Index", "mmvp row").strip()
        where = f"mmvp row with Index {index!r}"
        if not (index.isascii() and index.isdecimal() and int(index) > 0):
            raise InvalidData(f"{where}: expected a whole number from 1 up")
        written = text_of(row, "Options", where)
        options = _OPTIONS.fullmatch(written.strip())
        if options is None:
            raise InvalidData(f"{where} has options {written!r}, expected two, as in '(a) Open (b) Closed'")
        answer = text_of(row, "Correct Answer", where).strip()
        if answer not in _LETTERS:
            raise InvalidData(f"{where} has answer {answer!r}, expected (a) or (b)")
        pair = str((int(index) + 1) // 2)
        yield Sample(
            id=index,
            question=text_of(row, "Question", where).strip(),
            pictures=(picture_of(row, "image", where),),
            choices=(options[1], options[2]),
            answers=(_LETTERS[answer],),
            category="",
            kind="2 options",
            cluster=pair,
            meta={"pair": pair},
        )


def _corrected(rows: Rows) -> Iterator[Sample]:
    for sample in _samples(rows):
        word, letter = CORRECTED.get(sample.id, ("", ""))
        yield replace(sample, answers=(letter,)) if word and word in sample.question.lower() else sample


def _prompt_cambrian(sample: Sample) -> str:
    return f"{sample.question} Options:\n{lettered(sample)}\n{LETTER_SUFFIX}"


def _texts_cambrian(sample: Sample) -> tuple[str, ...]:
    # Upstream cuts the options at every bracket, so a bracket inside an option makes one more.
    written = f"(a) {sample.choices[0]} (b) {sample.choices[1]}"
    return tuple(part.partition(")")[2].split(")")[0].strip() for part in written.split("(")[1:])


def _mark_cambrian(sample: Sample, answer: str) -> Mark:
    bracketed = any("(" in choice or ")" in choice for choice in sample.choices)
    texts = _texts_cambrian(sample) if bracketed else sample.choices
    return Mark.of(sample, whole_or_text(answer, sample.answers[0], texts))


def _mark_lmms_eval(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, first_of_two(answer, sample.answers[0]))


def _mark_vlmevalkit(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, inferred_option(answer, sample.answers[0], sample.choices))


MMVP = Benchmark(
    name="mmvp",
    title="MMVP",
    group="vision_centric",
    version="1",
    source=Source(
        hub_id="MMVP/MMVP",
        revision="37eafecab8a3940c50c2ade5b36de69dbc99a8cf",
        configs=("default",),
        split="test",
        rows=300,
        licence="mit (github.com/tsb0601/MMVP)",
        # Two spellings of the first column are about; Cambrian's reader knows both.
        folder=PictureFolder("Questions.csv", "MMVP Images", "Index", ".jpg", misspelt=(("lndex", "Index"),)),
    ),
    columns={"default": ("Index", "Question", "Options", "Correct Answer", "image")},
    to_samples=_samples,
    protocols=by_name(
        Protocol(
            name="cambrian",
            prompt=_prompt_cambrian,
            mark=_mark_cambrian,
            pool=all_right("pair"),
            max_new_tokens=512,
            source="cambrian-mllm/cambrian @ 539ffc3, eval/eval/mmvp/mmvp_eval.py, mmvp_test.py",
            quirks=("a letter with its text is wrong", "the text of an option counts as its letter"),
        ),
        Protocol(
            name="lmms_eval",
            prompt=question_options_letter_suffix,
            mark=_mark_lmms_eval,
            pool=all_right("pair"),
            max_new_tokens=16,
            source="EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/mmvp/utils.py (mmvp_pair_accuracy)",
            quirks=("a word that ends in a or b counts", "four labels are right only in the corrected variant"),
        ),
        Protocol(
            name="vlmevalkit",
            prompt=vlmevalkit_choice,
            mark=_mark_vlmevalkit,
            pool=all_right("pair"),
            max_new_tokens=2048,
            source="open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/image_mcq.py, utils/multiple_choice.py",
            quirks=("an option inside a word answers it",),
        ),
    ),
    unit="pairs answered right, per cent",
    published_scale="0-100",
    chance=25.0,
    cluster_key="pair",
    paper="arXiv 2401.06209",
    licence="mit (github.com/tsb0601/MMVP)",
    label_notes="rows 99, 100, 279 and 280 are labelled the wrong way round: see mmvp_corrected",
    column=find_column("MMVP"),
)
MMVP_CORRECTED = replace(
    MMVP,
    name="mmvp_corrected",
    title="MMVP, four labels corrected",
    to_samples=_corrected,
    label_notes="rows 99, 100, 279 and 280 corrected; upstream's table of them names no second witness",
)
