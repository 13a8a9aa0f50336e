"""Measured noise is what was drawn, margins hold what they promise, and a written policy reads back as itself."""

from dataclasses import replace
from datetime import UTC, date, datetime
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from benchmarks import pooling
from benchmarks.card import Mark
from harness.errors import InvalidEvidence
from harness.verify.calibrate import Apart, Repeat, between_runs, calibrated, margin, mean_margin, measured
from harness.verify.paired import paired
from harness.verify.policy import read, to_toml
from tests.harness.nouns import marks, samples

TODAY, MOMENT = date(2026, 12, 1), datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
COMMAND = "harness calibrate clip+sam gqa --rung repredict --runs 3"
KEPT = Path(__file__).parents[3] / "results" / "policy.toml"


def repeat(values, run=0):
    texts = tuple("a" if value == 1 else "b" for value in values)
    given = tuple(Mark(f"q{place:05d}", float(value), None, "drawn") for place, value in enumerate(values))
    return Repeat(texts, given, 100 * float(np.mean(values)), run)


def repeats(rng, count=3, n=2000, rate=0.02):
    return [repeat((rng.random(n) >= rate).astype(float), run) for run in range(count)]


def found(models, n=2000, pool=pooling.mean, a_cluster=1):
    return measured(models, samples(n, a_cluster), pool, TODAY, COMMAND)


def drawn(seed=0, n=2000):
    return found({"clip": repeats(np.random.default_rng(seed), n=n)}, n)


def of_scores(scores):
    """Measure benchmarks of one answer that never flips, with these scores: (benchmark, model, run)."""
    return [
        found(
            {
                f"m{model}": [replace(repeat([1.0, 1.0]), value=float(value), run=run) for run, value in enumerate(row)]
                for model, row in enumerate(table)
            },
            n=2,
        )
        for table in np.asarray(scores, float)
    ]


def test_noise_is_measured_over_all_pairs_of_runs():
    rng = np.random.default_rng(0)
    one = found({"clip": repeats(rng), "sam": repeats(rng)})
    noise = one.noise
    assert noise.changed == pytest.approx(2 * 0.02 * 0.98, abs=0.005)
    assert noise.flipped == noise.changed
    assert noise.spread == pytest.approx(100 * (0.02 * 0.98 / 2000) ** 0.5, rel=0.7)
    assert noise.freedom == 4
    assert noise.evidence.startswith(
        "measured 2026-12-01: 6 runs of 2 models (clip, sam), which spread alike by Brown-"
    )
    assert noise.evidence.endswith(COMMAND)
    assert set(one.values) == {(model, run) for model in ("clip", "sam") for run in range(3)}
    # For single right and wrong answers what flips need is 3.6 sqrt(d / n), and what two pseudo-answers add.
    assert one.apart.error == pytest.approx(100 * sqrt(noise.flipped / 2000), rel=0.001)
    assert margin(one, "repredict").points == pytest.approx(360 * sqrt(noise.flipped / 2000), rel=0.03)


def test_what_flips_need_is_what_a_verdict_would_bound_by_cluster_and_by_the_pooling():
    rng, n = np.random.default_rng(3), 240
    groups = pooling.all_right("cluster")
    asked = [replace(one, meta={"cluster": one.cluster}) for one in samples(n, 4)]
    first, second = (repeat((rng.random(n) > 0.1).astype(float), run) for run in range(2))
    one = measured({"clip": [first, second]}, asked, groups, TODAY, COMMAND)
    bounds = paired(asked, list(first.marks), list(second.marks), groups, 0.9).interval
    assert one.apart.half == pytest.approx((bounds.high - bounds.low) / 2)
    assert one.apart.error == pytest.approx(100 * sqrt(_groups_that_turned(first, second) / 60**2))
    # Counted answer by answer, as if none hung together, the margin would be too narrow by far.
    assert margin(one, "repredict").points > 1.5 * 360 * sqrt(one.noise.flipped / n)


