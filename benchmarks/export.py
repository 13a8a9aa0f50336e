"""Write the files that the servers of hidden labels take, from questions and the answers given to them.

A server refuses or, worse, silently marks wrong what is incomplete; so every question must be answered exactly once,
and nothing else.
Sources of the formats: cambrian-mllm/cambrian @ 539ffc3, eval/eval/docvqa/docvqa_test.py; EvolvingLMMs-Lab/lmms-eval @
75571cf, tasks/docvqa/utils.py, tasks/textvqa/utils.py, tasks/mmbench/en_utils.py; haotian-liu/LLaVA @ c121f04,
scripts/convert_mmbench_for_submission.py.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from benchmarks.card import Sample
from benchmarks.errors import InvalidData, UnknownName
from benchmarks.sheet import workbook

SHOWN = 5
"""Ids that a message names."""
_OPTIONS = "ABCD"

Answered = Sequence[tuple[Sample, str]]


@dataclass(frozen=True, slots=True)
class Export:
    """Say which questions a server takes, how many, in what file, and where it is.

    `benchmark` names the card whose questions are asked; `rows` is None where no source states their number.
    """

    name: str
    benchmark: str
    rows: int | None
    suffix: str
    server: str
    write: Callable[[Answered], bytes]

    def file(self, questions: Sequence[Sample], answers: Iterable[tuple[str, str]]) -> bytes:
        """Give the bytes of the file, in the order of the questions; `answers` are pairs of a question's id and a text.

        Blanks around an answer are taken off, as both harnesses do before they store it.

        Raises:
            InvalidData: not the number of questions that the server has, or a question that is asked twice, not
                answered, answered twice or unknown.
        """
        if self.rows is not None and len(questions) != self.rows:
            raise InvalidData(f"{self.name} has {self.rows:,} questions, {len(questions):,} came")
        asked = {sample.id: sample for sample in questions}
        if len(asked) != len(questions):
            raise InvalidData(f"{self.name}: {len(questions) - len(asked):,} questions came twice, expected each once")
        given: dict[str, str] = {}
        twice: list[str] = []
        for name, text in answers:
            if name in given:
                twice.append(name)
            given[name] = text.strip()
        self._refuse("answered twice", twice)
        self._refuse("answered but not asked", [name for name in given if name not in asked])
        self._refuse("not answered", [name for name in asked if name not in given])
        return self.write([(sample, given[name]) for name, sample in asked.items()])

    def _refuse(self, what: str, names: Sequence[str]) -> None:
        if names:
            shown = ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
            raise InvalidData(f"{self.name}: {len(names):,} {what}: {shown}. Expected one answer to each question")


def _number(sample: Sample) -> int:
    if not (sample.id.isascii() and sample.id.isdecimal()):
        raise InvalidData(f"the server knows questions by whole numbers, {sample.id!r} is none")
    return int(sample.id)


def _listed(key: str) -> Callable[[Answered], bytes]:
    """List `{key: number, "answer": text}` as JSON."""

    def write(answered: Answered) -> bytes:
        listed = [{key: _number(sample), "answer": text} for sample, text in answered]
        return json.dumps(listed, ensure_ascii=True).encode()

    return write


def _sheet(answered: Answered) -> bytes:
    """List questions, options and predictions; the column of the gold is asked for and stays empty."""
    head = ("index", "question", *_OPTIONS, "prediction", "answer")
    rows: list[Sequence[str | int]] = [head]
    for sample, text in answered:
        if len(sample.choices) > len(_OPTIONS):
            raise InvalidData(f"question {sample.id} has {len(sample.choices)} options, the sheet has {len(_OPTIONS)}")
        options = (*sample.choices, *("" for _ in range(len(_OPTIONS) - len(sample.choices))))
        rows.append((_number(sample), sample.question, *options, text, ""))
    return workbook(rows)


_ALL = (
    Export("docvqa-test", "docvqa_test", 5188, ".json", "rrc.cvc.uab.es, challenge 17, task 1", _listed("questionId")),
    Export("textvqa-test", "textvqa_test", 5734, ".json", "eval.ai, challenge 874", _listed("question_id")),
    Export(
        "mmbench-test",
        "mmbench_test",
        None,
        ".xlsx",
        "mmbench.opencompass.org.cn; takes nothing since 2026-03-31, the answers of V1.1 are public",
        _sheet,
    ),
)

EXPORTS: Mapping[str, Export] = MappingProxyType({export.name: export for export in _ALL})


def find_export(name: str) -> Export:
    """Return the export called `name`.

    Raises:
        UnknownName: there is none; the message names the nearest.
    """
    if name not in EXPORTS:
        raise UnknownName("export", name, EXPORTS)
    return EXPORTS[name]
