"""A table is judged as a whole: honest ones are left alone, systematic faults are found where they are."""

import gc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from harness.verify.compare import Statistical
from harness.verify.near_ties import Flips
from harness.verify.verify import Examined
from harness.verify.whole_table import holm, judge_table
from tests.harness.nouns import digest, header
from tests.simulation.tables import policy, table

ROOMY = policy(9.0, 9.0, 9.0)


@pytest.fixture(scope="module")
def frozen():
    """Spare statsmodels, which searches all memory for cycles at each call, what other tests loaded."""
    gc.freeze()
    yield
    gc.unfreeze()


@settings(max_examples=100)
@given(p_values=st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_agrees_with_statsmodels(frozen, p_values):
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])


def drawn(fault=lambda trained, kept, name: 0.0, seed=0, masked=False, rate=0.03):
    return table(np.random.default_rng(seed), rate, fault, masked)


def outcomes(found, family) -> dict[str, Statistical]:
    return {one.contrast.name: one.outcome for one in found.findings if one.contrast.family == family}


def test_an_honest_table_is_never_called_broken():
    found = judge_table(drawn(), "repredict", policy())
    assert found.outcome == "INCONCLUSIVE"
    assert {one.outcome for one in found.findings} <= {"MATCH", "INCONCLUSIVE"}
    assert 0.3 < found.passed < 0.9
    assert "entries are shown to lie inside their margins" in found.why


def test_a_table_matches_only_when_every_entry_does():
    quiet = drawn(rate=0.001)
    wide = [Examined(one.verdict.model_copy(update={"outcome": "MATCH"}), one.moved) for one in quiet]
    found = judge_table(wide, "repredict", ROOMY)
    assert (found.outcome, found.passed) == ("MATCH", 1.0)
    one_bad = [Examined(wide[0].verdict.model_copy(update={"outcome": "INVALID"})), *wide[1:]]
    assert judge_table(one_bad, "repredict", ROOMY).outcome == "INVALID"
    assert judge_table([], "repredict", ROOMY).outcome == "INVALID"


@pytest.mark.parametrize(
    ("fault", "family", "name"),
    [
        (lambda trained, kept, name: -1.0 * (trained.slug == "clip+sam"), "models", "clip+sam s0"),
        (lambda trained, kept, name: -1.0 * (name == "mathvista"), "benchmarks", "mathvista"),
        (lambda trained, kept, name: -0.5 * ("sam" in kept), "encoders", "sam"),
        (lambda trained, kept, name: -0.3, "everything", "all entries"),
    ],
)
def test_a_systematic_shift_is_found_where_it_is(fault, family, name):
    found = judge_table(drawn(fault), "repredict", policy(mean=0.2, category=0.2))
    assert outcomes(found, family)[name] in ("DRIFT", "MISMATCH")
    assert found.outcome == "MISMATCH"
    if family != "everything":
        assert sum(one in ("DRIFT", "MISMATCH") for one in outcomes(found, family).values()) < 4


def test_a_shift_below_the_margin_of_means_is_a_drift():
    found = judge_table(drawn(lambda trained, kept, name: -0.2, rate=0.01), "repredict", ROOMY)
    assert outcomes(found, "everything") == {"all entries": "DRIFT"}


def test_what_no_margin_is_promised_for_is_never_small():
    bare = policy()
    bare = bare.model_copy(update={"repredict": bare.repredict.model_copy(update={"category": None, "mean": None})})
    found = judge_table(drawn(), "repredict", bare)
    assert set(outcomes(found, "categories").values()) == {"INCONCLUSIVE"}


def test_in_a_table_one_small_p_value_is_no_surprise():
    entries = drawn()
    alone = [one for one in entries if one.verdict.outcome in ("DRIFT", "MISMATCH")]
    together = judge_table(entries, "repredict", policy())
    assert alone
    again = {one.entry.slug: one for one in together.entries}
    assert {again[one.verdict.entry.slug].outcome for one in alone} <= {"MATCH", "INCONCLUSIVE"}
    assert all("no surprise" in again[one.verdict.entry.slug].why for one in alone)
    drift = next(one for one in alone if one.verdict.outcome == "DRIFT")
    caused = Examined(drift.verdict, drift.moved, Flips(near=0, far=9, unknown=0))
    kept = judge_table([caused, *entries[:20]], "repredict", policy()).entries[0]
    assert kept.outcome == "DRIFT"


def test_retrained_entries_count_as_one_unit_a_training():
    rng = np.random.default_rng(1)
    luck = {}

    def seeds(trained, kept, name):
        return luck.setdefault(trained.slug, rng.normal(0, 0.5))

    honest = judge_table(drawn(seeds), "retrain", policy())
    assert {one.outcome for one in honest.findings} <= {"MATCH", "INCONCLUSIVE"}
    broken = judge_table(drawn(lambda *one: seeds(*one) - 2.0), "retrain", policy())
    assert outcomes(broken, "everything") == {"all entries": "MISMATCH"}
    odd = judge_table(drawn(lambda *one: seeds(*one) - 4.0 * (one[0].slug == "clip")), "retrain", policy())
    assert outcomes(odd, "models")["clip s0"] == "MISMATCH"


def test_the_order_of_entries_is_irrelevant():
    entries = drawn(masked=False)[:96]
    one, other = judge_table(entries, "repredict", policy()), judge_table(entries[::-1], "repredict", policy())
    assert one.outcome == other.outcome
    assert {v.entry.slug: v.outcome for v in one.entries} == {v.entry.slug: v.outcome for v in other.entries}
    assert [f.contrast.p_value for f in one.findings] == pytest.approx([f.contrast.p_value for f in other.findings])


def test_models_that_cannot_be_told_apart_make_the_table_invalid():
    entries = drawn()[:40]
    twins = [replace(one, heard=(header(3, one.verdict.entry, weights=digest("one")), None)) for one in entries]
    found = judge_table(twins, "repredict", policy())
    assert found.outcome == "INVALID"
    assert "different trainings with the same weights" in found.why
