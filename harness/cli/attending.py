"""Do what `harness attend` asks: how far masking moves the answer's look at the picture, view by view."""

import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.table import find
from harness.analyse.attention_divergence import SMOOTHING
from harness.cli.screen import Screen, answer, columns
from harness.config.compose import compose
from harness.config.places import resolve
from harness.encoders.table import specs
from harness.errors import UsageError
from harness.record import durable
from harness.run import child
from harness.run.reproduce import Workplace
from harness.run.request import AttendRequest, Finished, Looked
from harness.schema import view
from harness.schema.subset import Subset
from harness.schema.view import Mask, View

FIGURES = ("divergence", "standard_error", "reversed", "on_picture", "on_picture_of_full")
NAMES = ("view", ">KL, nats", ">± s.e.", ">KL reversed", ">on the picture", ">of the full model", ">n")


def attend(
    subset: str,
    benchmark: str,
    overrides: Sequence[str],
    keep: str,
    mask: Mask,
    questions: int,
    out: Path | None,
    as_json: bool,
) -> int:
    """Print the divergence of each masked view of a trained subset from its unmasked view.

    Raises:
        UsageError: the subset is not trained, a view masks nothing, or fewer than two questions show a picture.
    """
    study, card = compose(overrides), find(benchmark)
    trained = Subset.parse(subset, study.recipe.pool)
    views = [one for one in view.select(keep, mask, trained, study.recipe.pool) if one.mask != "blind"]
    if not views or any(one.kept == trained for one in views):
        raise UsageError(f"attend compares masked views with the full one, and '{keep}' masks nothing of '{trained}'")
    if questions < 2:
        raise UsageError(f"attend needs two questions or more for a standard error, not {questions}")
    training = study.training(trained, specs(trained.names, study.recipe.encoder_size))
    found: list[dict[str, str | float]] = []
    with Screen() as screen:
        place = Workplace(study, resolve(study.store.folder), screen)
        request = AttendRequest(
            checkpoint=str(place.local.checkpoint(place.trained(trained)).folder),
            accelerator=study.machine.accelerator,
            decoding=study.decoding,
            mirror=str(place.supplies.mirror or ""),
            benchmark=card.name,
            protocol=study.protocol,
            questions=questions,
            views=tuple(Looked(kept=one.kept, mask=one.mask) for one in views),
        )
        for event in child.run("attend", request, study.machine, place.store.work("attend")):
            if isinstance(event, Finished):
                seen = views[event.index]
                about = {"view": _named(seen), "kept": seen.kept.slug, "mask": seen.mask or mask}
                found.append({**about, **event.found})
            else:
                screen.progress(event.task, event.done, event.total, event.note)
    rows = [(str(one["view"]), *(f"{one[name]:.4f}" for name in FIGURES), f"{one['questions']:,.0f}") for one in found]
    caption = f"KL(full || masked), the last layer's attention over visual tokens, smoothed by {SMOOTHING:g}"
    about = {"trained": trained.slug, "training": training.digest, "seed": study.seed, "benchmark": card.name}
    plain = {**about, "protocol": study.protocol, "smoothing": SMOOTHING, "views": found}
    if out:
        durable.make_folder(out.parent)
        data = (json.dumps(plain, allow_nan=False, indent=1) + "\n").encode()
        durable.write_bytes(out, data, out.with_name(f".{out.name}.partial"))
    answer(plain, columns(f"Attention divergence of {trained} on {card.title}", NAMES, rows, caption), as_json)
    return 0


def _named(one: View) -> str:
    return f"keeps {one.kept}{f' by {one.mask}' if one.mask else ''}"
