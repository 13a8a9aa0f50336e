"""Name one cell of the table: trained x kept x benchmark x recipe x seed."""

from typing import Literal

from pydantic import Field, model_validator

from harness.schema.frozen import Frozen, Seed
from harness.schema.subset import Subset


class Entry(Frozen):
    """Identify one cell. `kept == trained` is a *retrained* entry; `kept` inside `trained` is a *masked* one.

    `recipe` is a name for people; `training` is the digest of the training, which is what identifies the weights.
    """

    trained: Subset
    kept: Subset
    benchmark: str
    recipe: str
    training: str = Field(pattern=r"^[0-9a-f]{64}$")
    seed: Seed

    @model_validator(mode="after")
    def _kept_is_inside(self) -> "Entry":
        if not self.kept <= self.trained:
            raise ValueError(f"kept '{self.kept}' is not inside trained '{self.trained}'")
        return self

    @property
    def view(self) -> Literal["retrained", "masked"]:
        """Tell which of the two protocols of the papers this entry belongs to."""
        return "retrained" if self.kept == self.trained else "masked"

    @property
    def slug(self) -> str:
        """Return a file name: `tiny.clip+sam.chartqa.s0`, masked ones as `tiny.clip+sam-keeps-clip.chartqa.s0`."""
        view = "" if self.kept == self.trained else f"-keeps-{self.kept}"
        return f"{self.recipe}.{self.trained}{view}.{self.benchmark}.s{self.seed}"
