"""A workplace of another seed is the same place: what was opened and loaded is opened and loaded once."""

import pytest

from harness.config.compose import compose
from harness.record.reference import Reference
from harness.run.reproduce import Workplace
from harness.run.story import Silence
from harness.schema.subset import Subset
from harness.schema.view import View
from tests.benchmarks.small_mirror import CHARTQA
from tests.harness.run.grids import Ground


@pytest.fixture
def place(tmp_path):
    ground = Ground(tmp_path)
    return Workplace(compose(ground.overrides), ground.store, Silence())


def test_another_seed_names_other_entries_from_the_same_place(place):
    there = place.at(7)
    assert (place.study.seed, there.study.seed, there.local.study.seed) == (0, 7, 7)
    clip = Subset.parse("clip", place.study.recipe.pool)
    (entry, _), (other, _) = (one.views(clip, [View(clip)], [CHARTQA])[0] for one in (place, there))
    assert (entry.seed, other.seed) == (0, 7)
    assert entry.training != other.training
    assert there.store is place.store
    assert there.local.questions is place.local.questions


def test_the_reference_that_was_opened_serves_every_seed(place, monkeypatch):
    opened = []
    monkeypatch.setattr(Reference, "load", lambda folder: opened.append(folder) or Reference(folder, [], []))
    assert place.reference is place.at(1).reference is place.at(2).reference
    assert len(opened) == 1
