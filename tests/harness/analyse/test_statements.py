"""The paper's statements asked of planted lattices, where the answers are known."""

import numpy as np
import pytest

from harness.analyse.lattice import build
from harness.analyse.statements import statements
from harness.analyse.summary import summarise
from tests.harness.analyse.planted import additive, cells, synergy, twins

ORDER = ("alone", "left out", "most necessary", "two highest", "best pair matches", "further encoder", "effective rank")


def verdicts(scores, masked=None, error=0.05):
    found = summarise(build(cells(scores, masked=masked, error=error)), replicates=300)
    told = statements(found)
    assert [word in one.statement for word, one in zip(ORDER, told, strict=True)] == [True] * len(ORDER)
    return dict(zip(ORDER, (one.verdict for one in told), strict=True))


def test_twins_and_a_third_bear_the_paper_out():
    said = verdicts(twins())
    assert said["two highest"] == "holds"
    assert said["best pair matches"] == "holds"
    assert said["further encoder"] == "holds"
    assert said["alone"] == "cannot be asked"


def test_an_additive_lattice_contradicts_it():
    said = verdicts(additive(), masked=additive())
    assert said["alone"] == said["left out"] == said["most necessary"] == "does not hold"
    assert said["two highest"] == said["best pair matches"] == said["further encoder"] == "does not hold"
    assert said["effective rank"] == "cannot be asked"


def test_masking_that_turns_the_order_round_is_found():
    turned = np.array([additive()[int(f"{mask:04b}"[::-1], 2)] for mask in range(16)])
    turned[-1] = additive()[-1]
    said = verdicts(additive(), masked=turned)
    assert said["alone"] == said["left out"] == "holds"


@pytest.mark.parametrize(("scores", "error"), [(twins(), float("nan")), (synergy(), 30.0)])
def test_without_an_interval_or_with_too_much_noise_nothing_is_decided(scores, error):
    said = verdicts(scores, masked=scores, error=error)
    assert {said[word] for word in ORDER[:-1]} == {"undecided"}
