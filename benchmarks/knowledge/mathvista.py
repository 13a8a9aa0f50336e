"""MathVista: mathematical questions about pictures with ready prompts; options, whole numbers, decimals or lists.

lmms-eval and VLMEvalKit let a judge model extract the answer unless it can be taken as it stands; without a judge most
answers in sentences are unparsed there. Cambrian asks no judge and compares the whole answer. Of lmms-eval's three
tasks this card follows mathvista_testmini_format, the only one that asks for an answer and no steps.
"""

from collections.abc import Iterator
from string import ascii_uppercase

from benchmarks.card import Benchmark, Mark, Protocol, Row, Rows, Sample, Source, by_name
from benchmarks.errors import InvalidData
from benchmarks.marking.choice import inferred_option
from benchmarks.marking.letter_or_text import letter_alone, text_on_offer
from benchmarks.marking.numeric import (
    decimal_as_printed,
    relaxed_to_answer,
    same_decimal,
    same_whole_number,
    whole_number_as_printed,
)
from benchmarks.marking.reading import JUDGE, UNPARSED_EMPTY, Reading
from benchmarks.pooling import mean
from benchmarks.prompting import LETTER_SUFFIX, SHORT_SUFFIX, lettered
from benchmarks.rows import options_of, picture_of, text_of
from benchmarks.suite import find_column

CHOICE, FREE = "multi_choice", "free_form"
ANSWER_TYPES = {CHOICE: ("text",), FREE: ("integer", "float", "list")}
STEPS_FIRST = "First show your reasoning process and then give the final answer."
HINTS = {
    "integer": "Answer the question using a single integer number.",
    "float 1": "Answer the question using a single floating-point number with one decimal place.",
    "float 2": "Answer the question using a single floating-point number with two decimal places.",
    "list": "Answer the question using a Python list.",
}


def _gold(row: Row, options: tuple[str, ...], where: str) -> str:
    answer = text_of(row, "answer", where)
    if not options:
        return answer
    places = [place for place, option in enumerate(options) if option == answer]
    if not places:
        raise InvalidData(f"{where} has answer {answer!r}, expected one of its choices {options!r}")
    # Of equal options Cambrian takes the last as the gold letter.
    return ascii_uppercase[places[-1]]


def _samples(rows: Rows) -> Iterator[Sample]:
    for index, row in enumerate(rows["default"]):
        where = f"mathvista row {text_of(row, 'pid', f'mathvista row {index}')!r}"
        asked, wanted, precision = row["question_type"], row["answer_type"], row["precision"]
        if wanted not in ANSWER_TYPES.get(asked, ()):
            raise InvalidData(f"{where} is {asked!r} with answer type {wanted!r}, expected one of {ANSWER_TYPES}")
        if wanted == "float" and precision not in (1, 2):
            raise InvalidData(f"{where} has precision {precision!r}, expected one or two decimals")
        options = options_of(row["choices"], "choices", where) if asked == CHOICE else ()
        picture, facts = picture_of(row, "decoded_image", where), row["metadata"]
        yield Sample(
            id=row["pid"],
            question=text_of(row, "question", where),
            pictures=(picture,),
            choices=options,
            answers=(_gold(row, options, where),),
            category=text_of(facts if isinstance(facts, dict) else {"task": None}, "task", where),
            kind=f"{len(options)} options" if options else wanted,
            cluster=picture.digest,
            meta={
                "query": text_of(row, "query", where),
                "unit": row["unit"] or "",
                "answer_type": wanted,
                "precision": "" if precision is None else str(precision),
            },
        )


def _prompt_cambrian(sample: Sample) -> str:
    return f"{sample.meta['query']}\n{STEPS_FIRST if sample.choices else SHORT_SUFFIX}"


def _prompt_lmms_eval(sample: Sample) -> str:
    unit, wanted = sample.meta["unit"], sample.meta["answer_type"]
    question = f"{sample.question} (Unit: {unit})" if unit else sample.question
    if sample.choices:
        return f"{question}\n{lettered(sample)}\n{LETTER_SUFFIX}".strip()
    hint = f"float {float(sample.meta['precision']):.0f}" if wanted == "float" else wanted
    return f"{question}\n{HINTS[hint]}".strip()


