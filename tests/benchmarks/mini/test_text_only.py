from collections import defaultdict
from math import sqrt

import pytest

from benchmarks.blind import best_constant
from benchmarks.mini import mixture as mini_mixture
from benchmarks.table import BENCHMARKS
from tests.benchmarks.mini.text_only import Asked, Learner

PICTURES = 1500
ERRORS = 3.5
"""Standard errors that the learner may be above the best constant: sixteen benchmarks are looked at."""


@pytest.fixture(scope="module")
def learned() -> dict[str, list[Asked]]:
    examples = defaultdict(list)
    for one in mini_mixture.compose(5, PICTURES):
        for tag, (question, answer) in zip(one.tags, one.turns, strict=True):
            examples[tag].append(Asked.of(question, answer))
    return examples


def _share(right: list[bool]) -> float:
    return sum(right) / len(right)


@pytest.mark.parametrize("benchmark_card", BENCHMARKS, ids=lambda benchmark: benchmark.name)
def test_words_alone_are_worth_no_more_than_a_constant(benchmark_card, opened, learned):
    samples = opened[benchmark_card.name].samples
    prompt = benchmark_card.protocol().prompt
    learner = Learner(learned[benchmark_card.name])
    right = [learner.answer(Asked.of(prompt(s), s.answers[0])) == s.answers[0] for s in samples]
    kinds = defaultdict(list)
    for sample in samples:
        kinds[sample.kind].append(sample.answers[0])
    constant = sum(max(map(golds.count, golds)) for golds in kinds.values()) / len(samples)
    # The rotations of one question are right or wrong together.
    units = len({(sample.question, sample.pictures[0].digest) for sample in samples})
    assert _share(right) <= constant + ERRORS * sqrt(constant * (1 - constant) / units)


def test_the_learner_finds_a_cue_in_the_words():
    told = [
        Asked.of(f"What is {color}?\nA. {a}\nB. {b}", "A" if a == "star" else "B")
        for color in ("red", "blue", "green")
        for a, b in (("star", "ring"), ("ring", "star"), ("star", "cross"), ("cross", "star"))
    ]
    learner = Learner(told)
    assert _share([learner.answer(one) == one.answer for one in told]) == 1.0
    opened = [Asked.of(f"Is there a {color} star?", answer) for color, answer in (("red", "Yes"), ("blue", "No")) * 5]
    assert _share([Learner(opened).answer(one) == one.answer for one in opened]) == 1.0


@pytest.mark.parametrize("benchmark_card", BENCHMARKS, ids=lambda benchmark: benchmark.name)
def test_no_constant_answer_is_worth_much(benchmark_card, opened):
    score = best_constant(opened[benchmark_card.name].samples, benchmark_card.protocol())
    assert score / benchmark_card.column.per_suite_point <= 55.0
