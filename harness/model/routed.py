"""Weigh the encoders picture by picture: a learned router decides how loud each one's projector speaks."""

import torch
from torch import Tensor, nn

from harness.model.per_encoder import PerEncoder
from harness.model.projector import places
from harness.model.source import Source
from harness.schema.recipe import Fusion, Projector


class Routed(nn.Module):
    """Map fused tokens (B, N, C) to visual tokens (B, N, H): y = b + n sum_i g_i z_i, plus places.

    z_i are the projected tokens of `per_encoder.py`; the gates, a softmax over encoders, see their mean tokens:

        g = softmax(w_1 . mean_k x_1k, ..., w_n . mean_k x_nk),    w_i (D_i)

    zero at first, so that every encoder starts with weight 1. Routing among vision experts: MoVA (arXiv 2404.13046),
    whose router reads the question too and picks a few experts; Mixpert (arXiv 2505.24541). Here the gates are soft and
    see the picture alone, so that one picture has one set of tokens for all its questions.

    A masked encoder still takes its gate, exp(0) before the softmax, and adds nothing: the kept ones speak more softly.
    Masking all but one is therefore keeping one times its gate, not keeping one.
    """

    places: Tensor

    def __init__(self, fusion: Fusion, projector: Projector, encoders: tuple[Source, ...], width: int):
        super().__init__()
        self.project = PerEncoder(projector, encoders, width)
        self.router = nn.ParameterDict({spec.name: nn.Parameter(torch.zeros(spec.channels)) for spec in encoders})
        self.shift = nn.Parameter(torch.zeros(width))
        self.register_buffer("places", projector.place * places(fusion.grid, width), persistent=False)

    def gates(self, fused: Tensor) -> Tensor:
        """Return the weight of each encoder (B, n); a picture's weights add up to n."""
        parts = fused.mean(1).split(self.project.widths, dim=-1)
        votes = torch.stack([part @ vote for part, vote in zip(parts, self.router.values(), strict=True)], dim=-1)
        return len(parts) * votes.softmax(-1)

    def content(self, fused: Tensor) -> Tensor:
        """Project fused tokens to what they say, without where they lie."""
        return (self.gates(fused)[:, :, None, None] * self.project(fused)).sum(1) + self.shift

    def forward(self, fused: Tensor) -> Tensor:
        """Project fused tokens in raster order."""
        return self.content(fused) + self.places
