"""Reckon what a stage costs from what was counted: operations a sample, and the memory of the fullest device.

Operations. A part runs forward once (F). Where it learns, it runs back once for its inputs and once for its weights
(3F in all); where it only lets gradients through to a part below, once (2F); where nothing below it learns and neither
does it, not at all (F). Recomputing runs what goes back forward once more.

Memory, after ZeRO (arXiv 1910.02054, section 3), with N devices, P parameters of which T learn. In bfloat16: weights
2P, gradients 4T, since they are added up in float32 (`grad_accum_dtype`, harness/train/engine.py), optimizer 12T
(float32 weights and two moments); in float32: 4P, 4T, 8T, and 12T from stage 1 on, where DeepSpeed copies the weights
for the optimizer although they are in float32 already. Stage 1 divides the optimizer's by N, stage 2 the gradients'
too, stage 3 the weights' too; in bfloat16 at stage 1 the last backward pass leaves its own 2T beside the sum. The
paper's 2T for gradients is what adds them up in bfloat16. What DeepSpeed 0.19.8 holds is counted, byte by byte, in
tests/harness/run/plan/test_held_by_an_engine.py. Offloading takes the divided optimizer, or weights as well, off the
device. Then two buckets for the exchange (stages 1 to 3), what autograd keeps of a micro-batch, and a reserve.

Left out: what an encoder that does not learn takes while it runs, and what kernels take for themselves.
"""

from collections.abc import Sequence
from itertools import product

from benchmarks.mini.mixture import PICTURES
from harness.run.plan.devices import Device
from harness.run.plan.nouns import Counted, Layout, Offload
from harness.schema.machine import MachineSpec
from harness.schema.recipe import Part, Stage

# Elements that are exchanged at once (harness/train/engine.py; DeepSpeed's default).
BUCKET = 5e8
# Ours: the context of the device, and memory that lies in pieces too small to use.
RESERVE = 0.08
COUNTS = (1, 2, 4, 8, 16, 32, 64)


def runs(stage: Stage, part: Part) -> bool:
    """Tell whether a stage runs a part at all: aligning cells leaves the language model alone."""
    return part != "language" or stage.objective == "language"


def passes(stage: Stage, part: Part, recompute: bool) -> int:
    """Return how many times a part's forward operations are done for a sample, ways back included."""
    if not runs(stage, part):
        return 0
    learns = part in stage.rates
    below = {"encoders": (), "projector": ("encoders",), "language": ("encoders", "projector")}[part]
    lets_through = any(other in stage.rates for other in below)
    # The first weights of the encoders need no gradient of the picture; that saving is one layer's and is left out.
    if learns:
        return 3 + recompute
    return 2 + recompute if lets_through else 1


def operations(stage: Stage, parts: Sequence[Counted], recompute: bool) -> float:
    """Return the operations of one sample of a stage."""
    return sum(part.forward * passes(stage, part.part, recompute) for part in parts)


def whole(stage: Stage, parts: Sequence[Counted], recompute: bool) -> float:
    """Return the operations of all samples of a stage.

    Aligning cells, encoders that do not learn see each of the drawn pictures once, however often a step shows it
    (harness/train/dense.py).
    """
    samples = stage.global_batch * stage.steps
    again = max(samples - PICTURES, 0) if stage.objective == "cells" and "encoders" not in stage.rates else 0
    spared = sum(part.forward for part in parts if part.part == "encoders") * again
    return operations(stage, parts, recompute) * samples - spared


def activations(stage: Stage, parts: Sequence[Counted], recompute: bool) -> float:
    """Return the bytes that autograd keeps for one sample at the moment when it keeps the most."""
    kept, largest = 0.0, 0.0
    for part in parts:
        times = passes(stage, part.part, False)
        if times < 2:
            continue
        if recompute and part.block:
            kept += part.inputs
            largest = max(largest, part.block)
        else:
            kept += part.kept if times == 3 else part.passed
    return kept + largest


def memory(
    stage: Stage,
    parts: Sequence[Counted],
    devices: int,
    micro_batch: int,
    zero_stage: int,
    offload: Offload,
    recompute: bool,
) -> dict[str, float]:
    """Return the terms of the memory of one device in bytes."""
    whole = sum(part.parameters for part in parts)
    learning = sum(part.parameters for part in parts if part.part in stage.rates)
    bfloat16 = stage.precision == "bfloat16"
    # In bfloat16 the engine runs stage 0 as stage 1, which is the same arithmetic.
    level = max(zero_stage, 1) if bfloat16 else zero_stage
    size, state = 2 if bfloat16 else 4, 12 if level else 8
    summed = 6 if bfloat16 and level == 1 else 4
    terms = {
        "weights": size * whole / (devices if level == 3 else 1),
        "gradients": summed * learning / (devices if level >= 2 else 1),
        "optimizer": state * learning / (devices if level >= 1 else 1),
        "buckets": 2 * size * min(BUCKET, learning) if level else 0.0,
        "activations": micro_batch * activations(stage, parts, recompute),
    }
    if offload != "none":
        terms["optimizer"] = 0.0
    if offload == "parameters":
        terms["weights"] = 0.0
    return terms


def lay_out(
    stage: Stage,
    parts: Sequence[Counted],
    device: Device,
    rate: float,
    devices: int,
    micro_batch: int,
    zero_stage: int,
    offload: Offload,
    recompute: bool,
) -> Layout:
    """Say what one layout needs of a device, and how many hours of devices a stage takes at `rate` operations/s."""
    terms = memory(stage, parts, devices, micro_batch, zero_stage, offload, recompute)
    needed = sum(terms.values())
    work = whole(stage, parts, recompute)
    return Layout.model_validate(
        {
            "devices": devices,
            "micro_batch": micro_batch,
            "zero_stage": zero_stage,
            "offload": offload,
            "recompute": recompute,
            "needed": needed,
            "terms": terms,
            "fits": needed <= device.memory * (1 - RESERVE),
            "device_hours": work / rate / 3600 if rate else 0.0,
        }
    )


def stages_of_zero(
    stage: Stage, parts: Sequence[Counted], device: Device, rate: float, machine: MachineSpec
) -> list[Layout]:
    """Lay a stage out on a machine as it is, under each ZeRO stage; a machine's offload stays where it can."""
    fixed = (machine.devices, machine.micro_batch)
    return [
        lay_out(stage, parts, device, rate, *fixed, zero, "none" if zero < 3 else machine.offload, machine.recompute)
        for zero in range(4)
    ]


def cheapest(stage: Stage, parts: Sequence[Counted], device: Device, rate: float, most: int) -> Layout | None:
    """Return the layout on at most so many devices that fits and costs least, or None where none fits.

    Least is: the fewest operations (no recomputing), nothing offloaded, the fewest devices, the lowest ZeRO stage, the
    largest micro-batch. That offloading and exchange cost time as well is in no data sheet, and so only orders.
    """
    offloads: tuple[Offload, ...] = ("none", "optimizer", "parameters")
    least = {"none": 0, "optimizer": 1, "parameters": 3}
    for recompute, offload, devices in product((False, True), offloads, [n for n in COUNTS if n <= most]):
        for zero in range(least[offload], 4):
            if devices == 1 and zero > least[offload]:
                continue
            sizes = [m for m in range(stage.global_batch // devices, 0, -1) if stage.global_batch % (m * devices) == 0]
            for micro in sizes:
                layout = lay_out(stage, parts, device, rate, devices, micro, zero, offload, recompute)
                if layout.fits:
                    return layout
    return None
