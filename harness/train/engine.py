"""Open the one door to DeepSpeed: the same engine on GPUs and on a CPU.

On a CPU, DeepSpeed's own Adam would be compiled on first use (minutes); `torch.optim.AdamW` is handed over instead.
One process forms its own group through an in-memory store, so that two trainings on one machine never meet on a port.
"""

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, distributed, nn

from harness.errors import HarnessError
from harness.schema.machine import MachineSpec
from harness.schema.recipe import Part, Stage


class Diverged(HarnessError):
    """Report a training whose loss is no number any more; that is a result, not a reason to try again."""


class Engine:
    """Drive one stage: backward, accumulate, clip, step."""

    # DeepSpeed types neither by what they are at run time: the wrapped module, and the optimizer that is handed over.
    engine: Any
    optimizer: Any

    def __init__(
        self, model: nn.Module, parts: Mapping[Part, Iterable[nn.Parameter]], stage: Stage, machine: MachineSpec
    ):
        deepspeed = _deepspeed(machine)
        self.stage = stage
        groups = [
            {"params": list(parts[part]), "lr": rate, "peak": rate, "weight_decay": stage.weight_decay}
            for part, rate in sorted(stage.rates.items())
        ]
        self.engine, self.optimizer, _, _ = deepspeed.initialize(
            model=model,
            optimizer=torch.optim.AdamW(groups),
            config={
                "train_micro_batch_size_per_gpu": machine.micro_batch,
                "gradient_accumulation_steps": machine.accumulation(stage.global_batch),
                "gradient_clipping": stage.clip,
                "zero_optimization": {"stage": machine.zero_stage},
                "bf16": {"enabled": stage.precision == "bfloat16"},
                "zero_allow_untested_optimizer": True,
                "steps_per_print": sys.maxsize,
            },
        )

    def step(self, losses: Iterable[Tensor], scale: float) -> float:
        """Take one optimizer step over the micro-batches' losses, at `scale` times the peak rates; return their mean.

        Raises:
            Diverged: a loss is NaN or infinite.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * scale
        seen = []
        for loss in losses:
            seen.append(float(loss.detach()))
            if not torch.isfinite(loss.detach()):
                raise Diverged(f"stage '{self.stage.name}': the loss is {seen[-1]}; earlier ones in the run's record")
            self.engine.backward(loss)
            self.engine.step()
        return sum(seen) / len(seen)

    def moments(self) -> dict[str, Tensor]:
        """Return the optimizer's state as named tensors: first and second moments and step counts."""
        names = {id(parameter): name for name, parameter in self.engine.module.named_parameters()}
        return {
            f"{key}.{names[id(parameter)]}": value
            for parameter, state in self.optimizer.state.items()
            for key, value in state.items()
        }

    def restore(self, moments: dict[str, Tensor]) -> None:
        """Put back the optimizer's state that `moments` returned."""
        parameters = dict(self.engine.module.named_parameters())
        for label, value in moments.items():
            key, _, name = label.partition(".")
            self.optimizer.state[parameters[name]][key] = value.clone()


def _deepspeed(machine: MachineSpec):
    """Load DeepSpeed for the machine's accelerator, and form the group of one process if there is none."""
    os.environ["DS_ACCELERATOR"] = machine.accelerator
    # DeepSpeed compiles its shared-memory collectives once; it looks for ninja on PATH only.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for variable, alone in (("RANK", "0"), ("LOCAL_RANK", "0"), ("WORLD_SIZE", "1")):
        os.environ.setdefault(variable, alone)
    import deepspeed

    if not distributed.is_initialized():
        distributed.init_process_group("gloo", store=distributed.HashStore(), rank=0, world_size=1)
    return deepspeed
