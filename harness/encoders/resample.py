"""Resample maps so that the way back is the same in every run, on a GPU too.

torch has no deterministic way back for linear and bicubic interpolation on a GPU (where many threads add to one place)
and refuses it, as `harness/train/seed.py` asks; what it offers for the bilinear one gathers and sorts. Interpolation is
linear in each direction, so there it is written as two products, Y = A X B^T, with torch's own weights: A is what torch
makes of the unit matrix. On a CPU torch's kernel is deterministic and is taken as it is.
"""

from functools import cache
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import interpolate

Mode = Literal["bilinear", "bicubic"]


def resampled(plane: Tensor, side: int, mode: Mode, align_corners: bool) -> Tensor:
    """Resize maps (B, D, h, w) to (B, D, side, side); on a GPU in float32, given back in the precision that came in."""
    if not plane.is_cuda:
        return interpolate(plane, size=(side, side), mode=mode, align_corners=align_corners)
    rows, columns = (weights(old, side, mode, align_corners).to(plane.device) for old in plane.shape[-2:])
    return (rows @ plane.float() @ columns.T).to(plane.dtype)


@cache
def weights(old: int, new: int, mode: Mode, align_corners: bool) -> Tensor:
    """Return the weights (new, old) with which interpolation along one axis adds old values to new ones."""
    # They outlive the block in which they are first asked for, which may be one that never learns.
    with torch.inference_mode(False), torch.device("cpu"):
        unit = torch.eye(old)[None, None]
        # The other axis keeps its length, so that each of its places takes itself alone.
        return interpolate(unit, size=(new, old), mode=mode, align_corners=align_corners)[0, 0]
