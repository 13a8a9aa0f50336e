"""Make finished runs the reference: a deliberate act, with a reason, and the only one that writes there."""

from collections.abc import Sequence

from benchmarks.card import Benchmark
from harness.config.places import REFERENCE
from harness.record import checkpoints
from harness.record.reference import Accepted, Reference, accept, training_slug
from harness.run.local import PREDICTIONS
from harness.run.reproduce import Workplace
from harness.schema.entry import Entry


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
    """
    trained = workplace.train(asked[0][0].trained)
    store = workplace.store
    accepted = [
        Accepted(one.score, store.path(one.records[1], PREDICTIONS), one.records)
        for one in workplace.evaluate(asked, trained)
    ]
    names = checkpoints.checkpoint_files(list(trained.outputs)) if with_weights else []
    weights = {training_slug(asked[0][0]): {name: store.path(trained, name) for name in names}} if names else {}
    return accept(REFERENCE, accepted, weights, reason, replace)
