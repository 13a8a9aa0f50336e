"""Mask encoders at random while a model learns, so that it has met the views that masking shows it."""

import torch
from torch import Tensor, nn

from harness.model.source import Source


class EncoderDropout(nn.Module):
    """Zero each encoder's slice of fused tokens (B, N, C) with probability `share`, picture by picture, in training.

    What is kept is not scaled up, since masking scales nothing either. A picture that would lose every encoder keeps
    all. Encoder dropout: Geigle et al., arXiv 2210.06379. The draws come from torch's generator, which every step
    seeds anew.
    """

    def __init__(self, share: float, encoders: tuple[Source, ...]):
        super().__init__()
        self.share, self.widths = share, [spec.channels for spec in encoders]

    def forward(self, fused: Tensor) -> Tensor:
        """Drop encoders while training; pass the tokens on unchanged otherwise."""
        if not self.training:
            return fused
        kept = torch.rand(len(fused), len(self.widths), device=fused.device) >= self.share
        kept |= ~kept.any(1, keepdim=True)
        widths = torch.tensor(self.widths, device=fused.device)
        return fused * kept.repeat_interleave(widths, dim=1)[:, None].to(fused.dtype)
