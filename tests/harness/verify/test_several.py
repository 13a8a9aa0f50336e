"""Several seeds a side, declared slices and claims over two models: the same laws as for two runs."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.verify.compare import judge_runs
from harness.verify.replicates import Spread, replicated
from harness.verify.several import claim, seeds, slice_of

ORDER = {"MATCH": 0, "DRIFT": 1, "INCONCLUSIVE": 1, "MISMATCH": 2}
RUNS = st.lists(st.floats(40, 60), min_size=2, max_size=6, unique=True)
MARGINS = st.floats(0.05, 30)
SPREADS = st.sampled_from([None, Spread(0.7, 10), Spread(2.0, 3)])


def file(path, marks):
    path.write_text("".join(json.dumps({"id": f"q{i}", "mark": float(mark)}) + "\n" for i, mark in enumerate(marks)))
    return path


def flipped(rng, base, rate):
    return np.where(rng.random(len(base)) < rate, 1 - base, base)


def outcome(old, new, margin, spread):
    return judge_runs(replicated(old, new, 0.9, spread), margin).outcome


@settings(max_examples=60)
@given(RUNS, RUNS, MARGINS, SPREADS, st.randoms())
def test_the_order_of_runs_is_irrelevant_and_swapping_mirrors(old, new, margin, spread, chance):
    found = replicated(old, new, 0.9, spread)
    shuffled = [chance.sample(side, len(side)) for side in (old, new)]
    assert replicated(*shuffled, 0.9, spread).interval.low == pytest.approx(found.interval.low, abs=1e-9)
    mirror = replicated(new, old, 0.9, spread)
    assert (mirror.interval.low, mirror.interval.high) == pytest.approx((-found.interval.high, -found.interval.low))
    assert mirror.p_value == pytest.approx(found.p_value)
    assert outcome(old, new, margin, spread) == outcome(new, old, margin, spread)


@settings(max_examples=60)
@given(RUNS, RUNS, MARGINS, MARGINS, SPREADS)
def test_widening_the_margin_never_makes_it_worse(old, new, one, other, spread):
    narrow, wide = (outcome(old, new, margin, spread) for margin in sorted((one, other)))
    assert ORDER[wide] <= ORDER[narrow]
    assert narrow != "MATCH" or wide == "MATCH"


@settings(max_examples=60)
@given(RUNS, RUNS, MARGINS, SPREADS, st.floats(0, 20))
def test_a_growing_difference_never_makes_it_better(old, new, margin, spread, growth):
    away = growth if np.mean(new) >= np.mean(old) else -growth
    before, after = outcome(old, new, margin, spread), outcome(old, [run + away for run in new], margin, spread)
    assert ORDER[after] >= ORDER[before]


def test_seeds_are_compared_by_their_scores_and_not_by_their_answers(tmp_path):
    rng = np.random.default_rng(0)
    base = (rng.random(2000) < 0.6).astype(float)
    paths = [file(tmp_path / f"s{run}", flipped(rng, base, 0.15)) for run in range(6)]
    found = seeds(paths[:3], paths[3:], 4.0)
    assert (found.verdict, found.setting, found.test.name) == ("MATCH", "R4", "Welch t")
    assert found.difference == pytest.approx(np.mean(found.runs.rerun) - np.mean(found.runs.stored))
    alone = seeds(paths[:1], paths[3:4], 4.0, Spread(0.8, 62))
    assert (alone.verdict, alone.test.name) == ("MATCH", "t, pooled spread")
    assert alone.interval.high - alone.interval.low == pytest.approx(2 * 1.6698 * 0.8 * 2**0.5, rel=1e-3)
    unknown = seeds(paths[:1], paths[3:4], 4.0)
    assert unknown.verdict == "INVALID"
    assert "repeat both" in unknown.why


def test_a_seed_with_other_samples_is_refused(tmp_path):
    paths = [file(tmp_path / f"s{run}", np.ones(100 - (run == 3))) for run in range(4)]
    assert seeds(paths[:2], paths[2:], 1.0).verdict == "INVALID"


def test_too_few_seeds_say_how_many_are_needed(tmp_path):
    rng = np.random.default_rng(1)
    base = (rng.random(500) < 0.6).astype(float)
    paths = [file(tmp_path / f"s{run}", flipped(rng, base, 0.1)) for run in range(4)]
    found = seeds(paths[:2], paths[2:], 0.5)
    assert found.verdict == "INCONCLUSIVE"
    assert found.needed > 2


def test_a_slice_is_judged_on_the_declared_samples_alone(tmp_path):
    marks = np.ones(1000)
    stored, ids = file(tmp_path / "all", marks), tmp_path / "ids"
    ids.write_text("".join(f"q{index}\n" for index in range(600)))
    found = slice_of(stored, file(tmp_path / "part", marks[:600]), ids, 1.0)
    assert (found.verdict, found.setting, found.n) == ("MATCH", "R5", 600)
    assert "on the slice of 600 of 1,000 samples" in found.why
    for other in (marks[:599], marks[:601], marks):
        assert slice_of(stored, file(tmp_path / "part", other), ids, 1.0).verdict == "INVALID"
    ids.write_text("q1\nq1\n")
    assert "one twice" in slice_of(stored, stored, ids, 1.0).why
    ids.write_text("q1\nr1\n")
    assert "'r1'" in slice_of(stored, stored, ids, 1.0).why


@pytest.mark.parametrize(
    ("lead", "again", "word", "verdict"),
    [(0.1, 0.1, "kept", "MATCH"), (0.1, 0.0, "not shown", "MISMATCH"), (0.1, -0.1, "reversed", "MISMATCH")],
)
def test_a_claim_is_kept_reversed_or_not_shown(tmp_path, lead, again, word, verdict):
    rng = np.random.default_rng(2)
    base = (np.arange(4000) % 10 < 6).astype(float)

    def model(name, gap):
        made = base.copy()
        made[np.flatnonzero(base == (gap > 0))[: round(abs(gap) * 4000)]] = gap < 0
        return file(tmp_path / name, flipped(rng, made, 0.01))

    first, second = file(tmp_path / "a", base), model("b", lead)
    found = claim([first, second], [file(tmp_path / "c", base), model("d", again)], 3.0)
    assert (found.setting, found.claim.word, found.verdict) == ("R6", word, verdict)
    assert found.stored == pytest.approx(100 * lead, abs=1)


def test_a_lead_that_the_re_run_does_not_show_is_never_a_match(tmp_path):
    rng = np.random.default_rng(3)
    base = (rng.random(4000) < 0.6).astype(float)
    paths = [file(tmp_path / f"m{one}", flipped(rng, base, 0.01)) for one in range(4)]
    found = claim(paths[:2], paths[2:], 3.0)
    assert found.claim.word == "not shown"
    assert found.verdict in ("INCONCLUSIVE", "MISMATCH")


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.5, 10), st.floats(0.5, 10))
def test_a_claims_margin_and_the_order_of_its_lines_obey_the_same_laws(tmp_path_factory, seed, one, other):
    folder, rng = tmp_path_factory.mktemp("claim"), np.random.default_rng(seed)
    base = (rng.random(300) < 0.6).astype(float)
    weak = base * (rng.random(300) > 0.15)
    paths = [
        file(folder / name, flipped(rng, marks, 0.02)) for name, marks in zip("abcd", [base, weak] * 2, strict=True)
    ]
    narrow, wide = (claim(paths[:2], paths[2:], margin) for margin in sorted((one, other)))
    assert ORDER[wide.verdict] <= ORDER[narrow.verdict]
    lines = paths[2].read_text().splitlines(keepends=True)
    paths[2].write_text("".join(lines[at] for at in rng.permutation(len(lines))))
    assert claim(paths[:2], paths[2:], max(one, other)) == wide


@pytest.mark.parametrize("count", [1, 3])
def test_a_claim_needs_two_models_a_side(tmp_path, count):
    paths = [file(tmp_path / "a", np.ones(50))] * count
    assert claim(paths, paths, 1.0).verdict == "INVALID"
