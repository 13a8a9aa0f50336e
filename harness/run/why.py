"""Say why a step would run: which field of its identity differs from the nearest step that is done.

The nearest done step is the one of the same kind with the most fields alike, the newest of equals. A field that is a
digest says only that something differs, so where both sides can be opened (a training keeps what it was made from, a
file of answers its header) the fields inside are compared instead.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.card import Benchmark
from harness.errors import InvalidEvidence
from harness.record import checkpoints, predictions
from harness.record.store import Store
from harness.run import steps
from harness.run.diverged import DIVERGED
from harness.run.local import PREDICTIONS, Local
from harness.run.step import Step
from harness.schema.entry import Entry
from harness.schema.recipe import Training
from harness.schema.run import RunRecord
from harness.schema.view import View

TRAINING = "training.json"
Whole = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """Hold one field that differs: its name, what is asked, what the done step has; None where a side has none."""

    field: str
    asked: str | None
    done: str | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Say of one step whether it is done, and if not, how the nearest done one differs."""

    title: str
    step: str
    state: str
    nearest: str | None
    differences: tuple[Difference, ...]
    note: str


def explain(local: Local, training: Training, views: Sequence[View], benchmarks: Sequence[Benchmark]) -> list[Reason]:
    """Explain the steps of some entries of one training, in the order in which they would run."""
    store, study = local.store, local.study
    done = list(store.records())
    trained = steps.train(training)
    found = [_reason(store, trained, done, training.plain())]
    record = store.record(trained.digest)
    if record is None or DIVERGED in record.outputs:
        return found
    weights = checkpoints.weights_of(record)
    for one in benchmarks:
        for view in views:
            entry = study.entry(training, view.kept, one.name, view.mask)
            step = local.predict_step(weights, entry, one)
            found.append(_reason(store, step, done, _asked(local, entry, weights)))
            answered = store.record(step.digest)
            if answered is not None:
                scored = steps.score(entry, answered.outputs[PREDICTIONS].sha256, one, study.protocol)
                found.append(_reason(store, scored, done, {}))
    return found


def _reason(store: Store, step: Step, done: Sequence[RunRecord], whole: Whole) -> Reason:
    record = store.record(step.digest)
    if record is not None:
        when = f"{record.ended:%Y-%m-%d %H:%M} UTC"
        try:
            store.find(step.digest)
        except InvalidEvidence as error:
            return Reason(step.title, step.digest, "damaged", None, (), str(error))
        return Reason(step.title, step.digest, "done", None, (), f"at {when}; it would not run again")
    near = _nearest(step, done)
    if near is None:
        return Reason(step.title, step.digest, "to do", None, (), f"no {step.kind} step is done in this store")
    outer = [
        name for name in {**step.identity, **near.parameters} if step.identity.get(name) != near.parameters.get(name)
    ]
    inner = list(_inside(store, near, whole))
    differences = inner or [Difference(name, step.identity.get(name), near.parameters.get(name)) for name in outer]
    note = f"nearest: {near.title}, {near.ended:%Y-%m-%d %H:%M} UTC; differs in {', '.join(outer)}"
    return Reason(step.title, step.digest, "to do", near.step, tuple(differences), note)


def _nearest(step: Step, done: Sequence[RunRecord]) -> RunRecord | None:
    def alike(record: RunRecord) -> tuple[int, float]:
        same = sum(record.parameters.get(name) == value for name, value in step.identity.items())
        return same, record.ended.timestamp()

    return max((record for record in done if record.kind == step.kind), key=alike, default=None)


def _asked(local: Local, entry: Entry, weights: str) -> Whole:
    """Return what the header of the entry's answers would say, as far as it is known before they are there."""
    return {
        "entry": entry.plain(),
        "decoding": local.study.decoding.plain(),
        "protocol": local.study.protocol,
        "weights": weights,
    }


def _inside(store: Store, near: RunRecord, whole: Whole) -> Iterator[Difference]:
    """Compare field by field with what the done step keeps of itself, where it keeps something."""
    kept: Whole = {}
    if near.kind == "train" and TRAINING in near.outputs:
        path = store.path(near, TRAINING)
        kept = Training.from_json(path.read_bytes(), str(path)).plain()
    if near.kind == "predict" and PREDICTIONS in near.outputs:
        header, _ = predictions.read(store.path(near, PREDICTIONS))
        kept = {name: value for name, value in header.plain().items() if name in whole}
    if kept:
        asked, done = dict(_flat(whole)), dict(_flat(kept))
        for name in {**asked, **done}:
            if asked.get(name) != done.get(name):
                yield Difference(name, asked.get(name), done.get(name))


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Name every leaf of a JSON value: `recipe.stages.1.steps`."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for index, inner in enumerate(value):
            yield from _flat(inner, f"{name}.{index}")
    else:
        yield name, str(value)