def _groups_that_turned(one, other, size=4):
    whole = [np.array([mark.value for mark in run.marks]).reshape(-1, size).all(axis=1) for run in (one, other)]
    return int((whole[0] != whole[1]).sum())


def test_an_honest_run_passes_the_margin_of_flips_in_nineteen_of_twenty_cases():
    rng, n, rate, passed, times = np.random.default_rng(5), 1000, 0.04, 0, 400
    allowed = margin(found({f"m{k}": repeats(rng, n=n, rate=rate) for k in range(4)}, n), "repredict").points
    asked = samples(n)
    for _ in range(times):
        values = [marks(asked, (rng.random(n) >= rate).astype(float).tolist()) for _ in range(2)]
        bounds = paired(asked, *values, pooling.mean, 0.9).interval
        passed += -allowed < bounds.low and bounds.high < allowed
    assert passed / times == pytest.approx(0.95, abs=0.04)


def test_runs_without_any_spread_leave_it_open():
    same = [repeat([1.0, 0.0], run) for run in range(2)]
    one = found({"clip": same}, n=2)
    assert (one.noise.changed, one.noise.flipped, one.noise.spread, one.noise.freedom) == (0.0, 0.0, None, None)


@pytest.mark.parametrize("models", [{}, {"clip": [repeat([1.0, 1.0])]}])
def test_one_run_is_no_calibration(models):
    with pytest.raises(InvalidEvidence, match="twice"):
        found(models, n=2)


def test_repeats_that_no_margin_could_hold_are_refused_in_words():
    one = found({"clip": [repeat([1.0] * 8, 0), repeat([0.0] * 8, 1)]}, n=8)
    for regime in ("repredict", "retrain"):
        with pytest.raises(InvalidEvidence, match="repeat more runs, or ask more questions"):
            margin(one, regime)


@pytest.mark.parametrize("regime", ["repredict", "retrain"])
def test_a_written_policy_reads_back_as_itself(tmp_path, regime):
    one = found({'clip "and" \\ sam\n\x7f\U0001f600': repeats(np.random.default_rng(0))})
    fresh = calibrated(read(KEPT), regime, {"gqa": one}, MOMENT)
    (tmp_path / "policy.toml").write_text(to_toml(fresh))
    assert read(tmp_path / "policy.toml") == fresh
    assert fresh.fixed_on == MOMENT
    assert fresh.of(regime).noise["gqa"] == one.noise
    assert fresh.margin("gqa", regime) == margin(one, regime)
    assert fresh.margin("ai2d", regime) == read(KEPT).margin("ai2d", regime)


def test_what_was_not_measured_keeps_its_margin():
    kept, gqa, other = read(KEPT), drawn(), drawn(1)
    one = calibrated(kept, "repredict", {"gqa": gqa}, MOMENT)
    assert one.retrain == kept.retrain
    assert (one.repredict.mean, one.repredict.category) == (kept.repredict.mean, kept.repredict.category)
    two = calibrated(kept, "repredict", {"gqa": gqa, "ai2d": other}, MOMENT)
    assert two.repredict.mean == mean_margin({"gqa": gqa, "ai2d": other}, 0.5, "repredict")
    assert two.repredict.category == kept.repredict.category
    group = calibrated(kept, "repredict", {"gqa": gqa, "mme": other}, MOMENT)
    assert "over gqa, mme" in group.repredict.category.evidence


CELLS = [(6, 3), (31, 3), (2, 3), (1, 3)]


@pytest.mark.parametrize(("models", "runs"), CELLS)
def test_an_honest_training_passes_the_margin_of_an_estimated_spread_in_nineteen_of_twenty_cases(models, runs):
    """The spread is drawn anew with every calibration, of trainings whose true spread is known to be 0.7."""
    rng, times, true = np.random.default_rng(models), 20_000, 0.7
    within = rng.normal(0, true, (times, models, runs))
    freedom = models * (runs - 1)
    estimated = np.sqrt(((within - within.mean(axis=2, keepdims=True)) ** 2).sum(axis=(1, 2)) / freedom)
    half = stats.t.ppf(0.95, freedom) * sqrt(2) * estimated
    new = rng.normal(0, true * sqrt(2), times)
    error = 3 * sqrt(0.05 * 0.95 / times)
    assert np.mean(np.abs(new) + half < between_runs(1.0, freedom) * estimated) == pytest.approx(0.95, abs=error)
    assert np.mean(np.abs(new) < half) == pytest.approx(0.90, abs=1.5 * error)


