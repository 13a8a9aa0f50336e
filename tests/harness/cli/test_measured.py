"""The reference becomes a lattice with its operators apart, on 0-100, of one recipe."""

import json
from hashlib import sha256
from types import SimpleNamespace

import pytest

from harness.cli import measured
from harness.cli.measured import Asked, of_reference
from harness.config.compose import compose
from harness.errors import UsageError
from harness.schema.subset import EMPTY, Subset
from tests.harness.report.test_entries import score

FULL = "clip+sam"


def of(kept: str, value: float, mask: str | None = None, benchmark: str = "mme"):
    one = score(benchmark)
    names = {"trained": Subset.model_validate(FULL), "kept": Subset.model_validate(kept) if kept else EMPTY}
    return one.model_copy(update={"entry": one.entry.model_copy(update={**names, "mask": mask}), "value": value})


def reference(*scores):
    return SimpleNamespace(scores=dict(enumerate(scores)))


def test_scores_are_brought_to_a_hundred_and_operators_stand_apart():
    views = [of(FULL, 1000.0), of("clip", 600.0), of("clip", 800.0, "mean"), of("", 200.0, "blind"), of("", 100.0)]
    lattice = of_reference(reference(*views))
    assert lattice.scores["masked"][0, :, 0].tolist()[:2] == [5.0, 30.0]
    assert lattice.scores["retrained"][0, -1, 0] == 50.0
    assert lattice.others["mean"].scores["masked"][0, 1, 0] == 40.0
    assert lattice.others["blind"].scores["masked"][0, 0, 0] == 10.0


def test_a_lattice_is_of_one_recipe():
    other = of(FULL, 1.0)
    other = other.model_copy(update={"entry": other.entry.model_copy(update={"recipe": "another"})})
    with pytest.raises(UsageError, match="of one recipe"):
        of_reference(reference(of(FULL, 1.0), other))


def test_readouts_beside_the_reference_are_believed_of_the_weights_that_its_recipe_pins(tmp_path, monkeypatch):
    """They are found by themselves; beside anybody's table they are not."""
    path, recipe = tmp_path / "readouts.csv", compose(["recipe=tiny"]).recipe
    path.write_text("subset,readout\nclip,0.1\nsam,0.2\nclip+sam,0.3\n")
    stored = reference(of(FULL, 1000.0), of("clip", 600.0))
    monkeypatch.setattr(measured.Reference, "load", lambda folder: stored)
    for name in ("RANKS", "ATTENTION"):
        monkeypatch.setattr(measured, name, tmp_path / "absent")
    monkeypatch.setattr(measured, "READOUTS", path)
    weights = measured.pinned(recipe, ("clip", "sam"))
    assert list(weights) == ["encoder clip", "encoder sam", "language model"]
    for changed, number in (({}, 3), ({"encoder sam": "0" * 64}, 0), ({"encoder eva02": "0" * 64}, 3)):
        record = {"sha256": sha256(path.read_bytes()).hexdigest(), "weights": {**weights, **changed}}
        path.with_suffix(".json").write_text(json.dumps(record))
        found = measured.measured(Asked(replicates=100))
        assert len(found["readout"]) == number
        assert any("of other weights" in problem for problem in found["problems"]) == (number == 0)
    table = tmp_path / "t.csv"
    table.write_text("trained,benchmark,score\nclip,gqa,40\nsam,gqa,41\nclip+sam,gqa,42\n")
    assert not measured.measured(Asked(table, replicates=100))["readout"]
    assert len(measured.measured(Asked(table, replicates=100, readouts=path))["readout"]) == 3


@pytest.mark.parametrize("replicates", [99, 100_001])
def test_replicates_out_of_range_are_wrong_use(replicates):
    with pytest.raises(UsageError, match="--replicates takes"):
        measured.measured(Asked(replicates=replicates))
