"""Measure how many answers a second one core marks, beside each rule written down plainly, in the same run.

80,000 answers a set, at least 50,000 of them different, go through the marks of the finished cards. Time is processor
time of this process, the best of three passes: what else the machine does costs no answer. The plain rule reads every
twentieth of the same answers, its number is put into the same record, and it must give the same marks: only that ends
in an exit code other than 0, since speed is the machine's. For one-word answers most of the time goes into the record.

Goals, answers a second: choice, exact and relaxed 200,000; soft VQA 35,000; ANLS 80,000.
"""

import gc
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.card import Benchmark, Mark, Sample
from benchmarks.general.gqa import GQA
from benchmarks.knowledge.ai2d import AI2D
from benchmarks.marking.reading import Reading
from benchmarks.ocr_chart.chartqa import CHARTQA
from benchmarks.ocr_chart.docvqa import DOCVQA
from benchmarks.ocr_chart.textvqa import TEXTVQA
from tests.bench import answers, plainly

CHOICE = EXACT = RELAXED = 200_000
SOFT, ANLS = 35_000, 80_000
PASSES, STRIDE = 3, 20
TOLERANCE = 1e-12
"""The plain soft mark sums thirds in floating point."""

Plain = Callable[[Sample, str], float]


@dataclass(frozen=True, slots=True)
class Case:
    """Say what is measured: a card's three protocols on a set of answers, each beside its plain rule."""

    rule: str
    goal: int
    card: Benchmark
    asked: Callable[[], answers.Asked]
    plain: tuple[Plain, Plain, Plain]


CASES = (
    Case("choice", CHOICE, AI2D, answers.letters, (
        lambda sample, answer: plainly.first_letter(answer, sample.answers[0]),
        lambda sample, answer: plainly.dotted_letter(answer, sample.answers[0]),
        lambda sample, answer: plainly.inferred_letter(answer, sample.answers[0], sample.choices),
    )),
    Case("exact", EXACT, GQA, answers.words, (
        lambda sample, answer: plainly.same_but_for_final_dots(answer, sample.answers[0]),
        lambda sample, answer: plainly.same_but_for_punctuation(answer, sample.answers[0]),
        lambda sample, answer: plainly.same(answer, sample.answers[0]),
    )),
    Case("relaxed", RELAXED, CHARTQA, answers.numbers, (
        lambda sample, answer: plainly.near(answer, sample.answers[0], shares=False),
        lambda sample, answer: plainly.near(answer, sample.answers[0], shares=True),
        lambda sample, answer: plainly.near(answer, sample.answers[0], shares=True),
    )),
    *(Case(rule, SOFT, TEXTVQA, asked, (
        lambda sample, answer: plainly.agreed(answer, sample.answers, evalai=True),
        lambda sample, answer: plainly.agreed(answer, sample.answers, evalai=True),
        lambda sample, answer: plainly.agreed(answer, sample.answers, evalai=False),
    )) for rule, asked in (("soft VQA", answers.of_ten), ("soft VQA, each question once", answers.of_ten_once))),
    Case("ANLS", ANLS, DOCVQA, answers.spans, (
        lambda sample, answer: plainly.similar(answer.strip(), sample.answers),
        lambda sample, answer: plainly.similar(answer.strip(), sample.answers),
        lambda sample, answer: plainly.similar(answer, sample.answers),
    )),
)  # fmt: skip


def _timed(mark: Callable[[Sample, str], Mark], asked: answers.Asked) -> tuple[list[Mark], float]:
    began = time.process_time()
    marks = [mark(sample, answer) for sample, answer in asked]
    return marks, len(asked) / (time.process_time() - began)


def _best(mark: Callable[[Sample, str], Mark], asked: answers.Asked) -> tuple[list[Mark], float]:
    passes = [_timed(mark, asked) for _ in range(PASSES)]
    return passes[0][0], max(speed for _, speed in passes)


def _recorded(plain: Plain) -> Callable[[Sample, str], Mark]:
    return lambda sample, answer: Mark.of(sample, Reading(plain(sample, answer), answer, "plain"))


def measure(case: Case) -> bool:
    """Print a line for each protocol; tell whether the plain rule gives the same marks."""
    asked, alike = case.asked(), True
    # The questions are there for good: the collector need not walk them while marks are made.
    gc.collect()
    gc.freeze()
    for protocol, plain in zip(case.card.protocols.values(), case.plain, strict=True):
        marks, speed = _best(protocol.mark, asked)
        plain_marks, plain_speed = _best(_recorded(plain), asked[::STRIDE])
        pairs = zip(marks[::STRIDE], plain_marks, strict=True)
        same = all(abs(ours.value - theirs.value) <= TOLERANCE for ours, theirs in pairs)
        verdict = "met" if speed >= case.goal else "NOT MET"
        sys.stdout.write(
            f"{case.rule:<29} {protocol.name:<10} {speed:>9,.0f}/s  goal {case.goal:>7,} {verdict:<7}  "
            f"plain {plain_speed:>9,.0f}/s  x{speed / plain_speed:.1f}{'' if same else '  MARKS DIFFER'}\n"
        )
        sys.stdout.flush()
        alike = alike and same
    return alike


def main() -> int:
    """Measure every case."""
    sys.stdout.write(f"{answers.COUNT:,} answers a set, at least {answers.DISTINCT:,} different; processor time\n")
    alike = [measure(case) for case in CASES]
    return 0 if all(alike) else 1


if __name__ == "__main__":
    sys.exit(main())