def _prompt_vlmevalkit(sample: Sample) -> str:
    return sample.meta["query"]


def _judged(answer: str) -> Reading:
    return JUDGE if answer.strip() else UNPARSED_EMPTY


def _mark_cambrian(sample: Sample, answer: str) -> Mark:
    gold = sample.answers[0]
    if sample.choices:
        return Mark.of(sample, letter_alone(answer, gold, sample.letters))
    return Mark.of(sample, relaxed_to_answer(answer, gold))


def _read_lmms_eval(sample: Sample, answer: str) -> Reading:
    gold = sample.answers[0]
    if sample.choices:
        return text_on_offer(answer, gold, sample.choices)
    if sample.meta["answer_type"] == "integer":
        return whole_number_as_printed(answer, gold)
    if sample.meta["answer_type"] == "float":
        return decimal_as_printed(answer, gold, sample.meta["precision"])
    return _judged(answer)


def _mark_lmms_eval(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, _read_lmms_eval(sample, answer))


def _read_vlmevalkit(sample: Sample, answer: str) -> Reading:
    gold = sample.answers[0]
    if sample.choices:
        return inferred_option(answer, gold, sample.choices)
    if sample.meta["answer_type"] == "integer":
        return same_whole_number(answer, gold)
    if sample.meta["answer_type"] == "float":
        return same_decimal(answer, gold)
    return _judged(answer)


def _mark_vlmevalkit(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, _read_vlmevalkit(sample, answer))


MATHVISTA = Benchmark(
    name="mathvista",
    title="MathVista-testmini",
    group="knowledge",
    version="1",
    source=Source(
        hub_id="AI4Math/MathVista",
        revision="2b6ad69445fbb5695c9b165475e8decdbeb97747",
        configs=("default",),
        split="testmini",
        rows=1000,
        licence="cc-by-sa-4.0",
    ),
    columns={
        "default": (
            "pid",
            "question",
            "decoded_image",
            "choices",
            "unit",
            "precision",
            "answer",
            "question_type",
            "answer_type",
            "metadata",
            "query",
        )
    },
    to_samples=_samples,
    protocols=by_name(
        Protocol(
            name="cambrian",
            prompt=_prompt_cambrian,
            mark=_mark_cambrian,
            pool=mean,
            max_new_tokens=512,
            source="cambrian-mllm/cambrian @ 539ffc3, eval/eval/mathvista/mathvista_eval.py, mathvista_test.py",
            quirks=(
                "steps are asked for but only a letter alone counts",
                "of equal options the last is the gold",
                "the tolerance belongs to the answer",
                "infinity answers every number",
            ),
        ),
        Protocol(
            name="lmms_eval",
            prompt=_prompt_lmms_eval,
            mark=_mark_lmms_eval,
            pool=mean,
            max_new_tokens=16384,
            source="EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/mathvista/mathvista_testmini_format.yaml, utils.py, "
            "mathvista_evals.py",
            quirks=(
                "a letter goes to the judge and is unparsed here",
                "an option with a bracketed letter stands for another option",
                "an empty answer is upstream the shortest option and unparsed here",
                "a precision stored as a float loses every decimal number",
                "a list goes to the judge and is unparsed here",
            ),
        ),
        Protocol(
            name="vlmevalkit",
            prompt=_prompt_vlmevalkit,
            mark=_mark_vlmevalkit,
            pool=mean,
            max_new_tokens=2048,
            source="open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/image_vqa.py (MathVista), utils/mathvista.py, "
            "utils/matching_util.py",
            quirks=(
                "zero and every wrong number go to the judge and are unparsed here",
                "a list goes to the judge and is unparsed here",
                "a lower case letter alone goes to the judge and is unparsed here",
            ),
        ),
    ),
    unit="accuracy, per cent",
    published_scale="0-100",
    chance=None,
    cluster_key="image",
    paper="arXiv 2310.02255",
    licence="cc-by-sa-4.0; pictures and original questions keep their authors' licences",
    label_notes="testmini labels are public, those of the 5141 test questions are not",
    column=find_column("MathVista"),
)
