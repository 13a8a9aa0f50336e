"""Assemble the tower: encoders, masking, fusion and projector; the same module trains and serves."""

from collections.abc import Mapping, Sequence

from torch import Tensor, nn

from harness.encoders.backbone import Backbone
from harness.model.fusion import ChannelConcat
from harness.model.masking import mask
from harness.model.projector import Projection
from harness.schema.recipe import Fusion, Projector
from harness.schema.subset import Subset


class Tower(nn.Module):
    """Turn a canvas (B, 3, P, P) into visual tokens (B, N, H) of the language model.

    `encode` and `project` are apart, because features are computed once a picture and projected once a mask.
    """

    def __init__(self, encoders: Sequence[Backbone], fusion: Fusion, projector: Projector, width: int):
        super().__init__()
        self.encoders = nn.ModuleDict({encoder.spec.name: encoder for encoder in encoders})
        self.fusion = ChannelConcat(fusion, tuple(encoder.spec for encoder in encoders))
        self.projector = Projection(projector, self.fusion.channels, width, fusion.grid)

    def encode(self, canvas: Tensor) -> dict[str, Tensor]:
        """Return the tokens (B, N_i, D_i) of each encoder: the pre-projector features, before fusion."""
        return {name: encoder(canvas) for name, encoder in self.encoders.items()}

    def project(
        self, features: dict[str, Tensor], kept: Subset | None = None, stand_ins: Mapping[str, Tensor] | None = None
    ) -> Tensor:
        """Mask all encoders but the kept ones (default: none is masked), fuse, project: (B, N, H).

        `stand_ins` holds what stands for the masked ones where it is not zeros.
        """
        return self.projector(self.fusion(features if kept is None else mask(features, kept, stand_ins)))

    def forward(self, canvas: Tensor, kept: Subset | None = None) -> Tensor:
        """Return the visual tokens (B, N, H) of a canvas (B, 3, P, P)."""
        return self.project(self.encode(canvas), kept)
