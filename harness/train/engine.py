"""Open the one door to DeepSpeed: the same engine on GPUs and on a CPU, for one process and for many.

On a CPU, DeepSpeed's own Adam would be compiled on first use (minutes); `torch.optim.AdamW` is handed over instead, on
GPUs its fused form. In bfloat16 DeepSpeed keeps the optimizer's float32 weights at ZeRO stages 1 to 3 only, so stage 0
then runs as stage 1, which is the same arithmetic.

What is kept of a training must not know how it was laid out: weights and moments are put together from the pieces of
all processes, named by parameter, in float32, and taken apart again for whatever layout takes the training up.
"""

import gc
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from harness.schema.machine import MachineSpec
from harness.schema.recipe import Part, Stage
from harness.train.compiled import free_abandoned
from harness.train.divergence import Diverged, no_number
from harness.train.together import everyone, in_turns, join

MOMENTS = ("exp_avg", "exp_avg_sq")
BUCKET = 500_000_000
"""Elements that are summed over the processes at once: DeepSpeed's own default, which a small model need not fill."""
PIECE = 2**24
"""Elements of a gradient that are squared in float64 at once: the table of words alone would take a gigabyte."""
Groups = Mapping[str, Sequence[nn.Parameter]]


class Engine:
    """Drive one stage: backward, accumulate, clip, step."""

    # DeepSpeed types neither by what they are at run time: the wrapped module, and the optimizer that is handed over.
    engine: Any
    optimizer: Any

    def __init__(
        self, model: nn.Module, parts: Mapping[Part, Iterable[nn.Parameter]], stage: Stage, machine: MachineSpec
    ):
        self.share = join(machine)
        deepspeed = _deepspeed(machine)
        self.stage, self.steps, self.norm, self.norms = stage, 0, 0.0, {}
        self.zero = max(machine.zero_stage, 1) if stage.precision == "bfloat16" else machine.zero_stage
        chosen = {part: list(parts[part]) for part in sorted(stage.rates)}
        groups = [
            {"params": chosen[part], "lr": rate, "peak": rate, "weight_decay": stage.weight_decay}
            for part, rate in sorted(stage.rates.items())
            if chosen[part]
        ]
        bucket = min(BUCKET, sum(one.numel() for group in groups for one in group["params"]))
        fused = machine.accelerator == "cuda" or None
        self.engine, self.optimizer, _, _ = deepspeed.initialize(
            model=model,
            optimizer=torch.optim.AdamW(groups, fused=fused),
            config=_configuration(stage, machine, self.zero, bucket),
        )
        if self.zero:
            self._open_moments()
        self.trained = {name: one for name, one in model.named_parameters() if one.requires_grad}

    def place(self, batch: Any) -> Any:
        """Return a batch on this process's device, in the precision that the model computes in."""
        precision = torch.bfloat16 if self.stage.precision == "bfloat16" else torch.float32
        return batch.to(self.engine.device, precision)

    def step(self, losses: Iterable[Tensor], scale: float, probed: Groups | None = None) -> float:
        """Take one optimizer step over the micro-batches' losses, at `scale` times the peak rates; return their mean.

        The norm of the gradients before they are clipped is left in `norm`, that of each `probed` group in `norms`.

        Raises:
            Diverged: a loss, of any process, is NaN or infinite; no weight has moved.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * scale
        seen: list[float] = []
        for loss in losses:
            if seen:
                # A step in between only counts; the last one waits until every loss is known to be a number.
                self.engine.step()
            seen.append(float(loss.detach()))
            self.engine.backward(loss)
        heard = in_turns(everyone(seen, self.share))
        for value in heard:
            if no_number(value):
                raise Diverged(self.stage.name, self.steps + 1, f"the loss is {value}")
        self.norms = {} if probed is None else _gradient_norms(probed)
        norm = None if self.zero else self._plain_norm()
        self.engine.step()
        self.norm = float(self.engine.get_global_grad_norm() if norm is None else norm)
        self.steps += 1
        return sum(heard) / len(heard)

    def _plain_norm(self) -> Tensor:
        """Return the norm of all gradients, which DeepSpeed computes at ZeRO stage 0 but does not tell."""
        return nn.utils.get_total_norm([one.grad for one in self.trained.values() if one.grad is not None])

    def weights(self) -> dict[str, Tensor]:
        """Return the trained weights by name, whole, in float32 and in main memory; on every process at once."""
        if not self.zero:
            return {name: one.detach().cpu() for name, one in self.trained.items()}
        from deepspeed.utils import safe_get_full_fp32_param

        return {name: _whole(safe_get_full_fp32_param(one)) for name, one in self.trained.items()}

    def moments(self) -> dict[str, Tensor]:
        """Return the optimizer's state as named tensors, whole: first and second moments and step counts."""
        if not self.zero:
            names = {id(one): name for name, one in self.trained.items()}
            return {
                f"{key}.{names[id(one)]}": value.cpu()
                for one, state in self.optimizer.state.items()
                for key, value in state.items()
            }
        from deepspeed.utils import safe_get_full_optimizer_state

        whole = {
            f"{key}.{name}": _whole(safe_get_full_optimizer_state(one, key))
            for name, one in self.trained.items()
            for key in MOMENTS
        }
        return whole | {f"step.{name}": torch.tensor(float(self.steps)) for name in self.trained}

    def restore(self, weights: Mapping[str, Tensor], moments: Mapping[str, Tensor], steps: int) -> None:
        """Put back what `weights` and `moments` returned after so many steps, under whatever layout."""
        self.steps = steps
        if not self.zero:
            for label, value in moments.items():
                key, _, name = label.partition(".")
                if name in self.trained:
                    one = self.trained[name]
                    # torch keeps the step count where it was made, on the CPU unless the optimizer is fused.
                    self.optimizer.state[one][key] = value.to(one.device, copy=True)
            return
        from deepspeed.utils import safe_set_full_fp32_param, safe_set_full_optimizer_state

        for state in self.optimizer.optimizer.state.values():
            state["step"].fill_(steps)
        for name, one in self.trained.items():
            safe_set_full_fp32_param(one, weights[name].to(self.engine.device, torch.float32))
            for key in MOMENTS:
                value = moments.get(f"{key}.{name}")
                if value is not None:
                    safe_set_full_optimizer_state(one, value.to(self.engine.device, torch.float32), key)

    def _open_moments(self) -> None:
        """Make the optimizer's state as its first step would; ZeRO has nothing to put moments into before that."""
        wrapped = self.optimizer
        names = ("fp32_partitioned_groups_flat", "single_partition_of_fp32_groups", "fp32_groups_flat_partition")
        pieces = next(getattr(wrapped, name) for name in names if hasattr(wrapped, name))
        for piece in pieces:
            state = wrapped.optimizer.state[piece]
            fused = bool(wrapped.optimizer.defaults.get("fused"))
            state["step"] = torch.tensor(0.0, device=piece.device if fused else "cpu")
            for key in MOMENTS:
                state[key] = torch.zeros_like(piece.detach())
        if hasattr(wrapped, "_lazy_init_hp_params_optimizer_state"):
            wrapped._lazy_init_hp_params_optimizer_state()

    def close(self) -> None:
        """Let go of what DeepSpeed hooked into the model, and of the memory of the device for the next stage."""
        self.engine.destroy()
        if self.zero == 3:
            from deepspeed.runtime.zero.parameter_offload import FWD_MODULE_STACK
            from deepspeed.runtime.zero.partition_parameters import InsertPostInitMethodToModuleSubClasses

            # DeepSpeed keeps the last model that it ran here, and with it all that was ever hooked into it.
            FWD_MODULE_STACK.clear()
            # It puts a product of its own in torch's place, for spread weights, and leaves it there.
            kept: Any = InsertPostInitMethodToModuleSubClasses
            nn.functional.linear = kept.linear_bk
        # Engine, optimizer and hooks hold each other, so that nothing but the collector frees their tensors.
        del self.engine, self.optimizer, self.trained
        if torch.cuda.is_initialized():
            gc.collect()
            torch.cuda.empty_cache()


