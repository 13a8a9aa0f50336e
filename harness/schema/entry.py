"""Name one cell of the table: trained x kept x benchmark x recipe x seed, and the operator that masks."""

from typing import Literal

from pydantic import Field, model_validator

from harness.schema.frozen import Seed, Stated
from harness.schema.subset import Subset

Operator = Literal["mean", "noise", "blind"]


class Entry(Stated):
    """Identify one cell. `kept == trained` is a *retrained* entry; `kept` inside `trained` is a *masked* one.

    `recipe` is a name for people; `training` is the digest of the training, which is what identifies the weights.
    `mask` says what stands where a masked encoder's tokens were: zeros where it is not stated, else their `mean` or
    matched `noise` (harness/model/stand_ins.py); `blind` asks without any picture, and then nothing is kept. `none`
    kept without it is the all-masked floor.
    """

    trained: Subset
    kept: Subset
    benchmark: str
    recipe: str
    training: str = Field(pattern=r"^[0-9a-f]{64}$")
    seed: Seed
    mask: Operator | None = None

    @model_validator(mode="after")
    def _kept_is_inside(self) -> "Entry":
        if not self.kept <= self.trained:
            raise ValueError(f"kept '{self.kept}' is not inside trained '{self.trained}'")
        if self.mask in ("mean", "noise") and self.kept == self.trained:
            raise ValueError(f"mask '{self.mask}' stands for no encoder: '{self.trained}' keeps all of its own")
        if self.mask == "blind" and self.kept.names:
            raise ValueError(f"a blind entry sees no picture, so it keeps 'none'; came '{self.kept}'")
        return self

    @property
    def view(self) -> Literal["retrained", "masked"]:
        """Tell which of the two protocols of the papers this entry belongs to."""
        return "retrained" if self.kept.root == self.trained.root and self.mask is None else "masked"

    @property
    def model(self) -> str:
        """Name the model as people see it: `clip+sam`, `clip+sam keeps clip`, `... keeps clip by mean`, `... blind`."""
        if self.view == "retrained":
            return str(self.trained)
        if self.mask == "blind":
            return f"{self.trained} blind"
        return f"{self.trained} keeps {self.kept}{f' by {self.mask}' if self.mask else ''}"

    @property
    def slug(self) -> str:
        """Return a file name: `tiny.clip+sam.chartqa.s0`, masked ones as `tiny.clip+sam-keeps-clip.chartqa.s0`."""
        return f"{self.recipe}.{self.model.replace(' ', '-')}.{self.benchmark}.s{self.seed}"
