from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.marking.vqa_soft import vqa_soft
from benchmarks.marking.vqa_words import evalai_words, vqa_words

RULES = [evalai_words, vqa_words]
GOLDS = st.lists(st.sampled_from(["stop", "Stop.", "the stop", "go", "2", "two", "x"]), min_size=10, max_size=10).map(
    tuple
)


def _golds(same: int) -> tuple[str, ...]:
    return ("stop",) * same + tuple("abcdefghijk"[1 : 11 - same])


def _leaving_one_out(read: str, golds: tuple[str, ...], normal) -> Fraction:
    words = [normal(gold) for gold in golds]
    others = (words[:place] + words[place + 1 :] for place in range(len(words)))
    return sum((min(Fraction(1), Fraction(rest.count(read), 3)) for rest in others), Fraction(0)) / len(golds)


@pytest.mark.parametrize("normal", RULES)
@pytest.mark.parametrize(("same", "mark"), [(0, 0.0), (1, 0.3), (2, 0.6), (3, 0.9), (4, 1.0), (5, 1.0), (10, 1.0)])
def test_golden_vectors_of_the_agreement(normal, same, mark):
    assert vqa_soft("Stop", _golds(same), normal) == (mark, "stop", "agreement")


@pytest.mark.parametrize("normal", RULES)
@given(answer=st.sampled_from(["stop", "STOP", "go", "two", "other"]), golds=GOLDS)
def test_the_mark_is_the_mean_over_ten_ways_to_leave_one_out(normal, answer, golds):
    assert vqa_soft(answer, golds, normal).value == float(_leaving_one_out(normal(answer), golds, normal))


@given(answer=st.text(), golds=GOLDS)
def test_the_order_of_the_people_does_not_matter(answer, golds):
    assert vqa_soft(answer, golds, evalai_words) == vqa_soft(answer, golds[::-1], evalai_words)
    assert vqa_soft(answer, golds, evalai_words) == vqa_soft(answer, tuple(sorted(golds)), evalai_words)


@given(answer=st.text(), golds=GOLDS)
def test_marks_have_steps_of_a_tenth_and_only_blank_answers_are_unparsed(answer, golds):
    for normal in RULES:
        reading = vqa_soft(answer, golds, normal)
        assert reading.value in (0.0, 0.3, 0.6, 0.9, 1.0)
        assert (reading.extracted is None) == (not answer.strip())


@given(gold=st.text(min_size=1).filter(str.strip))
def test_what_all_ten_said_is_worth_one(gold):
    for normal in RULES:
        assert vqa_soft(gold, (gold,) * 10, normal).value == 1.0


def test_another_number_of_people_is_averaged_alike():
    for golds in permutations(("a1", "a1", "b1")):
        assert vqa_soft("a1", golds, evalai_words).value == pytest.approx((2 / 3 + 1 / 3 + 1 / 3) / 3)
