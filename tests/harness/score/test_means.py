"""Category means and the whole, solved by hand and held to the laws of a mean."""

from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.errors import UnknownName
from benchmarks.suite import AVERAGE_RULES, COLUMNS, FIFTEEN_RULE, GROUPS, SUITE_RULE, find_column, find_rule
from harness.errors import InvalidEvidence
from harness.schema.score import Score
from harness.score.means import mean_of, means
from harness.score.score import score as score_of
from tests.harness.nouns import benchmark, digest, header, predictions, samples

NAMES = [column.name for column in COLUMNS]
ASKED = samples(12, 3)
ONE = score_of(header(12), predictions(ASKED, ["yes"] * 12), benchmark(), ASKED, digest("samples")).score


def _score(name: str, points: float, error: float = 0.0, **entry) -> Score:
    """Give a score of `points` on 0-100, put on the benchmark's own unit."""
    unit = find_column(name).per_suite_point
    changed = ONE.entry.model_copy(update={"benchmark": name, **entry})
    return ONE.model_copy(update={"entry": changed, "value": points * unit, "standard_error": error * unit})


def _table(points: dict[str, float], errors: dict[str, float] | None = None) -> list[Score]:
    return [_score(name, points.get(name, 0.0), (errors or {}).get(name, 0.0)) for name in NAMES]


def test_a_constant_table_has_that_mean_by_every_rule():
    for rule in AVERAGE_RULES:
        assert [one.value for one in means(_table(dict.fromkeys(NAMES, 40.0)), rule)] == pytest.approx([40.0] * 5)


def test_the_suites_whole_is_the_mean_of_the_sixteen_and_of_the_categories():
    table = _table({name: float(place) for place, name in enumerate(NAMES)})
    *categories, whole = means(table)
    assert [one.value for one in categories] == pytest.approx([1.5, 5.5, 9.5, 13.5])
    assert whole.value == pytest.approx(7.5) == pytest.approx(sum(one.value for one in categories) / 4)
    assert [one.title for one in categories] == ["General", "Knowledge", "OCR & Chart", "Vision-Centric"]


def test_mme_counts_a_twentieth_and_ocrbench_a_tenth_of_its_points():
    table = [score for score in _table({}) if score.entry.benchmark not in ("mme", "ocrbench")]
    mme, ocrbench = _score("mme", 0.0), _score("ocrbench", 0.0)
    table += [mme.model_copy(update={"value": 1600.0}), ocrbench.model_copy(update={"value": 800.0})]
    assert mean_of(table, "general").value == pytest.approx(80 / 4)
    assert mean_of(table, "ocr_chart").value == pytest.approx(80 / 4)
    assert mean_of(table).value == pytest.approx(160 / 16)


def test_paper_b_counts_cv_bench_once():
    table = _table({"mmvp": 30.0, "realworldqa": 60.0, "cv_bench_2d": 50.0, "cv_bench_3d": 70.0})
    assert mean_of(table, "vision_centric").value == pytest.approx(52.5)
    assert mean_of(table, "vision_centric", FIFTEEN_RULE).value == pytest.approx((30 + 60 + 60) / 3)
    assert mean_of(table, None, FIFTEEN_RULE).value == pytest.approx(50 / 4)


def test_errors_add_in_squares_by_their_weights():
    table = _table({}, {"mme": 3.0, "gqa": 4.0, "cv_bench_2d": 6.0, "cv_bench_3d": 8.0})
    assert mean_of(table, "general").standard_error == pytest.approx(5 / 4)
    assert mean_of(table, "vision_centric").standard_error == pytest.approx(10 / 4)
    assert mean_of(table, "vision_centric", FIFTEEN_RULE).standard_error == pytest.approx(10 / 6)
    assert mean_of(table).standard_error == pytest.approx(sqrt(9 + 16 + 36 + 64) / 16)


@given(st.permutations(NAMES), st.lists(st.floats(0, 100), min_size=16, max_size=16))
def test_the_order_of_the_scores_changes_no_bit_and_a_mean_lies_between_its_members(order, points):
    given_points = dict(zip(NAMES, points, strict=True))
    by_name = {score.entry.benchmark: score for score in _table(given_points, given_points)}
    for rule in AVERAGE_RULES:
        found = means([by_name[name] for name in order], rule)
        assert found == means(list(by_name.values()), rule)
        assert min(points) - 1e-9 <= found[-1].value <= max(points) + 1e-9


@pytest.mark.parametrize("rule", AVERAGE_RULES, ids=lambda rule: rule.name)
def test_an_incomplete_set_is_refused_by_name(rule):
    table = [score for score in _table({}) if score.entry.benchmark not in ("docvqa", "mmvp")]
    with pytest.raises(InvalidEvidence, match="docvqa, mmvp are missing"):
        means(table, rule)
    with pytest.raises(InvalidEvidence, match=r"OCR & Chart.* needs 4 scores, docvqa is missing"):
        mean_of(table, "ocr_chart", rule)
    assert mean_of(table, "knowledge", rule).value == 0.0


def test_two_scores_of_one_benchmark_are_refused_and_other_benchmarks_play_no_part():
    table = _table({})
    assert mean_of(
        [
            *table,
            ONE.model_copy(update={"entry": _score("gqa", 9.0).entry.model_copy(update={"benchmark": "textvqa_ocr"})}),
        ]
    ) == mean_of(table)
    with pytest.raises(InvalidEvidence, match="more than one came for gqa"):
        mean_of([*table, _score("gqa", 1.0)])


def test_scores_of_several_models_or_protocols_are_refused():
    table = _table({})[1:]
    with pytest.raises(InvalidEvidence, match="one seed, these have 0, 7"):
        mean_of([_score("mme", 1.0, seed=7), *table])
    other = _score("mme", 1.0)
    signed = other.signature.model_copy(update={"protocol": "lmms_eval"})
    with pytest.raises(InvalidEvidence, match="one protocol, these have cambrian, lmms_eval"):
        mean_of([other.model_copy(update={"signature": signed}), *table])


def test_a_rule_is_found_by_its_name():
    assert [find_rule(rule.name) for rule in AVERAGE_RULES] == list(AVERAGE_RULES)
    with pytest.raises(UnknownName, match=r"no rule of averages 'fiften'\. Did you mean 'fifteen'"):
        find_rule("fiften")


def test_weights_are_positive_and_add_up_to_one():
    for rule in AVERAGE_RULES:
        for group in (None, *GROUPS):
            assert sum(rule.weights(group).values()) == 1
        assert set(rule.weights()) == set(NAMES)
    assert set(SUITE_RULE.weights().values()) == {Fraction(1, 16)}
