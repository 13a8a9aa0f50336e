"""Show pictures to untrained encoders once, in a child process, and tell what every subset of them reads out."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from harness.analyse.readouts import Moments, readable
from harness.config.places import ROOT
from harness.data.cells import NOTHING, Contents, demand_cells, read_cells, token_ids
from harness.data.order import generator
from harness.data.sources import read
from harness.data.speech import Speech
from harness.errors import UsageError
from harness.model.language import load_speech
from harness.model.vlm import Vlm
from harness.run.request import READ_OUT, Finished, ProbeRequest
from harness.run.worker import Tell, reporter, serve
from harness.schema.recipe import Canvas
from harness.train.dense import AT_ONCE, painted, summed
from harness.train.train import assemble

Progress = Callable[[int, int], None]


def probe(request: ProbeRequest, tell: Tell, root: Path = ROOT) -> None:
    """Tell the readout of every subset, `readout/<subset>`, and of how many cells it is.

    Raises:
        UsageError: the source has too few pictures.
        InvalidEvidence: it is not the pinned one, or has another number of cells than the recipe.
    """
    training, recipe = request.training, request.training.recipe
    contents = read(request.source, Path(request.data), read_cells)
    demand_cells(contents, recipe.fusion.grid**2)
    fitted, held = parted(contents, request.fitted, request.held, training.seed)
    speech = load_speech(recipe.language, root)
    model = assemble(training, root).eval().to(torch.device(request.accelerator))
    channels = {spec.name: spec.channels for spec in training.encoders}
    fit, out = (
        gathered(model, side, recipe.canvas, speech, reporter(tell, f"probe: {name}"))
        for name, side in (("fit", fitted), ("hold out", held))
    )
    metrics = {f"{READ_OUT}{name}": value for name, value in readable(fit, out, channels).items()}
    metrics |= {"cells": float(fit.rows), "held_out_cells": float(out.rows)}
    tell(Finished(index=0, files={}, metrics=metrics, curves={}))


def parted(contents: Sequence[Contents], fitted: int, held: int, seed: int) -> tuple[list[Contents], list[Contents]]:
    """Draw the pictures that are fitted to and those that are held out; both are a function of the seed.

    Raises:
        UsageError: there are not as many.
    """
    if len(contents) < fitted + held:
        raise UsageError(
            f"{fitted:,} pictures to fit and {held:,} to hold out were asked for; the source has {len(contents):,}. "
            f"At most: --pictures {2 * len(contents) // 3}"
        )
    order = generator(seed, "probe", "pictures").permutation(len(contents)).tolist()
    return [contents[at] for at in order[:fitted]], [contents[at] for at in order[fitted : fitted + held]]


@torch.inference_mode()
def gathered(
    model: Vlm,
    contents: Sequence[Contents],
    canvas: Canvas,
    speech: Speech,
    report: Progress = lambda done, total: None,
) -> Moments:
    """Gather fused tokens (F) and summed embeddings (H) of the cells that hold something, each picture seen once."""
    tower, embeddings = model.tower, model.language.get_input_embeddings()
    one = next(tower.parameters())
    found = Moments(tower.fusion.channels, model.language.config.hidden_size)
    for first in range(0, len(contents), AT_ONCE):
        part = contents[first : first + AT_ONCE]
        words = token_ids([each.cells for each in part], speech, width=1).to(one.device)
        filled = (words != NOTHING).any(-1)
        seen = painted([each.picture for each in part], canvas).to(one.device, one.dtype)
        fused, wanted = tower.fusion(tower.encode(seen))[filled], summed(embeddings, words)[filled]
        found.add(fused.float().cpu().numpy(), wanted.float().cpu().numpy())
        report(first + len(part), len(contents))
    return found


if __name__ == "__main__":
    serve(ProbeRequest, probe)
