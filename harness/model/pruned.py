"""Give each encoder a share of a fixed number of visual tokens, by the effective rank of what it says of a picture."""

import torch
from torch import Tensor, nn

from harness.model.per_encoder import PerEncoder
from harness.model.projector import places
from harness.model.source import Source
from harness.schema.recipe import Fusion, Projector


class Pruned(nn.Module):
    """Map fused tokens (B, N, C) to the `budget` visual tokens (B, budget, H) that are kept of n N.

    A picture's budget is divided among the encoders in proportion to the effective ranks r_i of their tokens (N, D_i)
    by Sainte-Lague's rule: the token that is m-th in encoder i (from 0) has priority r_i / (2 m + 1), and the highest
    are kept. Within an encoder those come first that lie furthest from its mean token: one like all others says little.
    What is kept stands encoder by encoder in raster order, y_ik = z_ik + t_i plus the place of k (`sequence.py`).

    That an encoder's share follows the rank of its features is METEOR's idea (arXiv 2507.20842); rank by entropy, the
    rule of division and the order within an encoder are ours. METEOR also prunes across encoders and, by the question,
    inside the language model; here one picture keeps one set of tokens for all its questions.

    A masked encoder has rank 0 and keeps nothing while another one has tokens to give, and the budget is at most N:
    masking all but one equals keeping one, by construction.
    """

    places: Tensor

    def __init__(self, fusion: Fusion, projector: Projector, encoders: tuple[Source, ...], width: int):
        super().__init__()
        assert fusion.budget is not None
        self.budget = fusion.budget
        self.project = PerEncoder(projector, encoders, width)
        self.speaker = nn.Parameter(torch.zeros(len(encoders), 1, width))
        self.register_buffer("places", projector.place * places(fusion.grid, width), persistent=False)

    @torch.no_grad()
    def kept(self, fused: Tensor) -> Tensor:
        """Return which of the n N tokens are kept (B, budget), in rising order."""
        priorities = []
        for part in fused.split(self.project.widths, dim=-1):
            apart = (part - part.mean(1, keepdim=True)).square().sum(-1)
            order = apart.argsort(dim=1, descending=True, stable=True).argsort(dim=1)
            priorities.append(effective_rank(part)[:, None] / (2 * order + 1))
        best = torch.cat(priorities, dim=1).argsort(dim=1, descending=True, stable=True)
        return best[:, : self.budget].sort(dim=1).values

    def forward(self, fused: Tensor) -> Tensor:
        """Project fused tokens and keep the budget."""
        said = (self.project(fused) + self.speaker + self.places).flatten(1, 2)
        return said.gather(1, self.kept(fused)[..., None].expand(-1, -1, said.shape[-1]))


def effective_rank(tokens: Tensor) -> Tensor:
    """Return exp(-sum_q p_q ln p_q) of each picture's tokens (B, N, D), p = s / sum s of the singular values s.

    Roy and Vetterli, EUSIPCO 2007; not centred. It is 0 where all tokens are zero.
    """
    values = torch.linalg.svdvals(tokens.float())
    total = values.sum(-1, keepdim=True)
    shares = values / total.clamp(min=torch.finfo(values.dtype).tiny)
    return torch.special.entr(shares).sum(-1).exp() * (total[:, 0] > 0)
