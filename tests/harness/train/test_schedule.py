"""The learning rate is a pure function of the step."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.schema.recipe import DataSource, Stage
from harness.train.schedule import cosine, scale

SOURCE = DataSource(name="m", location="mini", file="m.json", revision="1", manifest="0" * 64, weight=1.0)
stages = st.builds(
    Stage,
    name=st.just("tune"),
    sources=st.just((SOURCE,)),
    rates=st.just({"projector": 1e-3}),
    steps=st.integers(1, 400),
    global_batch=st.just(8),
    turns=st.just("independent"),
    max_turns=st.just(1),
    schedule=st.sampled_from(["cosine", "constant"]),
    warmup=st.floats(0, 0.99),
    weight_decay=st.just(0.0),
    clip=st.just(1.0),
    precision=st.just("float32"),
)


@given(stages)
def test_the_factor_stays_between_nothing_and_the_peak(stage):
    factors = [scale(stage, step) for step in range(stage.steps)]
    assert all(0 < factor <= 1 for factor in factors)


@given(stages)
def test_the_rate_rises_in_equal_steps_and_then_never_again(stage):
    factors = [scale(stage, step) for step in range(stage.steps)]
    top = factors.index(max(factors))
    rises = [after - before for before, after in pairwise(factors[: top + 1])]
    assert rises == pytest.approx([rises[0]] * len(rises) if rises else [])
    assert all(after <= before for before, after in pairwise(factors[top:]))


@given(stages)
def test_a_constant_schedule_ends_at_the_peak_and_a_cosine_falls_to_nothing(stage):
    last = scale(stage, stage.steps - 1)
    assert stage.schedule == "cosine" or last == 1 or stage.warmup > 0.5
    assert cosine(stage.steps, stage.steps, 0) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("step", "factor"), [(0, 0.25), (3, 1.0), (4, 1.0), (8, 0.5), (12, 0.0)])
def test_a_cosine_of_twelve_steps_after_four_of_warmup_is_known_by_hand(step, factor):
    assert cosine(step, 12, 4) == pytest.approx(factor)
