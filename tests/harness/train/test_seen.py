"""What a training saw is written down once, whatever happened on the way."""

import pytest

from harness.errors import InvalidEvidence
from harness.run.train_task import FIRST, first_losses
from harness.train.seen import Seen


def test_a_run_that_goes_on_forgets_what_came_after_its_snapshot(tmp_path):
    first = Seen(tmp_path, "align", 2, 0)
    first.add(["a", "b"])
    first.flush()
    first.add(["c", "d"])
    again = Seen(tmp_path, "align", 2, 1)
    again.add(["e", "f"])
    assert again.path.read_text() == "a\nb\ne\nf\n"


def test_a_snapshot_without_what_was_seen_is_refused(tmp_path):
    with pytest.raises(InvalidEvidence, match="names 0 samples where the snapshot stands behind 6"):
        Seen(tmp_path, "align", 2, 3)


def test_an_id_is_one_line(tmp_path):
    seen = Seen(tmp_path, "align", 1, 0)
    seen.add(["a\nb"])
    assert seen.path.read_text() == "'a\\nb'\n"


def test_the_first_losses_are_those_of_the_first_stage():
    named = first_losses({"align": [1.0 / (step + 1) for step in range(20)], "tune": [9.0]})
    assert list(named) == [f"first_loss/align/{step:02d}" for step in range(1, FIRST + 1)]
    assert named["first_loss/align/03"] == 1 / 3
