"""Measured noise is what was drawn, and a written policy reads back as itself."""

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from harness.errors import InvalidEvidence
from harness.verify.calibrate import Repeat, between_runs, calibrated, margin, mean_margin, noise, to_toml
from harness.verify.policy import read

TODAY, MOMENT = date(2026, 12, 1), datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
COMMAND = "harness calibrate clip+sam gqa --rung repredict --runs 3"
KEPT = Path(__file__).parents[3] / "results" / "policy.toml"


def repeats(rng, count=3, n=2000, rate=0.02):
    texts = ["a"] * n
    made = []
    for _ in range(count):
        changed = ["b" if rng.random() < rate else text for text in texts]
        made.append(Repeat(tuple(changed), tuple(float(text == "a") for text in changed), 100 * changed.count("a") / n))
    return made


def test_noise_is_measured_over_all_pairs_of_runs():
    rng = np.random.default_rng(0)
    found = noise({"clip": repeats(rng), "sam": repeats(rng)}, TODAY, COMMAND)
    assert found.changed == pytest.approx(2 * 0.02 * 0.98, abs=0.005)
    assert found.flipped == found.changed
    assert found.spread == pytest.approx(100 * (0.02 * 0.98 / 2000) ** 0.5, rel=0.7)
    assert found.freedom == 4
    assert found.evidence == f"measured 2026-12-01: 6 runs of 2 models (clip, sam); {COMMAND}"
    assert margin(found, 2000, "repredict").points == pytest.approx(
        max(1, 360 * (found.flipped / 2000) ** 0.5), abs=0.01
    )


def test_runs_without_any_spread_leave_it_open():
    same = Repeat(("a", "b"), (1.0, 0.0), 50.0)
    found = noise({"clip": [same, same]}, TODAY, COMMAND)
    assert (found.changed, found.flipped, found.spread, found.freedom) == (0.0, 0.0, None, None)


@pytest.mark.parametrize("models", [{}, {"clip": [Repeat(("a",), (1.0,), 100.0)]}])
def test_one_run_is_no_calibration(models):
    with pytest.raises(InvalidEvidence, match="twice"):
        noise(models, TODAY, COMMAND)


def test_repeats_that_no_margin_could_hold_are_refused_in_words():
    runs = [Repeat(("a",) * 8, (1.0,) * 8, 100.0), Repeat(("b",) * 8, (0.0,) * 8, 0.0)]
    found = noise({"clip": runs}, TODAY, COMMAND)
    for regime in ("repredict", "retrain"):
        with pytest.raises(InvalidEvidence, match="repeat more runs, or ask more questions"):
            margin(found, 8, regime)


@pytest.mark.parametrize("regime", ["repredict", "retrain"])
def test_a_written_policy_reads_back_as_itself(tmp_path, regime):
    found = noise({'clip "and" \\ sam\n\x7f\U0001f600': repeats(np.random.default_rng(0))}, TODAY, COMMAND)
    fresh = calibrated(read(KEPT), regime, {"gqa": (found, 2000)}, MOMENT)
    (tmp_path / "policy.toml").write_text(to_toml(fresh))
    assert read(tmp_path / "policy.toml") == fresh
    assert fresh.fixed_on == MOMENT
    assert fresh.of(regime).noise["gqa"] == found
    assert fresh.margin("gqa", regime).points != read(KEPT).margin("gqa", regime).points
    assert fresh.margin("ai2d", regime) == read(KEPT).margin("ai2d", regime)


def test_what_was_not_measured_keeps_its_margin():
    found = noise({"clip": repeats(np.random.default_rng(0))}, TODAY, COMMAND)
    one = calibrated(read(KEPT), "repredict", {"gqa": (found, 2000)}, MOMENT)
    assert one.retrain == read(KEPT).retrain
    assert (one.repredict.mean, one.repredict.category) == (read(KEPT).repredict.mean, read(KEPT).repredict.category)
    two = calibrated(read(KEPT), "repredict", {"gqa": (found, 2000), "ai2d": (found, 3000)}, MOMENT)
    assert two.repredict.mean == mean_margin({"gqa": (found, 2000), "ai2d": (found, 3000)}, 0.5, "repredict")
    assert two.repredict.category == read(KEPT).repredict.category
    group = calibrated(read(KEPT), "repredict", {"gqa": (found, 2000), "mme": (found, 3000)}, MOMENT)
    assert "over gqa, mme" in group.repredict.category.evidence


@pytest.mark.parametrize(("spread", "freedom"), [(0.5, 62), (0.5, 4), (1.5, 2)])
def test_an_honest_training_passes_its_measured_margin_in_nineteen_of_twenty_cases(spread, freedom):
    rng, allowed = np.random.default_rng(0), between_runs(spread, freedom)
    differences = rng.normal(0, spread * 2**0.5, 4000)
    half = 2**0.5 * spread * stats.t.ppf(0.95, freedom)
    assert np.mean(np.abs(differences) + half < allowed) == pytest.approx(0.95, abs=0.015)


def test_a_spread_between_trainings_can_only_widen_their_margin():
    found = noise({"clip": repeats(np.random.default_rng(0))}, TODAY, COMMAND)
    quiet, loud = (found.model_copy(update={"spread": spread, "freedom": 5}) for spread in (0.01, 3.0))
    assert margin(quiet, 2000, "retrain").points == pytest.approx(max(1, 360 * (found.flipped / 2000) ** 0.5), abs=0.01)
    assert margin(loud, 2000, "retrain").points == pytest.approx(between_runs(3.0, 5), abs=0.01)
    assert margin(loud, 2000, "repredict") == margin(quiet, 2000, "repredict")
