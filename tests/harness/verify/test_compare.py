"""The four outcomes, and the laws that no pair of runs may break."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks import pooling
from harness.schema.verdict import EXIT_CODES, Interval, worst
from harness.verify.compare import Judgement, answers_needed, judge, too_good, unexplained
from harness.verify.near_ties import Flips
from harness.verify.paired import Paired, paired
from tests.harness.nouns import marks, samples

ORDER = {"MATCH": 0, "DRIFT": 1, "INCONCLUSIVE": 1, "MISMATCH": 2}
CLUSTERED = st.sampled_from([1, 1, 3])


def measured(n, gained, lost, a_cluster=1):
    asked = samples(n, a_cluster)
    before = [1.0] * (n - gained) + [0.0] * gained
    after = [0.0] * lost + [1.0] * (n - lost)
    return paired(asked, marks(asked, before), marks(asked, after), pooling.mean, 0.9)


@pytest.mark.parametrize(
    ("n", "gained", "lost", "margin", "outcome", "words"),
    [
        (2000, 2, 3, 1.0, "MATCH", "5 of 2,000 marks changed (2 up, 3 down)"),
        (5000, 20, 0, 1.0, "DRIFT", "inside the margin of 1 points but real"),
        (1000, 2, 60, 1.0, "MISMATCH", "beyond the margin of 1 points"),
        (400, 2, 10, 2.0, "MISMATCH", "not shown to be inside the margin of 2 points"),
        (300, 5, 6, 1.0, "INCONCLUSIVE", "answers would be needed, 300 are there"),
    ],
)
def test_each_outcome_has_its_reason(n, gained, lost, margin, outcome, words):
    judgement = judge(measured(n, gained, lost), margin)
    assert judgement.outcome == outcome
    assert words in judgement.why


@settings(max_examples=60, deadline=None)
@given(st.integers(40, 400), st.integers(0, 20), st.integers(0, 20), st.floats(0.1, 12), st.floats(0.1, 12), CLUSTERED)
def test_widening_the_margin_never_makes_it_worse(n, gained, lost, one, other, a_cluster):
    found = measured(n, gained, lost, a_cluster)
    narrow, wide = (judge(found, margin).outcome for margin in sorted((one, other)))
    assert ORDER[wide] <= ORDER[narrow]
    assert not (narrow == "MATCH" and wide != "MATCH")


@settings(max_examples=60, deadline=None)
@given(st.integers(60, 400), st.integers(0, 20), st.integers(0, 20), st.integers(1, 20), st.floats(0.1, 12), CLUSTERED)
def test_a_growing_difference_never_improves_the_outcome(n, gained, more, growth, margin, a_cluster):
    lost = gained + more
    assume(gained + lost + growth <= n)
    before, after = (judge(measured(n, gained, down, a_cluster), margin).outcome for down in (lost, lost + growth))
    assert ORDER[after] >= ORDER[before]
    assert (before, after) not in {("DRIFT", "INCONCLUSIVE"), ("INCONCLUSIVE", "DRIFT")}


@settings(max_examples=40, deadline=None)
@given(st.integers(60, 400), st.integers(0, 20), st.integers(0, 20), st.floats(0.1, 12), CLUSTERED)
def test_swapping_the_runs_keeps_the_outcome(n, gained, lost, margin, a_cluster):
    asked = samples(n, a_cluster)
    before = marks(asked, [1.0] * (n - gained) + [0.0] * gained)
    after = marks(asked, [0.0] * lost + [1.0] * (n - lost))
    one = judge(paired(asked, before, after, pooling.mean, 0.9), margin)
    other = judge(paired(asked, after, before, pooling.mean, 0.9), margin)
    assert one.outcome == other.outcome


def test_no_answers_changed_is_no_proof_on_a_small_set():
    assert judge(measured(100, 0, 0), 1.0).outcome == "INCONCLUSIVE"
    assert judge(measured(480, 0, 0), 1.0).outcome == "MATCH"


@pytest.mark.parametrize(("rate", "needed"), [(0.01, 857), (0.02, 1713), (0.05, 4282), (0.10, 8564)])
def test_answers_needed_agree_with_the_published_table(rate, needed):
    assert answers_needed(100 * rate**0.5, 1.0, 0.05) == pytest.approx(needed, abs=1)


@pytest.mark.parametrize(
    ("low", "high", "p_value", "outcome"),
    [
        (-0.5, 0.5, 0.5, "MATCH"),
        (0.1, 0.5, 0.01, "DRIFT"),
        (0.1, 1.0, 0.01, "MISMATCH"),
        (-1.0, 0.2, 0.5, "INCONCLUSIVE"),
        (1.5, 2.5, 0.001, "MISMATCH"),
    ],
)
def test_the_margin_itself_is_outside(low, high, p_value, outcome):
    found = Paired(
        difference=(low + high) / 2,
        interval=Interval(low=low, high=high, confidence=0.9),
        p_value=p_value,
        test="sign flips, exact mid-p",
        deviation=10.0,
        n=100,
        clusters=100,
        gained=1,
        lost=1,
    )
    assert judge(found, 1.0).outcome == outcome


def test_only_match_exits_with_zero():
    assert EXIT_CODES == {
        "MATCH": 0,
        "DRIFT": 10,
        "MISMATCH": 20,
        "INCONCLUSIVE": 30,
        "CONSISTENT": 30,
        "INVALID": 40,
        "ERROR": 50,
    }


def test_the_worst_of_several_speaks_for_all():
    assert worst(["MATCH", "MATCH"]) == "MATCH"
    assert worst(["MATCH", "INCONCLUSIVE", "MISMATCH"]) == "MISMATCH"
    assert worst(["INVALID", "MISMATCH", "CONSISTENT"]) == "INVALID"
    assert worst(["ERROR", "INVALID"]) == "ERROR"


def test_flips_that_rounding_does_not_explain_take_a_match_back():
    match = Judgement("MATCH", "small")
    assert unexplained(match, Flips(near=9, far=1, unknown=0)) == match
    assert unexplained(match, Flips(near=8, far=1, unknown=0)).outcome == "DRIFT"
    assert unexplained(match, Flips(near=0, far=0, unknown=1)).outcome == "DRIFT"
    assert unexplained(match, Flips(0, 0, 0)) == match
    worse = Judgement("MISMATCH", "large")
    assert unexplained(worse, Flips(0, 9, 0)) == worse


def test_a_re_run_that_is_quieter_than_honest_ones_is_too_good():
    assert too_good(0, 1000, 0.03)
    assert not too_good(30, 1000, 0.03)
    assert not too_good(0, 1000, 0.001)
