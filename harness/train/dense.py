r"""Align vision densely: regress what the projector says of each cell onto the words for what the cell holds.

For cell n of a picture, with fused features x_n (C), the language model's embeddings E (V, H) and the cell's words W_n,

    loss = 1/N sum_n w_n ||f(x_n) - sum_{t in W_n} E_t||^2 / (H var E),    w_n = 0.15 where W_n is empty, else 1

where f is the projector *without* its places: a place is added to what is projected, and was added to the sums of
embeddings that the language model was pre-trained on, so it stands on both sides and falls out. The language model is
not run and does not move. The variance of the whole table of embeddings is a unit that no batch moves; words that are
said are shorter than those that never are, so that to say nothing of a cell of one word costs less than 1.

Eagle (arXiv 2408.15998, section 3, "pre-alignment") trains each vision expert with the language model before they are
joined; dense captioning (DenseCap, arXiv 1511.07571) says what each region holds. This is both, as one regression. It
is supervision that the original study lacks; it is the same for every encoder and every subset.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from harness.data.canvas import load
from harness.data.cells import NOTHING, Contents, demand_cells, token_ids
from harness.data.loader import plan
from harness.data.order import ALONE, Share
from harness.data.speech import Speech
from harness.model.tower import Tower
from harness.model.vlm import Vlm
from harness.schema.recipe import Canvas, Stage
from harness.train.kinds import Kinds

EMPTY = 0.15
"""Most cells hold nothing; at full weight they would drown those that do."""
AT_ONCE = 32
"""Pictures encoded together for the cache, whatever the machine: a batch's size may show in the last bits."""


@dataclass(frozen=True, slots=True)
class CellBatch:
    """Hold one batch: `words` (B, N, W) of token ids, the samples' `ids`, and what is `seen`.

    That is the canvas (B, 3, P, P) where the encoders learn, else their fused features (B, N, C).
    """

    seen: Tensor
    words: Tensor
    ids: tuple[str, ...]

    def terms(self) -> int:
        """Count the cells, of which the batch's loss is the mean."""
        return self.words.shape[0] * self.words.shape[1]

    def to(self, device: torch.device, dtype: torch.dtype) -> "CellBatch":
        """Return the batch on a device, features in the precision that the projector computes in."""
        seen = self.seen.to(device, dtype) if self.seen.ndim == 3 else self.seen.to(device)
        return replace(self, seen=seen, words=self.words.to(device))


class Dense(nn.Module):
    """Turn a batch of cells into its loss.

    `kinds` learns the loss of cells that hold something, and of the others, `marks` whether what is told of the former
    is nearest to their own words. What the projector says passes through `said`, where a probe can hear it.
    """

    def __init__(self, model: Vlm, stage: Stage, kinds: Kinds, marks: Kinds):
        super().__init__()
        self.model, self.kinds, self.marks, self.said = model, kinds, marks, nn.Identity()
        self.encodes = "encoders" in stage.rates

    def forward(self, batch: CellBatch) -> Tensor:
        """Return the mean weighted error of a batch's cells."""
        tower = self.model.tower
        fused = tower.fusion(tower.encode(batch.seen)) if self.encodes else batch.seen
        told = self.said(tower.projector.content(tower.dropout(fused)))
        embeddings = self.model.language.get_input_embeddings()
        errors = cell_errors(told, batch.words, embeddings)
        filled = batch.words[..., 0] != NOTHING
        self.kinds.add("filled", errors[filled])
        self.kinds.add("empty", errors[~filled])
        self.marks.add("filled", told_apart(told[filled], batch.words[filled], embeddings))
        return weighted(errors, filled)


def summed(embeddings: nn.Module, words: Tensor) -> Tensor:
    """Sum the embeddings of each cell's words: ids (B, N, W), `NOTHING` for none -> (B, N, H)."""
    return (embeddings(words.clamp(min=0)) * (words != NOTHING)[..., None]).sum(2)


def cell_errors(told: Tensor, words: Tensor, embeddings: nn.Module) -> Tensor:
    """Return the mean squared error (B, N) of what is told of each cell (B, N, H), over the embeddings' variance."""
    with torch.no_grad():
        wanted, spread = summed(embeddings, words), torch.var(embeddings.get_parameter("weight"))
    return (told - wanted).square().mean(-1) / spread


@torch.no_grad()
def told_apart(told: Tensor, words: Tensor, embeddings: nn.Module) -> Tensor:
    """Tell of each cell whether what is told of it (M, H) is nearest to its own words (M, W).

    It is compared with the words of every cell given: a share of one over their number is chance.
    """
    if not len(words):
        return torch.empty(0, dtype=torch.bool)
    known, own = words.unique(dim=0, return_inverse=True)
    return torch.cdist(told.float(), summed(embeddings, known[None])[0].float()).argmin(-1) == own


def weighted(errors: Tensor, filled: Tensor) -> Tensor:
    """Return the mean over the cells (B, N), those that hold nothing weighted by `EMPTY`.

    It is a mean over all cells, not over all weights, so that micro-batches of one size average to their batch.
    """
    return (errors * torch.where(filled, 1.0, EMPTY)).mean()


def serve_cells(
    tower: Tower,
    sources: Sequence[Sequence[Contents]],
    stage: Stage,
    canvas: Canvas,
    speech: Speech,
    slots: int,
    seed: int,
    micro_batch: int,
    first_step: int,
    share: Share = ALONE,
) -> Iterator[CellBatch]:
    """Yield one process's micro-batches of a stage from `first_step` on.

    Encoders that do not learn see each picture once: their fused features are kept in memory for the stage, 4 N C bytes
    a picture. They are the same ones wherever the stage is taken up.

    Raises:
        InvalidEvidence: a picture has another number of cells than `slots`.
    """
    contents = [one for source in sources for one in source]
    demand_cells(contents, slots)
    named = [f"{spec.name}/{one.id}" for spec, source in zip(stage.sources, sources, strict=True) for one in source]
    starts = [sum(map(len, sources[:number])) for number in range(len(sources))]
    steps = [[starts[source] + at for at in indices] for source, indices in plan(list(map(len, sources)), stage, seed)]
    shown = sorted({index for step in steps for index in step})
    words = token_ids([contents[index].cells for index in shown], speech)
    pictures, row = [contents[index].picture for index in shown], {index: at for at, index in enumerate(shown)}
    features = None if "encoders" in stage.rates else fused_once(tower, pictures, canvas)
    for step in steps[first_step:]:
        for cut in share.of(range(0, stage.global_batch, micro_batch)):
            chosen = step[cut : cut + micro_batch]
            rows = [row[index] for index in chosen]
            seen = painted([pictures[at] for at in rows], canvas) if features is None else features[rows]
            yield CellBatch(seen, words[rows], tuple(named[index] for index in chosen))


@torch.no_grad()
def fused_once(tower: Tower, pictures: Sequence[Path], canvas: Canvas) -> Tensor:
    """Return the fused features (pictures, N, C) of pictures that are encoded once."""
    parts = [pictures[cut : cut + AT_ONCE] for cut in range(0, len(pictures), AT_ONCE)]
    one = next(tower.parameters())
    canvases = (painted(part, canvas).to(one.device, one.dtype) for part in parts)
    return torch.cat([tower.fusion(tower.encode(seen)).cpu() for seen in canvases])


def painted(pictures: Sequence[Path], canvas: Canvas) -> Tensor:
    """Read pictures onto canvases (B, 3, P, P)."""
    return torch.stack([load(picture, canvas) for picture in pictures])
