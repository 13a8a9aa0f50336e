"""Why a step would run again: the field that differs, by its name and both values."""

import sys

import pytest

from benchmarks.table import find
from harness.config.compose import compose
from harness.run.jobs import lay_out
from harness.run.why import Reason, explain
from harness.schema.subset import Subset
from tests.harness.run.grids import Ground
from tests.harness.run.standing_in import ORDERS, ROOT


@pytest.fixture
def ground(tmp_path, monkeypatch) -> Ground:
    """Lay out a grid in which one subset is trained and answered."""
    ground = Ground(tmp_path)
    monkeypatch.setattr(sys, "executable", str(ground.program))
    monkeypatch.setenv(ORDERS, str(tmp_path / "orders"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    ground.sweep(["clip"])
    return ground


def reasons(ground: Ground, *overrides: str, subset: str = "clip") -> list[Reason]:
    place = ground.place(*overrides)
    (job,) = lay_out(place.study, [Subset.parse(subset, place.study.recipe.pool)], "none")
    return explain(place.local, job.training, job.views, [find("chartqa")])


def test_what_is_done_would_not_run_again(ground):
    assert [one.state for one in reasons(ground)] == ["done", "done", "done"]


def test_a_changed_recipe_is_named_by_its_field_with_both_values(ground):
    steps = compose().recipe.stages[1].steps
    (one,) = reasons(ground, "recipe.stages.1.steps=301")
    assert [(it.field, it.asked, it.done) for it in one.differences] == [("recipe.stages.1.steps", "301", str(steps))]
    assert one.note.endswith("differs in stage tune")


def test_another_subset_names_subset_and_encoders(ground):
    (one,) = reasons(ground, subset="sam")
    fields = {it.field for it in one.differences}
    assert "trained" in fields
    assert any(field.startswith("encoders.0.") for field in fields)


def test_another_decoding_leaves_the_training_done_and_names_what_differs(ground):
    trained, answered = reasons(ground, "decoding.max_new_tokens=9")
    assert (trained.state, answered.state) == ("done", "to do")
    assert [(it.field, it.asked, it.done) for it in answered.differences] == [("decoding.max_new_tokens", "9", "16")]


def test_an_empty_store_has_no_nearest_step(ground):
    (one,) = reasons(ground.afresh())
    assert (one.nearest, one.differences) == (None, ())
    assert "no train step is done" in one.note


def test_damage_is_told_from_absence(ground):
    place = ground.place()
    (record,) = [one for one in place.store.records() if one.kind == "train"]
    path = place.store.path(record, "tower.safetensors")
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1])
    assert reasons(ground)[0].state == "damaged"
