"""Marks pooled into cells: the error of the mean, and questions that move all models together."""

import numpy as np
import pytest

from benchmarks.card import Mark
from harness.analyse.cells import Cell
from harness.analyse.lattice import build
from harness.analyse.marks import Answer, pooled
from harness.analyse.replicates import draw
from harness.errors import InvalidEvidence
from harness.score.uncertainty import of_mean

SETS = (("clip",), ("sam",), ("clip", "sam"))


def answers(marks, clusters=None):
    """Lay out marks, subset -> list, as one answer a row."""
    return [
        Answer(
            Cell(names, names, "gqa", "0", float(mark)), f"q{place}", str(clusters[place]) if clusters else str(place)
        )
        for names, own in marks.items()
        for place, mark in enumerate(own)
    ]


def drawn(shared, seed=0, n=400):
    """Draw marks of three models; where they share their questions all are right on the same ones."""
    generator = np.random.default_rng(seed)
    same = generator.integers(0, 2, n)
    return {names: same if shared else generator.integers(0, 2, n) for names in SETS}


def test_a_cell_has_the_mean_and_the_clustered_error_of_its_marks():
    marks, clusters = [1, 1, 0, 1, 0, 0, 1, 0.5], [0, 0, 1, 1, 2, 2, 2, 3]
    found = pooled(answers({("clip",): marks}, clusters), [])[0]
    places = [[at for at, own in enumerate(clusters) if own == name] for name in range(4)]
    given = [Mark(str(at), mark, "a", "rule") for at, mark in enumerate(marks)]
    assert found.value == pytest.approx(100 * np.mean(marks))
    assert found.error == pytest.approx(of_mean(given, places))


@pytest.mark.parametrize(("shared", "spread"), [(True, 0.0), (False, 100 * (0.25 * 2 / 400) ** 0.5)])
def test_models_that_err_together_differ_by_nothing_and_others_by_their_own_errors(shared, spread):
    lattice = build(pooled(answers(drawn(shared)), []))
    scores = draw(lattice, 3000).scores["retrained"]
    assert scores[1:, 0, 1].std() == pytest.approx(2.5, rel=0.1)
    assert (scores[1:, 0, 1] - scores[1:, 0, 2]).std() == pytest.approx(spread, rel=0.1, abs=1e-9)
    assert (scores[1:, 0, 3] == scores[1:, 0, 1]).all() == shared


def test_the_full_set_moves_alike_in_both_views():
    scores = draw(build(pooled(answers(drawn(False)), [])), 100).scores
    np.testing.assert_allclose(scores["retrained"][:, 0, 3], scores["masked"][:, 0, 3])


def test_the_noise_of_questions_is_said_to_be_shared():
    assert "drawn together for all models" in draw(build(pooled(answers(drawn(True)), [])), 10).noise


def test_a_cell_with_other_questions_or_with_one_twice_is_named_and_no_number():
    given = answers(drawn(False, n=10))
    remarks: list[str] = []
    cells = pooled([*given[1:], given[-1]], remarks)
    assert [np.isnan(cell.value) for cell in cells] == [True, False, True]
    assert any("2 cells answer other questions" in told for told in remarks)


@pytest.mark.parametrize("mark", [float("nan"), -0.1, 1.5])
def test_what_is_no_mark_is_refused(mark):
    with pytest.raises(InvalidEvidence, match="between 0 and 1"):
        pooled(answers({("clip",): [1, mark]}), [])
