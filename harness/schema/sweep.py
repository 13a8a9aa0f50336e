"""Say how much of the grid is run, and how often what fails is tried again. Nothing here is in any digest."""

from pydantic import Field

from harness.schema.frozen import Frozen


class SweepSpec(Frozen):
    """Describe a sweep over subsets of the pool; seeds are counted from the study's own.

    `edge_seeds` is for the full set and the sets that lack one encoder, whose difference is Necessity; `masked_seeds`
    for the masked views of the full set. `retries` counts further tries of a step that failed for no reason of its own:
    killed, out of memory, a full disk. `slots` is how many trainings run at once on this machine; 0 means as many as
    it has cores for their threads, or GPUs for their devices.
    """

    seeds: int = Field(gt=0)
    edge_seeds: int = Field(gt=0)
    masked_seeds: int = Field(ge=0)
    retries: int = Field(ge=0)
    slots: int = Field(ge=0)
