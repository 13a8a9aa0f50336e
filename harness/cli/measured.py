"""Take the measures of a table or of the reference, with whatever else is known of its encoders."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.suite import find_column
from harness.analyse import attention_table, rank_table, reading, readout_table, traits
from harness.analyse.cells import ZERO, Cell
from harness.analyse.lattice import Lattice, build
from harness.analyse.masks import Values
from harness.analyse.replicates import REPLICATES
from harness.analyse.summary import summarise
from harness.cli import answering
from harness.config.compose import compose
from harness.config.places import ATTENTION, RANKS, READOUTS, REFERENCE
from harness.encoders.table import find, specs
from harness.errors import UsageError
from harness.record.reference import Reference
from harness.schema.recipe import TrainRecipe
from harness.schema.score import Score

FEWEST, MOST = 100, 100_000
Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold what one call asks of: a table (None: the reference), and the files that say more of its encoders.

    Beside the reference, ranks and attention that were measured of its trainings are found by themselves, and so are
    readouts of the encoders that its recipe pins.
    """

    table: Path | None = None
    encoders: Path | None = None
    ranks: Path | None = None
    attention: Path | None = None
    replicates: int = REPLICATES
    answers: bool = False
    readouts: Path | None = None


def measured(asked: Asked) -> Plain:
    """Return all measures as plain values.

    Raises:
        InvalidEvidence: a file is not what it should be, or no score in it can be used.
        UsageError: the number of replicates is out of range, the reference holds several recipes, or answers are asked
            for of a table.
    """
    if asked.answers and asked.table:
        raise UsageError("--answers reads the reference's answers; a table of marks (id, mark) brings its own")
    if not FEWEST <= asked.replicates <= MOST:
        raise UsageError(f"--replicates takes {FEWEST:,} to {MOST:,}; came {asked.replicates:,}")
    if asked.table:
        lattice, known, trainings, weights = of_file(asked.table), None, frozenset[str](), None
    else:
        reference = Reference.load(REFERENCE)
        lattice, named = of_reference(reference, asked.answers), _recipe(reference)
        known, weights = _of_cards(*named), pinned(*named)
        trainings = frozenset(score.entry.training for score in reference.scores.values())
    if asked.encoders:
        known = traits.read(asked.encoders, lattice.pool)
    ranks_file, attention_file, readouts_file = (
        given or (usual if asked.table is None and usual.is_file() else None)
        for given, usual in ((asked.ranks, RANKS), (asked.attention, ATTENTION), (asked.readouts, READOUTS))
    )
    ranks = rank_table.read(ranks_file, lattice.pool, trainings) if ranks_file else None
    looks = attention_table.read(attention_file, lattice.pool, trainings) if attention_file else None
    readouts = readout_table.read(readouts_file, lattice.pool, weights) if readouts_file else None
    return summarise(lattice, known, asked.replicates, ranks=ranks, looks=looks, readouts=readouts)


def of_file(table: Path) -> Lattice:
    """Lay out anybody's table."""
    found = reading.read(table)
    return build(found.cells, found.remarks)


def of_reference(reference: Reference, answers: bool = False) -> Lattice:
    """Lay out the accepted reference; with its answers, questions are drawn together for all models.

    Raises:
        UsageError: it holds several recipes, or none.
        InvalidEvidence: the stored answers do not give the stored scores.
    """
    scores = list(reference.scores.values())
    recipes = sorted({score.entry.recipe for score in scores})
    if len(recipes) != 1:
        raise UsageError(
            f"a lattice is of one recipe; the reference holds {', '.join(recipes) or 'none'}. Give harness analyse a "
            "table of one recipe's rows"
        )
    known = answering.parts(reference, scores) if answers else {}
    return build([_cell(score, known.get(score.entry.slug)) for score in scores])


def _cell(score: Score, parts: Values | None) -> Cell:
    """Bring a score to 0-100, as the suite prints it."""
    entry, step = score.entry, find_column(score.entry.benchmark).per_suite_point
    value, error, blind, chance = (
        figure / step for figure in (score.value, score.standard_error, score.blind, score.chance)
    )
    names, own = (entry.trained.names, entry.kept.names), None if parts is None else parts / step
    seed, mask = str(entry.seed), entry.mask or ZERO
    return Cell(*names, entry.benchmark, seed, value, error, blind, chance, parts=own, mask=mask)


def pinned(recipe: TrainRecipe, pool: tuple[str, ...]) -> dict[str, str]:
    """Return the SHA-256 that a recipe pins of the weights of some encoders and of its language model."""
    encoders = [recipe.pinned(spec) for spec in specs(pool, recipe.encoder_size)]
    weights = {f"encoder {spec.name}": spec.weights.sha256 for spec in encoders}
    return {**weights, "language model": recipe.language.weights.sha256}


def _recipe(reference: Reference) -> tuple[TrainRecipe, tuple[str, ...]]:
    """Return the recipe of the reference and its largest subset."""
    entries = [score.entry for score in reference.scores.values()]
    pool = max((entry.trained.names for entry in entries), key=len)
    return compose([f"recipe={entries[0].recipe}"]).recipe, pool


def _of_cards(recipe: TrainRecipe, pool: tuple[str, ...]) -> traits.Traits:
    """Take the parameters of encoders from their cards."""
    return traits.of_numbers({"parameters": [float(find(name, recipe.encoder_size).parameters) for name in pool]})
