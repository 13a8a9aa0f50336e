"""What is kept of each kind is the mean over what was seen of it, however it was spread over steps and processes."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from harness.data.batch import IGNORED, Batch
from harness.train.kinds import WINDOW, Kinds, add_answers, by_kind, in_windows

values = st.lists(st.floats(-10, 10), max_size=5)


@given(st.lists(st.tuples(st.sampled_from("ab"), values), max_size=6), st.integers(0, 6))
def test_processes_together_keep_what_one_would(told, cut):
    whole, first, second = (Kinds({}, "tune", 2) for _ in range(3))
    for place, (kind, said) in enumerate(told):
        for one in (whole, first if place < cut else second):
            one.add(kind, torch.tensor(said))
    heard = [first.sums(), second.sums()]
    for one in (first, whole):
        one.pool(heard)
        one.close(0)
    assert by_kind(first.kept).keys() == by_kind(whole.kept).keys()
    for name, curve in by_kind(first.kept).items():
        said = [value for kind, values in told if name == f"tune/{kind}" for value in values]
        assert curve == pytest.approx([sum(said) / len(said)], abs=1e-5)


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=3 * WINDOW))
def test_windows_hold_every_step_once(curve):
    points = in_windows(torch.tensor(curve, dtype=torch.float64))
    ends = [step for step, _ in points]
    assert ends[-1] == len(curve)
    assert all(end % WINDOW == 0 for end in ends[:-1])
    sizes = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    assert sum(size * mean for size, (_, mean) in zip(sizes, points, strict=True)) == pytest.approx(sum(curve))


def test_an_answer_is_right_only_as_a_whole_and_counts_once_for_its_kind():
    """Three turns in two conversations: two tokens of which one is wrong, one right, and three that are all right."""
    labels = torch.tensor([[IGNORED, 5, 6, IGNORED, 7, IGNORED], [IGNORED, IGNORED, 1, 2, 3, IGNORED]])
    batch = Batch(torch.empty(0), labels, labels, labels, labels, (0, 0), tags=("colour", "count", "colour"))
    losses, marks = Kinds({}, "tune", 1), Kinds({}, "tune", 1)
    right = torch.tensor([True, False, True, True, True, True])
    add_answers(torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), right, batch, losses, marks)
    assert losses.sums() == {"colour": (1.0 + 2 + 4 + 5 + 6, 5), "count": (3.0, 1)}
    assert marks.sums() == {"colour": (1.0, 2), "count": (1.0, 1)}


def test_turns_without_a_tag_are_left_out():
    labels = torch.tensor([[IGNORED, 5, IGNORED, 6]])
    batch = Batch(torch.empty(0), labels, labels, labels, labels, (0, 0), tags=("", "count"))
    losses, marks = Kinds({}, "tune", 1), Kinds({}, "tune", 1)
    add_answers(torch.tensor([1.0, 2.0]), torch.tensor([True, False]), batch, losses, marks)
    assert (losses.sums(), marks.sums()) == ({"count": (2.0, 1)}, {"count": (0.0, 1)})
