"""The order of samples is a function of seed, stage and step, and of nothing else."""

from itertools import islice

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from harness.data.conversation import read_conversations
from harness.data.loader import serve
from harness.data.order import batches, generator, shuffled
from harness.data.sources import read

seeds = st.integers(0, 2**31)


@given(seeds, st.text(max_size=5), st.integers(1, 40))
def test_every_epoch_shows_every_sample_once(seed, name, count):
    stream = shuffled(count, seed, name)
    for _ in range(3):
        assert sorted(islice(stream, count)) == list(range(count))


@given(seeds, st.integers(1, 30), st.integers(1, 8))
def test_a_plan_is_a_function_of_its_key(seed, steps, size):
    plan, again = (list(batches([7, 5], [1.0, 1.0], steps, size, seed, "tune")) for _ in range(2))
    assert plan == again
    assert [len(indices) for _, indices in plan] == [size] * steps
    assert all(0 <= index < (7, 5)[source] for source, indices in plan for index in indices)


@given(seeds)
def test_keys_are_told_apart_part_by_part(seed):
    draws = {generator(*key).integers(2**62) for key in [(seed, 1), (f"{seed}1",), (seed, "1", ""), ("", seed, 1)]}
    assert len(draws) == 4


@given(seeds)
def test_a_source_is_drawn_by_its_weight(seed):
    chosen = [source for source, _ in batches([50, 50], [3.0, 1.0], 400, 1, seed)]
    assert 230 < chosen.count(0) < 370
    assert {source for source, _ in batches([5, 5], [1.0, 1e-12], 50, 1, seed)} == {0}


def served(miniature, seed: int, workers: int, first_step: int = 0, micro_batch: int = 4) -> list:
    recipe, stage = miniature.recipe, miniature.recipe.stages[1]
    sources = [read(source, miniature.data, read_conversations) for source in stage.sources]
    return list(
        serve(
            sources,
            stage,
            recipe.canvas,
            miniature.speech(),
            recipe.fusion.grid**2,
            recipe.language.max_length,
            seed,
            micro_batch,
            workers,
            first_step,
        )
    )


def alike(one, other) -> bool:
    names = ("canvas", "tokens", "positions", "segments", "labels")
    return one.picture == other.picture and all(torch.equal(getattr(one, name), getattr(other, name)) for name in names)


def test_batches_do_not_depend_on_the_number_of_workers(miniature):
    alone, together = served(miniature, 3, 0), served(miniature, 3, 2)
    assert len(alone) == len(together) == 8
    assert all(map(alike, alone, together))


def test_batches_are_a_function_of_the_seed(miniature):
    first, again, other = served(miniature, 3, 0), served(miniature, 3, 0), served(miniature, 4, 0)
    assert all(map(alike, first, again))
    assert not any(map(alike, first, other))


@pytest.mark.parametrize("step", [1, 3, 4])
def test_a_resumed_stage_is_served_what_was_left(miniature, step):
    whole, rest = served(miniature, 3, 0), served(miniature, 3, 0, first_step=step)
    assert len(rest) == 2 * (4 - step)
    assert all(map(alike, whole[2 * step :], rest))


def test_micro_batches_divide_a_step_and_change_no_sample(miniature):
    halves, whole = served(miniature, 3, 0, micro_batch=4), served(miniature, 3, 0, micro_batch=8)
    for number, step in enumerate(whole):
        both = torch.cat([half.canvas for half in halves[2 * number : 2 * number + 2]])
        assert torch.equal(both, step.canvas)
