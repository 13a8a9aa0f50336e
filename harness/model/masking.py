r"""Say what "masked" means exactly: an encoder's tokens are replaced by zeros of the same shape, before fusion.

Paper B (arXiv 2507.03262) masks by a zero tensor in place of the encoder's output. The published formula,
acc(f_{En \ {E_i}}), implies that the replacement happens before the encoders are fused; so it does here.
"""

import torch
from torch import Tensor

from harness.schema.subset import Subset


def mask(features: dict[str, Tensor], kept: Subset) -> dict[str, Tensor]:
    """Replace the tokens (B, N, D) of every encoder that is not kept by zeros; the kept ones pass unchanged."""
    return {name: tokens if name in kept else torch.zeros_like(tokens) for name, tokens in features.items()}
