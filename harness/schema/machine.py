"""Say what a run may use of a machine. Nothing here is in any digest."""

from typing import Literal

from pydantic import Field

from harness.errors import UsageError
from harness.schema.frozen import Frozen


class MachineSpec(Frozen):
    """Describe the devices, how a global batch is laid out on them, and the processor's settings.

    `threads` and `instruction_set` fix the order of floating-point sums on a CPU (see `train/seed.py`).
    """

    accelerator: Literal["cpu", "cuda"]
    devices: int = Field(gt=0)
    micro_batch: int = Field(gt=0)
    zero_stage: Literal[0, 1, 2, 3]
    workers: int = Field(ge=0)
    threads: int = Field(gt=0)
    instruction_set: Literal["native", "avx2"]
    checkpoint_every_s: float = Field(gt=0)

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
