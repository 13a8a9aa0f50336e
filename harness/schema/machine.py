"""Say what a run may use of a machine. Nothing here is in any digest."""

from typing import Literal

from pydantic import Field, model_validator

from harness.errors import UsageError
from harness.schema.cluster import ClusterSpec
from harness.schema.frozen import Frozen

Accelerator = Literal["cpu", "cuda"]
InstructionSet = Literal["native", "avx2"]
MEETING = "HARNESS_MEETING"
"""The variable that names the file at which the processes of one training meet."""


class MachineSpec(Frozen):
    """Describe the devices, how a global batch is laid out on them, and the processor's settings.

    `devices` counts the processes of one training, one a GPU (or CPU process), over all nodes. `zero_stage` says what
    DeepSpeed spreads over them: nothing (0), the optimizer's state (1), gradients too (2), weights too (3). `offload`
    keeps the optimizer's state, or that and the weights, in main memory. `recompute` runs a layer forward again rather
    than keep its activations (gradient checkpointing). `threads` and `instruction_set` fix the order of floating-point
    sums on a CPU (see `train/seed.py`). `features_gb` is what features of frozen encoders may take of the disk, over
    all trainings of a store, which share them (harness/train/sharing.py); 0 keeps none. `cluster` is what its tasks ask
    of Slurm; without it they run here.
    """

    accelerator: Accelerator
    devices: int = Field(gt=0)
    micro_batch: int = Field(gt=0)
    zero_stage: Literal[0, 1, 2, 3]
    offload: Literal["none", "optimizer", "parameters"] = "none"
    recompute: bool = False
    workers: int = Field(ge=0)
    threads: int = Field(gt=0)
    instruction_set: InstructionSet
    checkpoint_every_s: float = Field(gt=0)
    features_gb: float = Field(default=0, ge=0)
    cluster: ClusterSpec | None = None

    @model_validator(mode="after")
    def _what_is_offloaded_is_spread(self) -> "MachineSpec":
        least = {"none": 0, "optimizer": 1, "parameters": 3}[self.offload]
        if self.zero_stage < least:
            raise ValueError(
                f"offload '{self.offload}' needs zero_stage {least} or more, came {self.zero_stage}: DeepSpeed moves "
                "only what it spreads"
            )
        return self

    def accumulation(self, global_batch: int) -> int:
        """Return the gradient accumulation steps: global batch / (devices x micro-batch).

        Raises:
            UsageError: the three do not divide; the message lists the micro-batches that fit.
        """
        steps, rest = divmod(global_batch, self.devices * self.micro_batch)
        if steps == 0 or rest:
            fits = [m for m in range(1, global_batch + 1) if global_batch % (self.devices * m) == 0]
            raise UsageError(
                f"global batch {global_batch} is not {self.devices} devices x micro-batch {self.micro_batch} x "
                f"accumulation. Micro-batches that fit: {', '.join(map(str, fits)) or 'none'}"
            )
        return steps
