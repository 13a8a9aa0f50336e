"""Make finished runs the reference: a deliberate act, with a reason, and the only one that writes there."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.card import Benchmark
from harness.config.places import QUESTIONS, REFERENCE
from harness.data.sources import read
from harness.record import checkpoints, durable, pins
from harness.record.reference import Accepted, Reference, accept, training_slug
from harness.record.store import Store
from harness.run.local import PREDICTIONS
from harness.run.reproduce import Workplace
from harness.schema.entry import Entry
from harness.schema.run import RunRecord
from harness.verify.contamination import Shown, demand_unseen
from harness.verify.stored import CANARIES


def accept_entries(
    workplace: Workplace,
    asked: Sequence[tuple[Entry, Benchmark]],
    reason: str,
    with_weights: bool,
    replace: bool,
) -> Reference:
    """Accept entries of one trained model into the reference, running what is not done yet.

    Raises:
        UsageError: an entry is accepted already and `replace` is not set.
        InvalidEvidence: the training data hold questions of the benchmark.
    """
    trained = workplace.train(asked[0][0].trained)
    store = workplace.store
    accepted = [
        Accepted(one.score, store.path(one.records[1], PREDICTIONS), one.records, _canaries(store, one.records[1]))
        for one in workplace.evaluate(asked, trained)
    ]
    shown = _shown(workplace)
    for _, benchmark in asked:
        loaded = workplace.local.load(benchmark)
        demand_unseen(benchmark.name, loaded.samples, shown)
        pins.add(QUESTIONS, benchmark.name, loaded.digest, loaded.samples)
    names = checkpoints.checkpoint_files(list(trained.outputs)) if with_weights else []
    weights = {training_slug(asked[0][0]): {name: store.path(trained, name) for name in names}} if names else {}
    return accept(REFERENCE, accepted, weights, reason, replace)


def _shown(workplace: Workplace) -> list[Shown]:
    """List every picture of the recipe's training sources with every question asked about it."""
    sources = {source.name: source for stage in workplace.study.recipe.stages for source in stage.sources}
    return [
        (durable.sha256_of(one.picture), turn.question)
        for source in sources.values()
        for one in read(source, workplace.supplies.data)
        for turn in one.turns
    ]


def _canaries(store: Store, predicted: RunRecord) -> Path | None:
    return store.path(predicted, CANARIES) if CANARIES in predicted.outputs else None
