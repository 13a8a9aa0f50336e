"""Train slowly and plainly: one process, one whole global batch, torch alone. The engine must find the same losses."""

from dataclasses import dataclass

import torch
from torch.nn.functional import cross_entropy

from harness.data.cells import NOTHING, read_cells
from harness.data.conversation import read_conversations
from harness.data.loader import serve
from harness.data.sources import read
from harness.model.vlm import answer_logits
from harness.schema.recipe import Training
from harness.train.dense import EMPTY, serve_cells
from harness.train.loop import parts
from harness.train.schedule import scale
from harness.train.train import assemble
from tests.harness.miniature import Miniature


@dataclass(frozen=True)
class Curves:
    """Hold the loss and the norm of the gradients of every step, by stage."""

    losses: dict[str, list[float]]
    norms: dict[str, list[float]]


def curves(miniature: Miniature, training: Training) -> Curves:
    model = assemble(training, miniature.root).train()
    found = {stage.name: run(miniature, training, model, stage) for stage in training.recipe.stages}
    return Curves(*({name: [step[at] for step in steps] for name, steps in found.items()} for at in (0, 1)))


def run(miniature, training, model, stage) -> list[tuple[float, float]]:
    recipe, seed, slots = training.recipe, training.seed, training.recipe.fusion.grid**2
    named = parts(model)
    for part, parameters in named.items():
        for parameter in parameters:
            parameter.requires_grad_(part in stage.rates)
    groups = [{"params": named[part], "peak": rate} for part, rate in stage.rates.items()]
    optimizer = torch.optim.AdamW(groups, weight_decay=stage.weight_decay)
    whole = stage.global_batch
    if stage.objective == "cells":
        contents = [read(source, miniature.data, read_cells) for source in stage.sources]
        fed = serve_cells(model.tower, contents, stage, recipe.canvas, miniature.speech(), slots, seed, whole, 0)
    else:
        said = [read(source, miniature.data, read_conversations) for source in stage.sources]
        length = recipe.language.max_length
        fed = serve(said, stage, recipe.canvas, miniature.speech(), slots, length, seed, whole, 0, 0)
    found = []
    for step, batch in enumerate(fed):
        loss = dense(model, batch) if stage.objective == "cells" else spoken(model, batch)
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * scale(stage, step)
        optimizer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_([one for part in stage.rates for one in named[part]], stage.clip)
        optimizer.step()
        found.append((float(loss.detach()), float(norm)))
    return found


def spoken(model, batch) -> torch.Tensor:
    """Return the mean loss of all answer tokens of a step."""
    return cross_entropy(*answer_logits(model.language, model.tower(batch.canvas), batch))


def dense(model, batch) -> torch.Tensor:
    """Return the mean weighted error of all cells of a step, a cell at a time."""
    embeddings = model.language.get_input_embeddings().weight.detach()
    told, total = model.tower.projector.content(batch.seen), torch.zeros(())
    for picture, cells in enumerate(batch.words):
        for cell, words in enumerate(cells):
            known = words[words != NOTHING]
            error = (told[picture, cell] - embeddings[known].sum(0)).square().mean() / embeddings.var()
            total = total + error * (1.0 if len(known) else EMPTY)
    return total / batch.words.shape[0] / batch.words.shape[1]
