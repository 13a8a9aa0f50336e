"""Show a picture without any encoder: its own patches, straight to the projector."""

from torch import Tensor, nn
from torch.nn.functional import pixel_unshuffle

from harness.encoders.backbone import raster
from harness.errors import UsageError
from harness.model.source import Plain

PATCHES = "patches"


class Patches(nn.Module):
    """Cut a canvas (B, 3, P, P) in [0, 1] into grid x grid patches of p = P / grid pixels: (B, N, 3 p**2) in [-1, 1].

    It has no weights. Behind it the projector is the patch embedding and the language model does all the seeing: the
    empty subset's baseline, against which any encoder at all can be held. After EVEv2 (arXiv 2502.06788), which is
    encoder-free too; the weights of its own that visual tokens have there in every layer of the language model are left
    out.

    Raises:
        UsageError: the canvas does not divide into the grid.
    """

    def __init__(self, side_px: int, grid: int):
        super().__init__()
        if not side_px or side_px % grid:
            raise UsageError(
                f"a canvas of {side_px} px does not divide into {grid} x {grid} patches: without an encoder, "
                "recipe.canvas.side_px must be a multiple of recipe.fusion.grid"
            )
        self.patch_px = side_px // grid
        self.source = Plain(PATCHES, 3 * self.patch_px**2, grid)

    def forward(self, canvas: Tensor) -> Tensor:
        """Cut the canvas into patches, row by row."""
        return raster(pixel_unshuffle(2 * canvas - 1, self.patch_px))
