"""Show what there is: the tables of encoders, subsets, benchmarks, recipes and entries, and what one entry means."""

from collections.abc import Callable, Sequence
from typing import Any

from rich.table import Table

from benchmarks.load import load
from benchmarks.table import select
from harness.cli import showing, tables
from harness.cli.screen import answer, columns
from harness.config.compose import choices, compose
from harness.config.places import REFERENCE, resolve
from harness.encoders.table import TABLES, specs
from harness.record import checkpoints, prompts
from harness.record.reference import Reference
from harness.record.store import Store
from harness.run import steps
from harness.run.prepare import Supplies
from harness.run.step import Step
from harness.run.story import Silence
from harness.schema import view
from harness.schema.encoder import EncoderCard, Weights
from harness.schema.study import Study
from harness.schema.subset import Subset, lattice
from harness.schema.view import Mask

Shown = tuple[Any, Table]


def show_list(what: str, overrides: Sequence[str], as_json: bool) -> int:
    """Print one of the tables."""
    listings: dict[str, Callable[[Sequence[str]], Shown]] = {
        "encoders": _encoders,
        "subsets": _subsets,
        "benchmarks": showing.all_benchmarks,
        "recipes": _recipes,
        "entries": _entries,
    }
    answer(*listings[what](overrides), as_json)
    return 0


def show_entry(subset: str, benchmark: str, overrides: Sequence[str], keep: str, mask: Mask, as_json: bool) -> int:
    """Print the resolved study of one entry, its steps, their digests, and which are done."""
    study = compose(overrides)
    trained = Subset.parse(subset, study.recipe.pool)
    views = view.select(keep, mask, trained, study.recipe.pool)
    training = study.training(trained, specs(trained.names, study.recipe.encoder_size))
    store = Store(resolve(study.store.folder))
    first = steps.train(training)
    found: list[tuple[Step, str]] = [(first, _state(store, first))]
    record = store.record(first.digest)
    supplies = Supplies(study, store.folder, Silence())
    for card in select(benchmark):
        if record is None:
            continue
        loaded = load(card, supplies.mirror)
        asked = prompts.digest(loaded.samples, card.protocol(study.protocol))
        weights = checkpoints.weights_of(record)
        for seen in views:
            entry = study.entry(training, seen.kept, card.name, seen.mask)
            step = steps.predict(entry, weights, study.protocol, study.decoding, card, loaded.digest, asked)
            found.append((step, _state(store, step)))
    rows = [(step.title, step.digest, state) for step, state in found]
    caption = "" if record else "The digests of the answers follow from the weights: known after the training."
    plain = {
        "study": study.plain(),
        "steps": [
            {"title": step.title, "digest": step.digest, "identity": step.identity, "state": state}
            for step, state in found
        ],
    }
    answer(
        plain,
        columns(
            f"{study.recipe_name}: {trained}{f' keeps {keep}' if keep else ''}",
            ("step", "digest", "state"),
            rows,
            caption,
        ),
        as_json,
    )
    return 0


def _state(store: Store, step: Step) -> str:
    record = store.record(step.digest)
    if record is None:
        return "to do"
    return f"done in {(record.ended - record.started).total_seconds():,.0f} s"


def _encoders(overrides: Sequence[str]) -> Shown:
    study = compose(overrides)
    cards = TABLES[study.recipe.encoder_size]
    rows = [
        (c.spec.name, c.title, c.objective, str(c.spec.side_px), f"{c.spec.grid}x{c.spec.grid}", str(c.spec.channels),
         f"{c.parameters:,}", _weights(study.recipe.pinned(c.spec).weights, c), c.licence, c.paper)
        for c in cards
    ]  # fmt: skip
    names = ("name", "title", "trained for", ">side px", ">grid", ">D", ">parameters", "weights", "licence", "paper")
    told = {card.spec.name: [card.note, _listed(card.listed_by)] for card in cards}
    notes = "\n".join(f"{name}: {' '.join(filter(None, words))}" for name, words in told.items() if any(words))
    return [card.plain() for card in cards], columns("Encoders", names, rows, notes)


def _weights(weights: Weights, card: EncoderCard) -> str:
    """Say where weights come from and what of them is pinned; what is not must be stated in recipe.pins."""
    if weights.file is None:
        return f"{weights.location}, sha256 {weights.sha256[:8]}"
    revision = weights.revision[:8] if weights.revision else "revision to be stated"
    digest = f"sha256 {weights.sha256[:8]}" if weights.sha256 else "digest to be stated"
    return f"{weights.location} @ {revision}, {digest}{', from a pickle' if card.pickled else ''}"


def _subsets(overrides: Sequence[str]) -> Shown:
    pool = compose(overrides).recipe.pool
    rows = [(str(subset.mask(pool)), str(len(subset)), subset.slug) for subset in lattice(pool)]
    return [row[2] for row in rows], columns(f"Subsets of {', '.join(pool)}", (">mask", ">size", "subset"), rows)


def _listed(by: str) -> str:
    return f"Names of tensors: {by}." if by else ""


def _recipes(overrides: Sequence[str]) -> Shown:
    studies: dict[str, Study] = {name: compose([*overrides, f"recipe={name}"]) for name in choices("recipe")}
    rows = [
        (name, ", ".join(one.recipe.pool), " -> ".join(f"{s.name} ({s.steps} steps)" for s in one.recipe.stages),
         one.recipe.digest[:12])
        for name, one in studies.items()
    ]  # fmt: skip
    plain = {name: one.recipe.plain() for name, one in studies.items()}
    return plain, columns("Recipes", ("name", "pool", "stages", "digest"), rows)


def _entries(overrides: Sequence[str]) -> Shown:
    scores = list(Reference.load(REFERENCE).scores.values())
    return [score.plain() for score in scores], tables.scores(scores)
