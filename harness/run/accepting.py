"""Make finished runs the reference: a deliberate act, with a reason, and the only one that writes there."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.card import Benchmark
from benchmarks.table import find
from harness.config.places import QUESTIONS, REFERENCE
from harness.data.streamed import conversations
from harness.errors import UsageError
from harness.record import checkpoints, durable, pins
from harness.record.reference import Accepted, Reference, accept, training_slug
from harness.record.store import Store
from harness.run.local import PREDICTIONS
from harness.run.reproduce import Evaluated, Workplace
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
        As `accept_evaluated`.
    """
    trained = workplace.train(asked[0][0].trained)
    return accept_evaluated(workplace, workplace.evaluate(asked, trained), reason, with_weights, replace)


def accept_evaluated(
    workplace: Workplace, found: Sequence[Evaluated], reason: str, with_weights: bool, replace: bool
) -> Reference:
    """Accept entries of any number of trained models into the reference, all or none.

    Raises:
        UsageError: there is none, or an entry is accepted already and `replace` is not set.
        InvalidEvidence: the training data hold questions of a benchmark.
    """
    if not found:
        raise UsageError("nothing was evaluated, so there is nothing to accept")
    store, shown = workplace.store, _shown(workplace)
    for name in dict.fromkeys(one.score.entry.benchmark for one in found):
        loaded = workplace.local.load(find(name))
        demand_unseen(name, loaded.samples, shown)
        pins.add(QUESTIONS, name, loaded.digest, loaded.samples)
    accepted = [
        Accepted(one.score, store.path(one.records[1], PREDICTIONS), one.records, _canaries(store, one.records[1]))
        for one in found
    ]
    weights = {training_slug(one.score.entry): _weights(store, one.records[0]) for one in found} if with_weights else {}
    return accept(REFERENCE, accepted, weights, reason, replace)


def _weights(store: Store, trained: RunRecord) -> Mapping[str, Path]:
    return {name: store.path(trained, name) for name in checkpoints.checkpoint_files(list(trained.outputs))}


def _shown(workplace: Workplace) -> list[Shown]:
    """List every picture of the recipe's training sources with every question asked about it; cells ask none."""
    asking = (stage for stage in workplace.study.recipe.stages if stage.objective == "language")
    sources = {source.name: source for stage in asking for source in stage.sources}
    return [
        (one.sha256 or durable.sha256_of(one.picture), turn.question)
        for source in sources.values()
        for one in conversations(source, workplace.supplies.data)
        for turn in one.turns
    ]


def _canaries(store: Store, predicted: RunRecord) -> Path | None:
    return store.path(predicted, CANARIES) if CANARIES in predicted.outputs else None
