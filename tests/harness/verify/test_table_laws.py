"""No table breaks the laws that hold for one entry: order, mirror, growth and margins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.verify.verify import Examined
from harness.verify.whole_table import TableVerdict, judge_table
from tests.harness.verify.changes import changed
from tests.simulation.tables import cells, examined, policy

ORDER = {"MATCH": 0, "DRIFT": 1, "INCONCLUSIVE": 1, "MISMATCH": 2}
MODELS = ("clip", "sam", "clip+sam", "clip+convnext")
ENTRIES = [one for one in cells(False) if one.trained.slug in MODELS and one.benchmark in ("gqa", "chartqa", "docvqa")]
LAW = settings(max_examples=60, deadline=None)
MARGIN = st.floats(0.2, 30)
REGIMES = st.sampled_from(["repredict", "retrain"])


@st.composite
def tables(draw):
    """Draw what marks changed in each entry: 60 images of 2 answers, whole or graded, leaning one way or not."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    share, lean = draw(st.sampled_from([0.0, 0.02, 0.2])), draw(st.sampled_from([0.5, 0.7, 1.0]))
    steps = draw(st.sampled_from([1, 5]))
    shape = (len(ENTRIES), 60, 2)
    size = rng.integers(1, steps + 1, shape) / steps
    signs = np.where(rng.random(shape) < lean, -1, 1)
    return np.where(rng.random(shape) < share, size * signs / 2, 0.0)


def rows(table, margin) -> list[Examined]:
    return [examined(entry, changed(change), margin) for entry, change in zip(ENTRIES, table, strict=True)]


def judged(table, margin, regime, scale=1.0) -> TableVerdict:
    return judge_table(rows(table, margin), regime, policy(margin, margin * scale, margin * scale))


@LAW
@given(tables(), MARGIN, REGIMES, st.randoms())
def test_the_order_of_entries_is_irrelevant(table, margin, regime, chance):
    entries = rows(table, margin)
    one, other = (judge_table(some, regime, policy(margin)) for some in (entries, chance.sample(entries, len(entries))))
    assert one.outcome == other.outcome
    assert {v.entry.slug: v.outcome for v in one.entries} == {v.entry.slug: v.outcome for v in other.entries}
    assert [f.contrast.p_value for f in one.findings] == pytest.approx([f.contrast.p_value for f in other.findings])


@LAW
@given(tables(), MARGIN, REGIMES)
def test_swapping_stored_and_re_run_mirrors(table, margin, regime):
    one, other = judged(table, margin, regime), judged(-table, margin, regime)
    assert one.outcome == other.outcome
    assert [v.outcome for v in one.entries] == [v.outcome for v in other.entries]
    assert [f.outcome for f in one.findings] == [f.outcome for f in other.findings]
    assert [f.contrast.difference for f in one.findings] == pytest.approx(
        [-f.contrast.difference for f in other.findings], abs=1e-9
    )


@LAW
@given(tables(), MARGIN, REGIMES)
def test_the_same_changes_twice_as_large_are_never_judged_more_kindly(table, margin, regime):
    one, other = judged(table, margin, regime), judged(2 * table, margin, regime)
    assert ORDER[other.outcome] >= ORDER[one.outcome]
    for small, large in zip(one.entries, other.entries, strict=True):
        assert ORDER[large.outcome] >= ORDER[small.outcome]


@LAW
@given(tables(), MARGIN, MARGIN, REGIMES)
def test_wider_margins_never_make_a_table_worse(table, one, other, regime):
    narrow, wide = (judged(table, margin, regime) for margin in sorted((one, other)))
    assert ORDER[wide.outcome] <= ORDER[narrow.outcome]
    for tight, loose in zip(narrow.entries + narrow.findings, wide.entries + wide.findings, strict=True):
        assert ORDER[loose.outcome] <= ORDER[tight.outcome]
        assert tight.outcome != "MATCH" or loose.outcome == "MATCH"
