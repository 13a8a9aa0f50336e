"""Put together what a plan says: parts, stages with their layouts, disk, the lattice; plain values for any printer."""

from dataclasses import dataclass
from typing import Any

from harness.encoders.table import specs
from harness.run.plan.costs import cheapest, memory, operations, stages_of_zero, whole
from harness.run.plan.devices import Device
from harness.run.plan.grid import features, parts_of, shared_passes, training, turns
from harness.run.plan.nouns import Counts, Layout
from harness.schema.study import Study

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Assumed:
    """Hold what no file states and the caller may: each is printed beside the answer.

    `text` is the tokens of a sample's words, `share` the part of a device's peak that training reaches, `rate` the
    operations a second that a device reaches instead (0: the share of the peak), `price` in US dollars a device-hour.
    """

    text: int
    share: float
    rate: float
    price: float
    most: int
    edge_seeds: int

    def reached(self, device: Device) -> float:
        """Return the operations a second that one device is taken to do; 0 is unknown."""
        return self.rate or device.peak * self.share


@dataclass(frozen=True, slots=True)
class Measured:
    """Hold one training that was run: subset, seed, seconds, the peak memory of its process and its files in bytes.

    The process holds Python and its libraries too (`memory`, 0 where it was not recorded), which no plan counts.
    """

    subset: str
    seed: int
    seconds: float
    memory: float
    disk: float


def answer_of(
    study: Study, counts: Counts, subset: str, device: Device, assumed: Assumed, measured: list[Measured]
) -> dict[str, Any]:
    """Answer what training one subset costs, and what the whole lattice does."""
    recipe, machine, rate = study.recipe, study.machine, assumed.reached(device)
    parts = parts_of(counts, subset)
    stages = []
    for stage in recipe.stages:
        work = operations(stage, parts, machine.recompute)
        best = cheapest(stage, parts, device, rate, assumed.most)
        hours = whole(stage, parts, machine.recompute) / rate / HOUR if rate else None
        stages.append(
            {
                "stage": stage.name,
                "learns": sorted(stage.rates),
                "steps": stage.steps,
                "samples": stage.steps * stage.global_batch,
                "operations_a_sample": work,
                "device_hours": hours,
                "hours": None if hours is None else hours / machine.devices,
                "layouts": [one.plain() for one in stages_of_zero(stage, parts, device, rate, machine)],
                "cheapest": None if best is None else best.plain(),
            }
        )
    weights, most = (
        sum(part.parameters for part in parts),
        max(sum(part.parameters for part in parts if part.part in stage.rates) for stage in recipe.stages),
    )
    ordered = turns(counts, recipe, machine.recompute, assumed.edge_seeds)
    apart, shared = shared_passes(recipe)
    return {
        "recipe": study.recipe_name,
        "digest": recipe.digest,
        "subset": subset,
        "device": {"name": device.name, "memory": device.memory, "peak": device.peak, "source": device.source},
        "assumed": {
            "text_tokens": assumed.text,
            "share_of_peak": None if assumed.rate else assumed.share,
            "operations_a_second": rate or None,
            "dollars_a_device_hour": assumed.price,
        },
        "parts": [part.plain() for part in parts],
        "parameters": weights,
        "stages": stages,
        "operations": training(counts, recipe, subset, machine.recompute),
        "disk": {"checkpoint": 4.0 * weights, "snapshots": 2 * 12.0 * most},
        "main_memory_at_start": 4.0 * weights * machine.devices,
        "lattice": {
            "trainings": sum(turn.seeds for turn in ordered),
            "operations": sum(turn.operations * turn.seeds for turn in ordered),
            "encoder_passes_a_sample_while_frozen": {"apart": apart, "shared": shared},
            "features_while_frozen": features(recipe, specs(recipe.pool, recipe.encoder_size)),
            "disk": sum(4.0 * sum(p.parameters for p in parts_of(counts, t.subset)) * t.seeds for t in ordered),
            "turns": [{**turn.plain(), "device_hours": _hours(turn.operations, rate)} for turn in ordered],
        },
        "measured": [_held(counts, study, one, rate) for one in measured],
    }


def rate_of(counts: Counts, study: Study, measured: list[Measured]) -> float:
    """Return the operations a second that measured trainings reached on a device, all together; 0 where there are none.

    That is the check of the plan against runs: were the counts wrong, trainings of unlike subsets would not agree.
    """
    seconds = sum(one.seconds for one in measured) * study.machine.devices
    done = sum(training(counts, study.recipe, one.subset, study.machine.recompute) for one in measured)
    return done / seconds if seconds else 0.0


def fullest(layout: dict[str, Any]) -> Layout:
    """Read a layout back from plain values."""
    return Layout.model_validate(layout)


def _held(counts: Counts, study: Study, one: Measured, rate: float) -> dict[str, Any]:
    """Hold one training against its plan: what was measured beside what would have been said of it before."""
    recipe, machine = study.recipe, study.machine
    parts = parts_of(counts, one.subset)
    done = training(counts, recipe, one.subset, machine.recompute)
    laid = (machine.devices, machine.micro_batch, machine.zero_stage, machine.offload, machine.recompute)
    return {
        "subset": one.subset,
        "seed": one.seed,
        "operations": done,
        "operations_a_second": done / (one.seconds * machine.devices),
        "seconds": {"planned": done / rate / machine.devices if rate else None, "measured": one.seconds},
        "memory": {
            "planned": max(sum(memory(stage, parts, *laid).values()) for stage in recipe.stages),
            "measured": one.memory or None,
        },
        "disk": {"planned": 4.0 * sum(part.parameters for part in parts), "measured": one.disk},
    }


def _hours(work: float, rate: float) -> float | None:
    return work / rate / HOUR if rate else None
