"""Print why the steps of an entry would run again, field by field."""

from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Group

from benchmarks.table import select
from harness.cli.screen import Screen, answer, columns
from harness.config.compose import compose
from harness.config.places import resolve
from harness.encoders.table import specs
from harness.record.store import Store
from harness.run.local import Local
from harness.run.prepare import Supplies
from harness.run.why import explain
from harness.schema import view
from harness.schema.subset import Subset
from harness.schema.view import Mask


def why(subset: str, benchmarks: str, overrides: Sequence[str], keep: str, mask: Mask, as_json: bool) -> int:
    """Print each step with its state; of one that is to do, how the nearest done one differs."""
    study = compose(overrides)
    store, trained = Store(resolve(study.store.folder)), Subset.parse(subset, study.recipe.pool)
    views = view.select(keep, mask, trained, study.recipe.pool)
    with Screen() as screen:
        local = Local(study, store, Supplies(study, store.folder, screen), screen)
        training = study.training(trained, specs(trained.names, study.recipe.encoder_size))
        reasons = explain(local, training, views, select(benchmarks))
    parts = []
    for one in reasons:
        rows = [(it.field, it.asked or "absent", it.done or "absent") for it in one.differences]
        parts.append(f"{one.title}: {one.state} ({one.note})")
        if rows:
            parts.append(columns("", ("field", "asked", "done"), rows))
    if len(reasons) == 1 and reasons[0].state == "to do":
        parts.append("The steps of the answers follow from the weights: known after the training.")
    answer([asdict(one) for one in reasons], Group(*parts), as_json)
    return 0
