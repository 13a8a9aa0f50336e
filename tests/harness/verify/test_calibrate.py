"""Measured noise is what was drawn, and a written policy reads back as itself."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from harness.errors import InvalidEvidence
from harness.verify.calibrate import Repeat, calibrated, margin, noise, to_toml
from harness.verify.policy import read

TODAY = date(2026, 12, 1)
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
    found = noise({"clip": repeats(rng), "sam": repeats(rng)}, TODAY)
    assert found.changed == pytest.approx(2 * 0.02 * 0.98, abs=0.005)
    assert found.flipped == found.changed
    assert found.spread == pytest.approx(100 * (0.02 * 0.98 / 2000) ** 0.5, rel=0.7)
    assert found.freedom == 4
    assert "6 runs of 2 models (clip, sam)" in found.evidence
    assert margin(found, 2000).points == pytest.approx(max(1, 360 * (found.flipped / 2000) ** 0.5), abs=0.01)


def test_runs_without_any_spread_leave_it_open():
    same = Repeat(("a", "b"), (1.0, 0.0), 50.0)
    found = noise({"clip": [same, same]}, TODAY)
    assert (found.changed, found.flipped, found.spread, found.freedom) == (0.0, 0.0, None, None)


@pytest.mark.parametrize("models", [{}, {"clip": [Repeat(("a",), (1.0,), 100.0)]}])
def test_one_run_is_no_calibration(models):
    with pytest.raises(InvalidEvidence, match="twice"):
        noise(models, TODAY)


@pytest.mark.parametrize("regime", ["repredict", "retrain"])
def test_a_written_policy_reads_back_as_itself(tmp_path, regime):
    found = noise({'clip "and" \\ sam': repeats(np.random.default_rng(0))}, TODAY)
    fresh = calibrated(read(KEPT), regime, {"gqa": (found, 2000)}, TODAY)
    (tmp_path / "policy.toml").write_text(to_toml(fresh))
    assert read(tmp_path / "policy.toml") == fresh
    assert fresh.fixed_on == TODAY
    assert fresh.of(regime).noise["gqa"] == found
    assert fresh.margin("gqa", regime).points != read(KEPT).margin("gqa", regime).points
    assert fresh.margin("ai2d", regime) == read(KEPT).margin("ai2d", regime)
