"""Bring any picture onto the recipe's canvas: one square tensor in [0, 1] for every encoder."""

from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from harness.errors import InvalidEvidence
from harness.schema.recipe import Canvas

REMEDY = "Restore the file; or pin the mixture again, which leaves it out and says so: harness pin"


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


def load(file: Path, canvas: Canvas, expected: str = "") -> Tensor:
    """Read a picture's file onto a canvas (3, P, P); `expected` is its SHA-256 where a manifest pins each picture.

    Raises:
        InvalidEvidence: the picture is absent, broken, or not the pinned one.
    """
    try:
        content = file.read_bytes()
        found = sha256(content).hexdigest() if expected else ""
        if found != expected:
            raise InvalidEvidence.digest(f"picture {file}", expected, found, REMEDY)
        with Image.open(BytesIO(content)) as picture:
            return paint(picture, canvas)
    except (OSError, UnidentifiedImageError) as error:
        raise InvalidEvidence(f"picture {file} cannot be read: {error}. {REMEDY}") from error
