"""Assemble the tower: encoders, masking, fusion and projector; the same module trains and serves."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from harness.encoders.backbone import Backbone
from harness.model.arms import ARMS
from harness.model.encoder_dropout import EncoderDropout
from harness.model.fusion import ChannelConcat
from harness.model.masking import mask
from harness.model.patches import PATCHES, Patches
from harness.model.source import Source
from harness.schema.recipe import Fusion, Projector
from harness.schema.subset import Subset


class Tower(nn.Module):
    """Turn a canvas (B, 3, P, P) into visual tokens (B, N, H) of the language model.

    `encode` and `project` are apart, because features are computed once a picture and projected once a mask. `fusion`
    brings all tokens onto one grid and has no weights, `projector` is the recipe's arm (`arms.py`), which may give
    another number of tokens than N. A tower without encoders shows the patches of its canvas, of `side_px`.
    """

    # An arm; those that speak place by place also have `content`, which the type of a module does not know.
    projector: Any

    def __init__(
        self, encoders: Sequence[Backbone], fusion: Fusion, projector: Projector, width: int, side_px: int = 0
    ):
        super().__init__()
        self.encoders = nn.ModuleDict({encoder.spec.name: encoder for encoder in encoders})
        self.patches = None if encoders else Patches(side_px, fusion.grid)
        sources: tuple[Source, ...] = tuple(encoder.spec for encoder in encoders)
        if self.patches is not None:
            sources = (self.patches.source,)
        self.fusion = ChannelConcat(fusion, sources)
        self.dropout = EncoderDropout(fusion.dropout, sources) if fusion.dropout else nn.Identity()
        self.projector = ARMS[fusion.kind](fusion, projector, sources, width)

    def encode(self, canvas: Tensor) -> dict[str, Tensor]:
        """Return the tokens (B, N_i, D_i) of each encoder: the pre-projector features, before fusion."""
        if self.patches is not None:
            return {PATCHES: self.patches(canvas)}
        return {name: encoder(canvas) for name, encoder in self.encoders.items()}

    def project(
        self, features: dict[str, Tensor], kept: Subset | None = None, stand_ins: Mapping[str, Tensor] | None = None
    ) -> Tensor:
        """Mask all encoders but the kept ones (default: none is masked), fuse, project: (B, N, H).

        `stand_ins` holds what stands for the masked ones where it is not zeros. Patches are no encoder's, so they are
        never masked.
        """
        if kept is not None and self.patches is None:
            features = mask(features, kept, stand_ins)
        return self.projector(self.dropout(self.fusion(features)))

    def forward(self, canvas: Tensor, kept: Subset | None = None) -> Tensor:
        """Return the visual tokens (B, N, H) of a canvas (B, 3, P, P)."""
        return self.project(self.encode(canvas), kept)
