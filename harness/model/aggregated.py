"""Ask all encoders about one region at a time: learned queries on a coarse grid attend to the finer maps below them."""

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from harness.model.projector import places
from harness.model.source import Source
from harness.schema.recipe import Fusion, Projector

HEAD = 64


class Aggregated(nn.Module):
    """Map fused tokens (B, N, C), N = grid**2, to visual tokens (B, queries**2, H): a spatial vision aggregator.

    Query j of Q = queries**2 owns the m x m window of every encoder's map, m = grid / queries. A layer is

        a_j = attention(W_q LN(q_j), {K_i (x_ik + p_k)}, {V_i (x_ik + p_k)} for all encoders i and places k in window j)
        q_j <- q_j + a_j,   q_j <- q_j + MLP(LN(q_j))

    with one learned query vector for all places, learned places p_k (D_i) in the window where m > 1, and heads of 64
    channels where the hidden width has them. At the end q_j goes to the language model's width H, plus its place.

    Source: Cambrian-1 (arXiv 2406.16860, section 4); cambrian-mllm/cambrian @ 281b619, `cambrian/model/
    vision_sampler.py`. Left out: further query groups, the global context beside each query, and the cross-attention
    layers inside the language model, which would have to be served too. There each encoder has an m of its own; here
    all maps were brought to one grid before. Keys and values have no LayerNorm of their own: the recipe's `normalise`
    says whether tokens are normalised.

    A masked encoder's tokens are zeros, and so are their keys and values where m = 1: they add nothing and still take
    attention, as logits of 0. Masking all but one does not equal keeping one.
    """

    places: Tensor

    def __init__(self, fusion: Fusion, projector: Projector, encoders: tuple[Source, ...], width: int):
        super().__init__()
        assert fusion.queries is not None
        assert fusion.layers is not None
        self.side, self.window = fusion.queries, fusion.grid // fusion.queries
        self.query = nn.Parameter(0.02 * torch.randn(projector.hidden))
        self.layers = nn.ModuleList(_Layer(projector.hidden, encoders, self.window) for _ in range(fusion.layers))
        self.out = nn.Linear(projector.hidden, width)
        self.register_buffer("places", projector.place * places(self.side, width), persistent=False)

    def windows(self, fused: Tensor) -> Tensor:
        """Cut the grid into windows: (B, N, C) -> (B, Q, m**2, C), both in raster order."""
        side, window = self.side, self.window
        cut = fused.unflatten(1, (side, window, side, window)).transpose(2, 3)
        return cut.flatten(3, 4).flatten(1, 2)

    def forward(self, fused: Tensor) -> Tensor:
        """Aggregate fused tokens into one token a query."""
        seen = self.windows(fused)
        queries = self.query.expand(*seen.shape[:2], -1)
        for layer in self.layers:
            queries = layer(queries, seen)
        return self.out(queries) + self.places


class _Layer(nn.Module):
    """Let queries (B, Q, hidden) attend to their windows (B, Q, m**2, C), then think for themselves."""

    def __init__(self, hidden: int, encoders: tuple[Source, ...], window: int):
        super().__init__()
        self.widths = [spec.channels for spec in encoders]
        self.heads = max(hidden // HEAD, 1) if hidden % HEAD == 0 else 1
        self.first, self.second = nn.LayerNorm(hidden), nn.LayerNorm(hidden)
        self.asks, self.tells = (nn.Linear(hidden, hidden, bias=False) for _ in range(2))
        self.keys, self.values = (
            nn.ModuleDict({spec.name: nn.Linear(spec.channels, hidden, bias=False) for spec in encoders})
            for _ in range(2)
        )
        self.within = nn.ParameterDict(
            {spec.name: nn.Parameter(0.02 * torch.randn(window**2, spec.channels)) for spec in encoders}
            if window > 1
            else {}
        )
        self.thinks = nn.Sequential(nn.Linear(hidden, hidden), nn.GELU(), nn.Linear(hidden, hidden))

    def forward(self, queries: Tensor, seen: Tensor) -> Tensor:
        """Return the queries after one layer."""
        parts = dict(zip(self.keys, seen.split(self.widths, dim=-1), strict=True))
        parts = {name: part + self.within[name] if name in self.within else part for name, part in parts.items()}
        asked = self._parted(self.asks(self.first(queries))[:, :, None])
        keys, values = (
            self._parted(torch.cat([told[name](part) for name, part in parts.items()], dim=2))
            for told in (self.keys, self.values)
        )
        heard = scaled_dot_product_attention(asked, keys, values).transpose(2, 3).flatten(3)[:, :, 0]
        queries = queries + self.tells(heard)
        return queries + self.thinks(self.second(queries))

    def _parted(self, tokens: Tensor) -> Tensor:
        """Part tokens (B, Q, K, hidden) into heads: (B, Q, heads, K, hidden / heads)."""
        return tokens.unflatten(-1, (self.heads, -1)).transpose(2, 3)
