"""The reference becomes a lattice with its operators apart, on 0-100, of one recipe."""

from types import SimpleNamespace

import pytest

from harness.cli import measured
from harness.cli.measured import Asked, of_reference
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


@pytest.mark.parametrize("replicates", [99, 100_001])
def test_replicates_out_of_range_are_wrong_use(replicates):
    with pytest.raises(UsageError, match="--replicates takes"):
        measured.measured(Asked(replicates=replicates))
