"""Ask as OCRBench does: words in several settings, signs, forms and formulas, the answer a list of one string."""

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import Drawn, Kind
from benchmarks.mini.questions import docvqa, textvqa
from benchmarks.mini.questions.balance import Balance, ask_in_turn
from benchmarks.mini.words import Split

KINDS: tuple[Kind, ...] = ("word", "form", "sign", "form", "word", "form", "puzzle", "form", "sign", "word")
_Asked = tuple[str, str, str]
"""Question, answer, dataset that it is like."""

_STYLES = {
    "plain": "Regular Text Recognition",
    "slope": "Irregular Text Recognition",
    "colors": "Artistic Text Recognition",
    "wide": "Handwriting Recognition",
}
DATASETS = {
    "Regular Text Recognition": "IIIT5K",
    "Irregular Text Recognition": "svtp",
    "Artistic Text Recognition": "WordArt",
    "Handwriting Recognition": "IAM",
    "Digit String Recognition": "ORAND",
    "Non-Semantic Text Recognition": "NonSemanticText",
    "Scene Text-centric VQA": "TextVQA",
    "Doc-oriented VQA": "DocVQA",
    "Key Information Extraction": "FUNSD",
    "Handwritten Mathematical Expression Recognition": "HME100k",
}
"""OCRBench's question types, each with a dataset that it is made from."""


def _word(drawn: Drawn) -> Iterator[tuple[str, str]]:
    yield "what is written in the image?", drawn.plan.text


def _character(drawn: Drawn) -> Iterator[tuple[str, str]]:
    yield "what is the first character in the image?", drawn.plan.text[0]
    yield "what is the last character in the image?", drawn.plan.text[-1]


def _digits(drawn: Drawn) -> Iterator[tuple[str, str]]:
    yield "what is the number in the image?", drawn.plan.text


def _key(drawn: Drawn) -> Iterator[tuple[str, str]]:
    for line in drawn.plan.lines:
        yield f"what is the '{line.field}' of this form?", line.value


def _formula(drawn: Drawn) -> Iterator[tuple[str, str]]:
    yield "what is the expression of the formula in the image?", drawn.plan.formula.rstrip("=?")


def _types(drawn: Drawn) -> dict[str, Callable[[Drawn], Iterator[tuple[str, str]]]]:
    """Return the types that a picture can be asked in, each with its questions."""
    if drawn.kind == "word":
        whole, words = (
            ("Digit String Recognition", _digits) if drawn.plan.text.isdigit() else (_STYLES[drawn.plan.style], _word)
        )
        return {whole: words, "Non-Semantic Text Recognition": _character}
    if drawn.kind == "sign":
        return {"Scene Text-centric VQA": lambda d: textvqa.by_color(d.plan)}
    if drawn.kind == "form":
        return {"Doc-oriented VQA": lambda d: docvqa.value(d.plan), "Key Information Extraction": _key}
    return {"Handwritten Mathematical Expression Recognition": _formula}


def ask(drawn: Drawn, dice: Dice, balance: Balance, count: int, split: Split) -> Iterator[dict[str, Any]]:
    """Ask up to `count` different questions, the types in turn; a row has OCRBench's columns but the image."""
    types = _types(drawn)
    for kind, (question, answer) in ask_in_turn(tuple(types), lambda kind: types[kind](drawn), balance, dice, count):
        yield {"dataset": DATASETS[kind], "question": question, "question_type": kind, "answer": [answer]}
