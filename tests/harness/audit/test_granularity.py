import random
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.audit.denominators import common, share
from harness.audit.granularity import fit
from harness.audit.interval import printed
from tests.harness.audit.control import report_of
from tests.harness.audit.test_interval import shown

TOPS = st.sampled_from([1, 100, 1000, 2000])


@given(st.integers(1, 900), st.integers(0, 3), TOPS, st.integers(0, 2_000_000))
@settings(max_examples=200)
def test_the_whole_number_rules_agree_with_looking_at_every_k(steps, decimals, top, units):
    number = printed(shown(Fraction(units % (top * 10**decimals + 1), 10**decimals), decimals, ROUND_DOWN))
    u, x = number.unit, number.value
    values = [Fraction(top * k, steps) for k in range(-1, steps + 2)]
    found = fit(number, top, steps)
    assert found.rounded == any(abs(value - x) <= u / 2 for value in values)
    assert found.cut == any(x <= value < x + u for value in values)
    assert found.up == any(x - u < value <= x for value in values)
    assert found.twice == any(abs(value - x) <= u * 11 / 20 for value in values)


@given(
    st.integers(1, 20_000), st.data(), st.integers(0, 3), st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN])
)
def test_an_honest_rate_always_fits_its_own_count(steps, data, decimals, rounding):
    k = data.draw(st.integers(0, steps))
    assert fit(printed(shown(Fraction(100 * k, steps), decimals, rounding)), 100, steps).plainly


@given(st.integers(1, 20_000), st.data(), st.integers(0, 3))
def test_nothing_honest_is_hopeless_even_when_rounded_up(steps, data, decimals):
    k = data.draw(st.integers(0, steps))
    assert fit(printed(shown(Fraction(100 * k, steps), decimals, ROUND_UP)), 100, steps).somehow


@given(st.integers(1, 400), st.integers(0, 2))
@settings(max_examples=60)
def test_the_share_of_values_that_fit_is_counted_right(n, decimals):
    marks = 100 * 10**decimals
    fitting = sum(
        fit(printed(shown(Fraction(x, 10**decimals), decimals, ROUND_DOWN)), 100, n).rounded for x in range(marks)
    )
    assert share(n, marks) == pytest.approx(fitting / marks)


@given(st.integers(20, 3000), st.integers(0, 10**6))
def test_the_true_count_is_never_overlooked(n, seed):
    rng = random.Random(seed)
    numbers = [printed(shown(Fraction(100 * rng.randint(0, n), n), 2, ROUND_HALF_EVEN)) for _ in range(5)]
    found = common(numbers, 100, 2, n)
    assert found is not None
    assert found.n <= n


def test_seven_published_cells_give_1200_questions_away():
    cells = ["53.58", "60.33", "60.42", "56.58", "59.08", "54.33", "55.92"]
    found = common([printed(cell) for cell in cells], 100, 2, 5000)
    assert found is not None
    assert found.n == 1200
    assert found.chance < 1e-4


def severities(text):
    return {(finding.check, finding.severity) for finding in report_of(text).findings if finding.severity != "note"}


def test_a_rate_between_two_pairs_is_impossible():
    assert severities("model,MMVP,GQA\nA,51.5,63.3\nB,51.3,63.0\n") == {("granularity", "impossible")}


def test_items_instead_of_pairs_are_another_metric():
    assert severities("model,MMVP,GQA\nA,67.0,63.3\nB,51.3,63.0\n") == {("granularity", "inconsistent")}


def test_a_second_rounding_is_unexplained():
    # 354/765 = 46.2745...: 46.275 to three decimals, and from there 46.28.
    assert severities("model,RealWorldQA,GQA\nA,46.28,63.3\n") == {("granularity", "unexplained")}


@pytest.mark.parametrize("head", ["MMVP macro", "MMVP (weighted)", "DocVQA", "CV-Bench 2D"])
def test_metrics_without_a_count_of_their_own_are_not_tested(head):
    assert severities(f"model,{head},GQA\nA,51.5,63.3\n") == set()


def test_means_over_runs_have_a_finer_grid():
    assert severities("model,MMVP,GQA\nA,51.5 ± 0.3,63.3\n") == set()
    assert severities("# Averaged over 3 seeds\nmodel,MMVP,GQA\nA,51.11,63.3\n") == set()


def test_a_sum_is_tested_on_its_own_grid():
    assert severities("model,MME,GQA\nA,1380.1896758703,63.3\n") == set()
    assert severities("model,MME,GQA\nA,1380.1896851,63.3\n") == {("granularity", "impossible")}


def test_a_column_on_another_count_is_one_finding_with_that_count():
    cells = [f"{100 * k / 157:.2f}" for k in (61, 80, 77, 93, 102, 58)]
    text = "model,MMVP,GQA\n" + "".join(f"{row},{cell},6{row}.3\n" for row, cell in enumerate(cells))
    (finding,) = [it for it in report_of(text).findings if it.severity != "note"]
    assert (finding.check, finding.severity) == ("denominator", "inconsistent")
    assert "157" in finding.arithmetic
