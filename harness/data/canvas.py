"""Bring any picture onto the recipe's canvas: one square tensor in [0, 1] for every encoder."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from harness.schema.recipe import Canvas


def paint(picture: Image.Image, canvas: Canvas) -> Tensor:
    """Return the picture as a canvas (3, P, P) with values in [0, 1].

    `pad` centres it on a square of the fill colour before the bicubic resize, as LLaVA-1.5 and Eagle do.
    """
    picture = picture.convert("RGB")
    if canvas.fit == "pad" and picture.width != picture.height:
        side = max(picture.size)
        red, green, blue = (round(255 * value) for value in canvas.fill)
        square = Image.new("RGB", (side, side), (red, green, blue))
        square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
        picture = square
    if picture.size != (canvas.side_px, canvas.side_px):
        picture = picture.resize((canvas.side_px, canvas.side_px), Image.Resampling.BICUBIC)
    pixels = torch.from_numpy(np.array(picture, dtype=np.uint8))
    return pixels.permute(2, 0, 1).float() / 255


def load(file: Path, canvas: Canvas) -> Tensor:
    """Read a picture's file onto a canvas (3, P, P)."""
    with Image.open(file) as picture:
        return paint(picture, canvas)
