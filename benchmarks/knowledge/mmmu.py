"""MMMU: college questions of thirty subjects with one to seven pictures, most with options, some open.

The words of a question and its options mark where a picture belongs: `<image 2>`. The authors' set has one
configuration a subject; the mirror that Cambrian and lmms-eval read, and this card pins, holds the same 900 validation
questions in one. VLMEvalKit reads a table of its own (MMMU_DEV_VAL) and reports its validation part.
"""

import ast
import re
from collections.abc import Iterator
from string import ascii_uppercase

from benchmarks.card import Benchmark, Mark, Picture, Protocol, Row, Rows, Sample, Source, by_name
from benchmarks.errors import InvalidData
from benchmarks.layout import MARK, first_picture_only, marked_pictures_first, pictures_at_marks
from benchmarks.marking.choice import first_character, inferred_option
from benchmarks.marking.mmmu_choice import last_candidate
from benchmarks.marking.mmmu_open import number_or_phrase
from benchmarks.marking.numeric import relaxed_to_answer_after_phrase
from benchmarks.pooling import mean
from benchmarks.prompting import LETTER_SUFFIX, SHORT_SUFFIX, lettered, vlmevalkit_choice
from benchmarks.rows import letter_on_offer, options_of, picture_of, text_of
from benchmarks.suite import find_column

CHOICE, OPEN = "multiple-choice", "open"
OTHER = "Other Answers"
"""The second option that VLMEvalKit sets beside an open question's gold answer."""

PICTURES = tuple(f"image_{number}" for number in range(1, 8))
_ID = re.compile(r"[a-z]+_(.+)_\d+")


def _options(row: Row, where: str) -> tuple[str, ...]:
    written = text_of(row, "options", where)
    try:
        options = ast.literal_eval(written)
    except (ValueError, SyntaxError) as error:
        raise InvalidData(f"{where} has options {written!r}, expected a list as Python writes it") from error
    return options_of(options, "options", where)


def _pictures(row: Row, words: str, where: str) -> tuple[Picture, ...]:
    shown = [number for number, name in enumerate(PICTURES, start=1) if row[name] is not None]
    marked = [int(number) for number in MARK.findall(words)]
    return tuple(picture_of(row, name, where) for name in PICTURES[: max([1, *shown, *marked])])


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
        question, answer = text_of(row, "question", where), text_of(row, "answer", where)
        pictures = _pictures(row, "".join((question, *options)), where)
        yield Sample(
            id=name,
            question=question,
            pictures=pictures,
            choices=options,
            answers=(letter_on_offer(answer, options, where) if options else answer,),
            category=subject.group(1),
            kind=f"{len(options)} options" if options else OPEN,
            cluster=pictures[0].digest,
            meta={"options": row["options"] or ""},
        )


_QUOTED = re.compile(r"'(.*?)'")


def _prompt_cambrian(sample: Sample) -> str:
    words = f"{sample.question}\n{SHORT_SUFFIX}"
    if sample.choices:
        # The options are cut from the list as it is written, so what stands in double quotes is lost.
        cut = enumerate(_QUOTED.findall(sample.meta["options"]), start=ord("A"))
        listed = "".join(f"\n{chr(letter)}. {option}" for letter, option in cut)
        words = f"{sample.question} Options:{listed}\n{LETTER_SUFFIX}"
    return MARK.sub("", words)


def _prompt_lmms_eval(sample: Sample) -> str:
    if sample.choices:
        return f"{sample.question}\n{lettered(sample)}\n\n{LETTER_SUFFIX}"
    return f"{sample.question}\n\n{SHORT_SUFFIX}"


def _prompt_vlmevalkit(sample: Sample) -> str:
    return vlmevalkit_choice(sample) if sample.choices else f"Question: {sample.question}\n"


def _mark_cambrian(sample: Sample, answer: str) -> Mark:
    gold = sample.answers[0]
    if sample.choices:
        return Mark.of(sample, first_character(answer, gold, sample.letters))
    return Mark.of(sample, relaxed_to_answer_after_phrase(answer, gold))


def _mark_lmms_eval(sample: Sample, answer: str) -> Mark:
    gold = sample.answers[0]
    if sample.choices:
        return Mark.of(sample, last_candidate(answer, gold, sample.choices))
    return Mark.of(sample, number_or_phrase(answer, gold))


def _mark_vlmevalkit(sample: Sample, answer: str) -> Mark:
    gold = sample.answers[0]
    if sample.choices:
        return Mark.of(sample, inferred_option(answer, gold, sample.choices))
    # The code reads a gold that is a capital letter as the letter of one of the two options.
    letter = gold if len(gold) == 1 and gold in ascii_uppercase else "A"
    return Mark.of(sample, inferred_option(answer, letter, (gold, OTHER)))


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
    protocols=by_name(
        Protocol(
            name="cambrian",
            prompt=_prompt_cambrian,
            mark=_mark_cambrian,
            pool=mean,
            max_new_tokens=512,
            source="cambrian-mllm/cambrian @ 539ffc3, eval/eval/mmmu/mmmu_eval.py, mmmu_test.py",
            layout=first_picture_only,
            quirks=(
                "only the first picture is shown and the marks of all vanish",
                "an option in double quotes vanishes and an apostrophe splits it",
                "any word that starts with the letter counts",
                "the tolerance belongs to the answer",
                "infinity answers every number",
            ),
        ),
        Protocol(
            name="lmms_eval",
            prompt=_prompt_lmms_eval,
            mark=_mark_lmms_eval,
            pool=mean,
            max_new_tokens=128,
            source="EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/mmmu/mmmu_val.yaml, utils.py, "
            "tasks/_task_utils/mmmu_mcq_utils.py",
            layout=marked_pictures_first,
            quirks=(
                "the marks of the pictures stay in the words",
                "an option that upstream draws at random is unparsed here",
                "the end of a word counts as a letter",
                "of letters that never stand between blanks the first on offer wins",
                "an open gold counts inside any word",
                "an open gold with an equals sign does not mark itself",
            ),
        ),
        Protocol(
            name="vlmevalkit",
            prompt=_prompt_vlmevalkit,
            mark=_mark_vlmevalkit,
            pool=mean,
            max_new_tokens=2048,
            source="open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/image_mcq.py (MMMUDataset), "
            "utils/multiple_choice.py (MMMU_preproc), utils/matching_util.py",
            layout=pictures_at_marks,
            quirks=(
                "a picture stands where its mark stood",
                "a bare A answers an open question",
                "an open gold that is a capital letter is read as an option",
                "a lower case letter alone goes to the judge and is unparsed here",
                "the article A is taken for option A",
            ),
        ),
    ),
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
