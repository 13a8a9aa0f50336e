"""The policy is read strictly, and the one in force follows its own rule."""

from datetime import UTC, date, datetime, timedelta, timezone
from math import sqrt
from pathlib import Path

import pytest
from pydantic import ValidationError

from harness.errors import InvalidEvidence
from harness.schema.policy import Margin, Noise, Policy
from harness.verify.policy import demand_older, read

KEPT = Path(__file__).parents[3] / "results" / "policy.toml"


def test_the_policy_in_force_follows_its_rule_and_calls_itself_a_prior():
    found = read(KEPT)
    assert (found.fixed_on, found.confidence) == (date(2026, 11, 22), 0.9)
    for regime, rate in (("repredict", 0.03), ("retrain", 0.10)):
        margin = found.margin("gqa", regime)
        assert margin.points == pytest.approx(max(1.0, 360 * sqrt(rate / 400)), abs=0.06)
        assert "prior until calibrated" in margin.evidence


def test_a_benchmark_has_its_own_margin_in_its_own_regime(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(
        KEPT.read_text().replace(
            "[retrain.benchmarks]", '[retrain.benchmarks]\ngqa = {points = 1.5, evidence = "measured"}'
        )
    )
    found = read(path)
    assert found.margin("gqa", "retrain").points == 1.5
    assert found.margin("gqa", "repredict") == read(KEPT).margin("gqa", "repredict")
    assert found.margin("ai2d", "retrain") == read(KEPT).margin("ai2d", "retrain")
    assert found.digest != read(KEPT).digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("confidence = 0.90", "confidence = 0.90\nslack = 5"),
        ("confidence = 0.90", "confidence = 1.0"),
        ("confidence = 0.90", ""),
        ("confidence = 0.90", "confidence = 0.90\nconfidence = 0.90"),
        ("points = 5.7", "points = nan"),
        ("points = 5.7", "points = inf"),
        ("points = 5.7", "points = 0"),
        ("points = 5.7", "points = 1e300"),
        ("points = 5.7", "points = 50.1"),
        ("points = 5.7", "points = true"),
        ("points = 5.7", 'points = "5.7"'),
        ("points = 5.7", "points = [5.7]"),
        ("points = 5.7", f"points = {'9' * 400}"),
        ("confidence = 0.90", "confidence = 0.51"),
        ("confidence = 0.90", "confidence = 0.9999"),
        ("confidence = 0.90", "confidence = true"),
        ("confidence = 0.90", 'confidence = "0.90"'),
        ("fixed_on = 2026-11-22", "fixed_on = 0"),
        ("fixed_on = 2026-11-22", "fixed_on = true"),
        ("fixed_on = 2026-11-22", "fixed_on = 1.7e9"),
        ("fixed_on = 2026-11-22", "fixed_on = 04:00:00"),
        ("fixed_on = 2026-11-22", "fixed_on = 2026-11-22T04:00:00"),
        ("[retrain.benchmarks]", '[retrain.benchmarks]\ngqua = {points = 1.5, evidence = "measured"}'),
        ("[retrain.benchmarks]", '[retrain.benchmarks]\n"gqa " = {points = 1.5, evidence = "measured"}'),
        ("points = 5.7", "points = -1"),
        ("fixed_on = 2026-11-22", "fixed_on = 2026-13-22"),
        ("[retrain.benchmarks]", "[retrain.others]"),
        ("[retrain.benchmarks]", "[retrain.benchmarks]\n[retrain.noise.gqa]\nchanged = 0.1"),
        ("[retrain.benchmarks]", "[retrain.benchmarks]\n[retrain.overall]\npoints = 1"),
    ],
)
def test_a_policy_that_says_anything_else_is_refused(tmp_path, old, new):
    path = tmp_path / "policy.toml"
    path.write_text(KEPT.read_text().replace(old, new))
    with pytest.raises(InvalidEvidence, match="policy"):
        read(path)


@pytest.mark.parametrize(
    "odd",
    [
        {"changed": True},
        {"changed": "0.1"},
        {"flipped": -0.1},
        {"flipped": 1.1},
        {"spread": 0.5},
        {"freedom": 3},
        {"spread": 0.0, "freedom": 3},
        {"spread": 1e300, "freedom": 3},
        {"spread": 0.5, "freedom": True},
        {"spread": 0.5, "freedom": 2.5},
        {"spread": 0.5, "freedom": 10**30},
        {"measured_on": 0},
        {"evidence": "\n"},
    ],
)
def test_noise_that_nobody_can_have_measured_is_refused(odd):
    fine = {"changed": 0.1, "flipped": 0.05, "measured_on": "2026-11-22", "evidence": "measured"}
    Noise.model_validate(fine)
    Noise.model_validate(fine | {"spread": 0.5, "freedom": 3})
    with pytest.raises(ValidationError):
        Noise.model_validate(fine | odd)


def test_a_margin_without_evidence_is_refused():
    with pytest.raises(ValidationError):
        Margin(points=1, evidence=" \n")


def test_an_absent_policy_judges_nothing(tmp_path):
    with pytest.raises(InvalidEvidence, match="absent"):
        read(tmp_path / "policy.toml")


def test_a_policy_younger_than_the_run_is_refused():
    found = read(KEPT)
    before = datetime(2026, 11, 21, 23, 59, tzinfo=UTC)
    with pytest.raises(InvalidEvidence, match="fixed on 2026-11-22, after the run of 2026-11-21"):
        demand_older(found, before)
    demand_older(found, before + timedelta(minutes=1))
    demand_older(found, None)
    with pytest.raises(InvalidEvidence):
        demand_older(found, datetime(2026, 11, 22, 1, tzinfo=timezone(timedelta(hours=2))))


def test_a_policy_that_names_its_moment_judges_no_earlier_run_of_the_same_day():
    moment = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    found = Policy.model_validate({**read(KEPT).plain(), "fixed_on": moment.isoformat()})
    with pytest.raises(InvalidEvidence, match="after the run of 2026-11-22 03:59 UTC"):
        demand_older(found, moment - timedelta(minutes=1))
    demand_older(found, moment)
    with pytest.raises(ValidationError):
        Policy.model_validate({**read(KEPT).plain(), "fixed_on": "2026-11-22T04:00:00"})
