r"""Say what "masked" means exactly: an encoder's tokens are replaced by others of the same shape, before fusion.

Paper B (arXiv 2507.03262) masks by a zero tensor in place of the encoder's output. The published formula,
acc(f_{En \ {E_i}}), implies that the replacement happens before the encoders are fused; so it does here. Zeros are
nothing that an encoder ever says; what else may stand in their place is `stand_ins.py`.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from harness.schema.subset import Subset


def mask(
    features: Mapping[str, Tensor], kept: Subset, stand_ins: Mapping[str, Tensor] | None = None
) -> dict[str, Tensor]:
    """Replace the tokens (B, N, D) of every encoder that is not kept; the kept ones pass unchanged.

    `stand_ins` holds tokens of the same shape for the encoders that are not kept; default: zeros.
    """
    return {
        name: tokens if name in kept else torch.zeros_like(tokens) if stand_ins is None else stand_ins[name]
        for name, tokens in features.items()
    }