def test_models_that_spread_unalike_cost_the_promise_little():
    """Three of six models spread twice as much as the others: pooled, an honest run of any of them passes as often."""
    rng, times = np.random.default_rng(9), 20_000
    true = np.array([0.5, 0.5, 0.5, 1.0, 1.0, 1.0])
    within = rng.normal(0, 1, (times, 6, 3)) * true[:, None]
    estimated = np.sqrt(((within - within.mean(axis=2, keepdims=True)) ** 2).sum(axis=(1, 2)) / 12)
    allowed = between_runs(1.0, 12) * estimated
    half = stats.t.ppf(0.95, 12) * sqrt(2) * estimated
    new = rng.normal(0, 1, (times, 6)) * true * sqrt(2)
    passed = np.mean(np.abs(new) + half[:, None] < allowed[:, None], axis=0)
    assert passed.mean() > 0.92
    assert passed.min() > 0.85


def test_the_spread_is_pooled_within_models_over_all_of_them():
    scores = np.random.default_rng(4).normal(60, 1, (1, 6, 3)) + 5 * np.arange(6)[:, None]
    noise = of_scores(scores)[0].noise
    assert noise.freedom == 12
    assert noise.spread == pytest.approx(np.sqrt(scores[0].var(axis=1, ddof=1).mean()))


def test_a_spread_between_trainings_can_only_widen_their_margin():
    one = drawn()
    quiet, loud = (
        replace(one, noise=one.noise.model_copy(update={"spread": spread, "freedom": 5})) for spread in (0.01, 3.0)
    )
    assert margin(quiet, "retrain").points == margin(one, "repredict").points
    assert margin(loud, "retrain").points == pytest.approx(between_runs(3.0, 5), abs=0.01)
    assert margin(loud, "repredict").points == margin(quiet, "repredict").points


def test_the_mean_of_benchmarks_that_move_apart_spreads_less_than_one_of_them():
    rng = np.random.default_rng(2)
    apart = dict(zip("abcdefgh", of_scores(60 + rng.normal(0, 3, (8, 6, 3))), strict=True))
    together = dict(zip("abcdefgh", of_scores(60 + rng.normal(0, 3, (1, 6, 3)).repeat(8, axis=0)), strict=True))
    quiet = [{name: replace(one, apart=Apart(1e-3, 1e-3)) for name, one in some.items()} for some in (apart, together)]
    assert mean_margin(quiet[1], 0.5, "retrain").points == pytest.approx(between_runs_of(together["a"]), abs=0.01)
    assert mean_margin(quiet[0], 0.5, "retrain").points < 0.6 * between_runs_of(together["a"])
    noisy = {name: replace(one, apart=Apart(1.0, 1.0)) for name, one in apart.items()}
    assert mean_margin(noisy, 0.5, "repredict").points == pytest.approx(Apart(1.0, 1.0).points / sqrt(8), abs=0.01)


def test_without_a_model_that_answered_all_twice_the_mean_moves_as_if_all_moved_alike():
    one, other = of_scores(60 + np.random.default_rng(6).normal(0, 3, (2, 2, 3)))
    other = replace(other, values={("another", run): 1.0 for run in range(3)})
    several = {name: replace(some, apart=Apart(0.0, 0.0)) for name, some in (("gqa", one), ("ai2d", other))}
    expected = (between_runs_of(one) + between_runs_of(other)) / 2
    assert mean_margin(several, 0.5, "retrain").points == pytest.approx(expected, abs=0.01)


def between_runs_of(one):
    return between_runs(one.noise.spread, one.noise.freedom)
