"""MMBench, English, development set: each question is asked once per rotation of its options.

A question counts only if every rotation is answered right, which costs 10-20 points against plain accuracy. A rotation
has the index of its question plus a multiple of a million. Three releases circulate (4377 rows of July 2023, which this
card, Cambrian and LLaVA read; 4329 rows of October 2023, which lmms-eval and VLMEvalKit read; V1.1).
"""

from collections.abc import Iterator
from dataclasses import replace

from benchmarks.card import Benchmark, Mark, Protocol, Row, Rows, Sample, Source, by_name
from benchmarks.errors import InvalidData
from benchmarks.marking.choice import first_character, inferred_option
from benchmarks.marking.lone_option import lone_option
from benchmarks.pooling import all_right
from benchmarks.prompting import LETTER_SUFFIX, lettered, vlmevalkit_choice
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


def _sample(row: Row, golds: bool) -> Sample:
    index = int(row["index"])
    where = f"mmbench row {index}"
    options, picture = _options(row, where), picture_of(row, "image", where)
    question, category = text_of(row, "question", where), text_of(row, "category", where)
    return Sample(
        id=str(index),
        question=question,
        pictures=(picture,),
        choices=options,
        answers=(letter_on_offer(text_of(row, "answer", where), options, where),) if golds else (),
        category=category,
        kind=f"{len(options)} options",
        cluster=picture.digest,
        meta={
            "hint": row["hint"] if _present(row, "hint") else "",
            "group": str(index % ROTATION),
            "look_alike": "\n".join((question, picture.digest, str(row["source"]), category)),
        },
    )


def _samples(rows: Rows) -> Iterator[Sample]:
    for row in rows["default"]:
        yield _sample(row, golds=True)


def _without_answers(rows: Rows) -> Iterator[Sample]:
    for row in rows["default"]:
        yield _sample(row, golds=False)


def _prompt_cambrian(sample: Sample) -> str:
    hint = f"{sample.meta['hint']}\n" if sample.meta["hint"] else ""
    return f"{hint}{sample.question} Options:\n{lettered(sample)}\n{LETTER_SUFFIX}"


def _prompt_lmms_eval(sample: Sample) -> str:
    hint = f"{sample.meta['hint']} " if sample.meta["hint"] else ""
    options = lettered(sample).rstrip("\n")
    return f"{hint}{sample.question} There are several options:\n{options}\n\n{LETTER_SUFFIX}"


def _prompt_vlmevalkit(sample: Sample) -> str:
    hint = f"Hint: {sample.meta['hint']}\n" if sample.meta["hint"] else ""
    return hint + vlmevalkit_choice(sample)


def _mark_cambrian(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, first_character(answer, sample.answers[0], sample.letters))


def _mark_lmms_eval(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, lone_option(answer, sample.answers[0], sample.choices))


def _mark_vlmevalkit(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, inferred_option(answer, sample.answers[0], sample.choices))


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
    protocols=by_name(
        Protocol(
            name="cambrian",
            prompt=_prompt_cambrian,
            mark=_mark_cambrian,
            pool=all_right("look_alike"),
            max_new_tokens=512,
            source="cambrian-mllm/cambrian @ 539ffc3, eval/eval/mmbench_en/mmbench_en_eval.py, mmbench_en_test.py",
            quirks=(
                "any word that starts with the letter counts",
                "a colon after answer is hides the letter",
                "questions alike in text picture source and category are one group",
            ),
        ),
        Protocol(
            name="lmms_eval",
            prompt=_prompt_lmms_eval,
            mark=_mark_lmms_eval,
            pool=all_right("group"),
            max_new_tokens=1024,
            source="EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/mmbench/mmbench_en_dev_static.yaml, en_utils.py, "
            "mmbench_evals.py",
            quirks=(
                "a blank line stands before the instruction",
                "an absent option is the text nan which a banana contains",
                "a letter among other letters is read by its form before any judge",
                "the letter e is read although no question has it",
                "the text of an api failure answers a",
            ),
        ),
        Protocol(
            name="vlmevalkit",
            prompt=_prompt_vlmevalkit,
            mark=_mark_vlmevalkit,
            pool=all_right("group"),
            max_new_tokens=2048,
            source="open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/image_mcq.py (MMBench_DEV_EN), "
            "utils/multiple_choice.py, vlmeval/utils/matching_util.py",
            quirks=(
                "a lower case letter alone goes to the judge and is unparsed here",
                "the article A is taken for option A",
                "one unparsed rotation loses the whole group",
            ),
        ),
    ),
    unit="circular accuracy, per cent",
    published_scale="0-100",
    chance=None,
    cluster_key="image",
    paper="arXiv 2307.06281",
    licence="not stated on the hub; authors' code Apache-2.0",
    label_notes="dev labels are public; the submission service for test stopped on 2026-03-31",
    column=find_column("MMBench-EN dev"),
)

MMBENCH_TEST = replace(
    MMBENCH,
    name="mmbench_test",
    title="MMBench-EN test",
    # The hub's viewer prints 6.72k rows; no source at hand states all digits.
    source=replace(MMBENCH.source, split="test", rows=0),
    columns={"default": ("index", "question", "hint", *LETTERS, "category", "image", "source")},
    to_samples=_without_answers,
)
"""The questions of the test split, without answers: to be asked and exported, not to be scored here."""
