import pytest

from benchmarks.blind import best_constant, uniform_guess
from benchmarks.card import Sample
from benchmarks.errors import InvalidData
from benchmarks.table import find


def _sample(i, kind, answer, choices=()):
    return Sample(str(i), "q", (), tuple(choices), (answer,), "", kind, "c", {"source": "x"})


def test_the_best_constant_is_chosen_per_question_type():
    # yes 3 of 5; red 2 of 3; the single shape is always right: 3 + 2 + 1 of 9.
    answers = [("verify", a) for a in ("yes", "yes", "yes", "no", "no")]
    answers += [("color", a) for a in ("red", "red", "blue")] + [("shape", "star")]
    samples = [_sample(i, kind, answer) for i, (kind, answer) in enumerate(answers)]
    for protocol in find("gqa").protocols.values():
        assert best_constant(samples, protocol) == pytest.approx(100 * 6 / 9)


def test_the_best_constant_uses_the_tolerance_of_the_rule():
    # 100 is within 5 % of 96, 100 and 104; each other gold covers fewer.
    samples = [_sample(i, "what", gold) for i, gold in enumerate(("96", "100", "104", "7"))]
    assert best_constant(samples, find("chartqa").protocol("cambrian")) == 75.0


def test_a_uniform_guess_earns_one_over_the_number_of_choices():
    samples = [_sample(0, "k", "A", "ab"), _sample(1, "k", "A", "abcd")]
    assert uniform_guess(samples, find("ai2d").protocol()) == pytest.approx(100 * (1 / 2 + 1 / 4) / 2)
    assert uniform_guess([_sample(0, "k", "yes")], find("gqa").protocol()) == 0.0


def test_no_samples_have_no_baseline():
    for baseline in (best_constant, uniform_guess):
        with pytest.raises(InvalidData):
            baseline([], find("gqa").protocol())


def test_no_constant_answer_is_worth_much_on_the_mini_mirror(opened):
    ceilings = {"gqa": 40, "ai2d": 26, "chartqa": 30, "cv_bench_2d": 40}
    for name, ceiling in ceilings.items():
        assert best_constant(opened[name].samples, find(name).protocol()) < ceiling
