"""A workplace of another seed is the same place: what was opened and loaded is opened and loaded once."""

import pytest

from benchmarks.table import find
from harness.config.compose import compose
from harness.config.places import POLICY
from harness.record.reference import Reference
from harness.run import crew, reproduce
from harness.run.reproduce import Workplace
from harness.run.story import Silence
from harness.schema.subset import Subset
from harness.schema.view import View
from harness.verify import policy as policies
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


@pytest.mark.parametrize(("rung", "entries", "processes"), [("rescore", 4, 2), ("rescore", 5, 1), ("repredict", 4, 1)])
def test_entries_are_judged_in_their_order_a_large_table_on_every_processor(
    place, monkeypatch, rung, entries, processes
):
    used, shared = [], crew.shared
    monkeypatch.setattr(reproduce, "LARGE", entries)
    monkeypatch.setattr(crew, "hands", lambda: 2)
    monkeypatch.setattr(crew, "shared", lambda jobs, work, many: used.append(many) or shared(jobs, work, many))
    monkeypatch.setattr(Workplace, "_judge", lambda place, asked, *rest: asked[0].slug)
    clip, sam = (Subset.parse(name, place.study.recipe.pool) for name in ("clip", "sam"))
    asked = [one for trained in (clip, sam) for one in place.views(trained, [View(trained)], [CHARTQA, find("gqa")])]
    judged = place._judged(asked, [None] * 4, rung, policies.read(POLICY), Reference(place.store.folder, [], []))
    assert judged == [entry.slug for entry, _ in asked]
    assert used == [processes]