def _whole(pieces: Tensor | None) -> Tensor:
    """Return what DeepSpeed put together, in main memory; it has something for every parameter that is trained."""
    assert pieces is not None
    return pieces.cpu()


def _gradient_norms(groups: Groups) -> dict[str, float]:
    """Return the norm of each group's gradients, which must be there: after the last backward, before the step."""
    from deepspeed.utils import safe_get_full_grad

    norms = {}
    for name, parameters in groups.items():
        found = [safe_get_full_grad(one) for one in parameters if one.requires_grad]
        pieces = [piece for one in found if one is not None for piece in one.detach().flatten().split(PIECE)]
        norms[name] = sum(float(piece.double().square().sum()) for piece in pieces) ** 0.5
    return norms


def _configuration(stage: Stage, machine: MachineSpec, zero: int, bucket: int) -> dict[str, Any]:
    """Say a stage and a machine in DeepSpeed's words."""
    sharding: dict[str, Any] = {"stage": zero, "reduce_bucket_size": bucket, "allgather_bucket_size": bucket}
    if machine.offload != "none":
        sharding["offload_optimizer"] = {"device": "cpu", "pin_memory": machine.accelerator == "cuda"}
    if machine.offload == "parameters":
        sharding["offload_param"] = {"device": "cpu", "pin_memory": machine.accelerator == "cuda"}
    halved = stage.precision == "bfloat16"
    return {
        "train_micro_batch_size_per_gpu": machine.micro_batch,
        "gradient_accumulation_steps": machine.accumulation(stage.global_batch),
        "gradient_clipping": stage.clip,
        "zero_optimization": sharding,
        "bf16": {"enabled": halved},
        **({"data_types": {"grad_accum_dtype": "fp32"}} if halved else {}),
        "zero_allow_untested_optimizer": True,
        "zero_force_ds_cpu_optimizer": False,
        "steps_per_print": sys.maxsize,
    }


def _deepspeed(machine: MachineSpec):
    """Load DeepSpeed for the machine's accelerator."""
    free_abandoned()
    os.environ["DS_ACCELERATOR"] = machine.accelerator
    # DeepSpeed compiles its shared-memory collectives once; it looks for ninja on PATH only.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    import deepspeed

    return deepspeed
