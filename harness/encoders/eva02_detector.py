"""Adapt EVA-02 (arXiv 2303.11331) as the backbone of a detector: most blocks look at windows, some at everything.

Block by block as in baaivision/EVA and NVlabs/EAGLE @ 4da63d0, `vision_models/eva_vit.py`: no class token, positions of
the pre-training side resampled bicubically, rotary positions stretched over the window or the whole map, no last norm.
"""

from functools import partial
from typing import Any, cast

from timm.layers import RotaryEmbeddingCat
from timm.models.eva import EvaBlock
from torch import Tensor, empty, nn
from torch.utils.checkpoint import checkpoint

from harness.encoders.backbone import Backbone
from harness.encoders.naming import Naming
from harness.encoders.resample import resampled
from harness.schema.encoder import EncoderSpec


class WindowedEva(nn.Module):
    """Encode pixels (B, 3, s, s) to tokens (B, N, D) by timm's blocks, in windows where `every` does not divide.

    Of each `every` blocks the last looks at the whole map, the others at windows of `window` x `window` tokens; so do
    the last ones of a depth that `every` does not divide, as upstream lists them.
    """

    def __init__(self, side_px: int, patch: int, pretrain_px: int, window: int, every: int, **sizes: Any):
        super().__init__()
        width, heads, depth = sizes["embed_dim"], sizes["num_heads"], sizes["depth"]
        self.grid, self.window, self.every, self.checkpointed = side_px // patch, window, every, False
        self.patch_embed = nn.ModuleDict({"proj": nn.Conv2d(3, width, kernel_size=patch, stride=patch)})
        self.pos_embed = nn.Parameter(empty(1, (pretrain_px // patch) ** 2 + 1, width))
        nn.init.trunc_normal_(self.pos_embed, std=0.02)
        block = partial(
            EvaBlock,
            width,
            heads,
            qkv_fused=False,
            mlp_ratio=4 * 2 / 3,
            swiglu_mlp=True,
            scale_mlp=True,
            num_prefix_tokens=0,
            norm_layer=partial(nn.LayerNorm, eps=1e-6),
        )
        self.blocks = nn.ModuleList(block() for _ in range(depth))
        # Both stretch their range over the 16 x 16 positions of the pre-training (`pt_hw_seq_len`).
        self.rope_window, self.rope_all = (
            RotaryEmbeddingCat(width // heads, in_pixels=False, feat_shape=[side, side], ref_feat_shape=[16, 16])
            for side in (window, self.grid)
        )

    def forward(self, pixels: Tensor) -> Tensor:
        """Run the blocks; tokens come back in raster order."""
        tokens = self.patch_embed["proj"](pixels) + self._positions()
        tokens = tokens.permute(0, 2, 3, 1)
        for number, block in enumerate(self.blocks, start=1):
            look = partial(self._everywhere if number % self.every == 0 else self._in_windows, block)
            again = self.checkpointed and self.training
            tokens = cast(Tensor, checkpoint(look, tokens, use_reentrant=False)) if again else look(tokens)
        return tokens.flatten(1, 2)

    def _positions(self) -> Tensor:
        """Resample the positions (1, D, g, g) in float32, without the one of the class token, which has no place."""
        side = int(self.pos_embed[0, 1:].shape[0] ** 0.5)
        plane = self.pos_embed[:, 1:].transpose(1, 2).unflatten(2, (side, side))
        if side != self.grid:
            plane = resampled(plane.float(), self.grid, "bicubic", align_corners=False)
        return plane.to(self.pos_embed.dtype)

    def _everywhere(self, block: nn.Module, tokens: Tensor) -> Tensor:
        rope = self.rope_all.get_embed().to(tokens.dtype)
        return block(tokens.flatten(1, 2), rope=rope).unflatten(1, tokens.shape[1:3])

    def _in_windows(self, block: nn.Module, tokens: Tensor) -> Tensor:
        rope, size = self.rope_window.get_embed().to(tokens.dtype), self.window
        count = self.grid // size
        cut = tokens.unflatten(2, (count, size)).unflatten(1, (count, size)).transpose(2, 3)
        seen = block(cut.flatten(0, 2).flatten(1, 2), rope=rope)
        pieces = seen.view(-1, count, count, size, size, tokens.shape[-1])
        return pieces.transpose(2, 3).flatten(3, 4).flatten(1, 2)


class Eva02Detector(Backbone):
    """Return the last block's map, as Eagle does (`eva_vit.py`, `eva02-l-16` with windows)."""

    @staticmethod
    def construct(spec: EncoderSpec) -> nn.Module:
        """Build the windowed backbone; the map must be cut into whole windows."""
        arguments: dict[str, Any] = {**spec.architecture}
        return WindowedEva(spec.side_px, spec.stride_px, **arguments)

    @staticmethod
    def published(spec: EncoderSpec) -> Naming:
        """Take the backbone out of the detector; rotary tables are computed, not stored."""
        return Naming(
            prefix="backbone.net.",
            others=(r".*rope", r"backbone\.(?!net\.)", r"proposal_generator\.", r"roi_heads\.", r"pixel_(mean|std)$"),
            renamed=(
                (r"\.attn\.(q|v)_bias$", r".attn.\1_proj.bias"),
                (r"\.mlp\.w1\.", ".mlp.fc1_g."),
                (r"\.mlp\.w2\.", ".mlp.fc1_x."),
                (r"\.mlp\.ffn_ln\.", ".mlp.norm."),
                (r"\.mlp\.w3\.", ".mlp.fc2."),
            ),
        )

    def checkpoint_activations(self, wanted: bool = True) -> None:
        """Keep one activation a block; the rest is computed again on the way back."""
        self.inner.checkpointed = wanted

    def tokens(self, pixels: Tensor) -> Tensor:
        """Encode pixels to the map of the last block."""
        return self.inner(pixels)
