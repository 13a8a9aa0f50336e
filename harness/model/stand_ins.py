"""Make what stands for a masked encoder's tokens: their mean, or noise of the same mean and spread.

A zero is off the distribution that a projector was trained on, so that a partly masked model can fall below its own
all-masked floor (seen in the curves of arXiv 2507.03262). Both operators here stay closer to it: the mean token takes
away all that an encoder says of one picture and keeps what it says of all (mean ablation, as in arXiv 2309.16042), the
noise keeps the size of each channel as well. The moments are those of the pictures that are asked about, one benchmark
at a time, over all pictures and places.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from harness.data.order import generator

AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Moments:
    """Hold the mean and the standard deviation (D) of each channel of an encoder's tokens."""

    mean: Tensor
    deviation: Tensor


def moments(tokens: Tensor) -> Moments:
    """Return the moments of U pictures' tokens (U, N, D), summed in float64: of the population, divided by U N."""
    count = tokens.shape[0] * tokens.shape[1]
    parts = tokens.split(AT_ONCE)
    mean = torch.stack([part.double().sum((0, 1)) for part in parts]).sum(0) / count
    spread = torch.stack([(part.double() - mean).square().sum((0, 1)) for part in parts]).sum(0) / count
    return Moments(mean.to(tokens.dtype), spread.sqrt().to(tokens.dtype))


def mean_tokens(like: Tensor, of: Moments) -> Tensor:
    """Return the mean token in every place: the shape (B, N, D) of `like`."""
    return of.mean.expand_as(like)


def noise_tokens(like: Tensor, of: Moments, encoder: str, pictures: Sequence[str]) -> Tensor:
    """Return normal noise of the encoder's moments, of the shape (B, N, D) of `like`, picture by picture.

    The draw is a function of the encoder's name and of each picture's digest, so that one picture has one noise under
    every mask, in every batch and in every run.
    """
    drawn = [
        generator("noise mask", encoder, digest).standard_normal(tuple(like.shape[1:]), dtype="float32")
        for digest in pictures
    ]
    noise = torch.stack([torch.from_numpy(one) for one in drawn]).to(like)
    return of.mean + of.deviation * noise
