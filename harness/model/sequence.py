"""Let every encoder speak for itself: its projected tokens stand in the prompt one after the other, or in turns."""

import torch
from torch import Tensor, nn

from harness.model.per_encoder import PerEncoder
from harness.model.projector import places
from harness.model.source import Source
from harness.schema.recipe import Fusion, Projector


class Sequence(nn.Module):
    """Map fused tokens (B, N, C) to n N visual tokens (B, n N, H): y_ik = z_ik + t_i, plus the place of k.

    z_i are the projected tokens of `per_encoder.py`; t_i (H), learned, tells the language model who speaks. `append`
    orders them encoder by encoder (the longest fusion that Eagle compares, arXiv 2408.15998); `interleave` place by
    place, the encoders in turns (LEO, arXiv 2501.06986, interleaves its tiles; here a tile is one place).

    A masked encoder keeps its slots, and each says no more than t_i and its place. The kept ones' tokens are unchanged,
    slot by slot; yet the prompt is longer than that of a model with one encoder, so that masking all but one does not
    equal keeping one.
    """

    places: Tensor

    def __init__(self, fusion: Fusion, projector: Projector, encoders: tuple[Source, ...], width: int):
        super().__init__()
        self.in_turns = fusion.kind == "interleave"
        self.project = PerEncoder(projector, encoders, width)
        self.speaker = nn.Parameter(torch.zeros(len(encoders), 1, width))
        self.register_buffer("places", projector.place * places(fusion.grid, width), persistent=False)

    def forward(self, fused: Tensor) -> Tensor:
        """Project fused tokens and lay them out in a row."""
        said = self.project(fused) + self.speaker + self.places
        return (said.transpose(1, 2) if self.in_turns else said).flatten(1, 2)
