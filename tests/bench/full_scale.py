"""Train a stage of a real recipe on one GPU for some steps, with random weights, and hold what it costs to the plan.

    python -m tests.bench.full_scale small_1gpu tune machine=h100x1 --to measured.json

Architectures, sides, layouts and batches are the recipe's and the machine's; weights are drawn on the device, pictures
are drawn as JPEG files of 640 x 480 and come through the loader and its workers, words are one word again and again.
Neither time nor memory depends on what a model has learned. The plan takes every word for answered; here nearly all
are.

Beside memory, operations and seconds stand the ratios measured / planned. Operations are counted while one more step
runs (`--count`); the share of the peak counts no operation twice (model FLOPs utilisation). The first steps are not
timed: kernels are chosen and memory is taken in them. The step that ends a stage, with its snapshot, is never reached.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from harness.config.compose import compose
from harness.data.loader import serve
from harness.data.speech import Speech
from harness.encoders.table import specs
from harness.model.vlm import Vlm
from harness.run.plan.costs import memory, operations
from harness.run.plan.count import count
from harness.run.plan.devices import find
from harness.run.plan.grid import parts_of
from harness.run.plan.nouns import PlanRequest
from harness.schema.recipe import Stage
from harness.schema.study import Study
from harness.schema.subset import Subset
from harness.train import lexicon
from harness.train.loop import Kept, run_stage
from harness.train.resume import Snapshots
from harness.train.train import recompute
from tests.bench.drawn import WORD, Waiting, conversations, drawn

WARM = 2
SHARE = 0.4
"""What `harness plan` takes for the share of the peak that training reaches."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Hold what a stage cost: seconds of each timed step, and of waiting for the loader; bytes; operations, if counted.

    `held` is the most that tensors took of the device in the timed steps, `taken` the most that torch took for them,
    `began` what tensors took at most before the first step.
    """

    seconds: list[float]
    waited: list[float]
    began: float
    held: float
    taken: float
    losses: list[float]
    operations: float | None


def run(study: Study, stage: Stage, model: Vlm, feed: Waiting, steps: int, counted: bool, work: Path) -> Measured:
    """Run the steps of a stage as a training does, and one more under the counter."""
    machine, number = study.machine, [one.name for one in study.recipe.stages].index(stage.name)
    on_gpu = machine.accelerator == "cuda"
    snapshots = Snapshots(work / "snapshots", 1e9)
    kept = Kept({}, {})
    going = run_stage(model, number, stage, machine, study.seed, feed, snapshots, None, kept, {}, work / "order")
    seconds, waited, losses, began = [], [], [], 0.0
    for step in range(WARM + steps):
        if step == WARM and on_gpu:
            began = float(torch.cuda.max_memory_allocated())
            torch.cuda.reset_peak_memory_stats()
        before = feed.seconds
        report = next(going)
        told = f"{stage.name} {report.step}: loss {report.loss:.4f}, {report.seconds:.2f} s\n"
        sys.stderr.write(told)
        losses.append(report.loss)
        if step >= WARM:
            seconds.append(report.seconds)
            waited.append(feed.seconds - before)
    held, taken = (
        (float(torch.cuda.max_memory_allocated()), float(torch.cuda.max_memory_reserved())) if on_gpu else (0.0, 0.0)
    )
    found = None
    if counted:
        try:
            with FlopCounterMode(display=False) as counter:
                next(going)
            found = float(counter.get_total_flops())
        except torch.OutOfMemoryError as error:
            sys.stderr.write(f"operations are not counted: the counter needs more memory than the step: {error}\n")
    return Measured(seconds, waited, began, held, taken, losses, found)


def planned(study: Study, stage: Stage, subset: Subset, text: int) -> dict[str, Any]:
    """Say what `harness plan` says of the stage on this machine: terms of memory, operations of a step, seconds."""
    recipe, machine = study.recipe, study.machine
    request = PlanRequest(
        recipe=recipe,
        encoders=specs(subset.names, recipe.encoder_size),
        subsets=(subset.slug,),
        text=text,
        file="unused",
    )
    parts = parts_of(count(request), subset.slug)
    layout = (machine.devices, machine.micro_batch, machine.zero_stage, machine.offload, machine.recompute)
    done, useful = (operations(stage, parts, again) * stage.global_batch for again in (machine.recompute, False))
    peak = find("h100").peak
    return {
        "terms": memory(stage, parts, *layout),
        "parameters": sum(part.parameters for part in parts),
        "operations_a_step": done,
        "useful_operations_a_step": useful,
        "seconds_a_step": done / (peak * SHARE),
        "peak": peak,
    }


def shown(study: Study, stage: Stage, plan: dict[str, Any], found: Measured) -> dict[str, Any]:
    """Set what was measured beside what was planned."""
    seconds, needed = median(found.seconds), sum(plan["terms"].values())
    on_gpu = study.machine.accelerator == "cuda"
    return {
        "recipe": study.recipe_name,
        "stage": stage.name,
        "machine": study.machine.plain(),
        "global_batch": stage.global_batch,
        "device": torch.cuda.get_device_name() if on_gpu else "cpu",
        "torch": torch.__version__,
        "seconds_a_step": seconds,
        "samples_a_second": stage.global_batch / seconds,
        "waiting_share": sum(found.waited) / sum(found.seconds),
        "model_flops_utilisation": plan["useful_operations_a_step"] / seconds / plan["peak"],
        "with_recomputing": plan["operations_a_step"] / seconds / plan["peak"],
        "plan": {**plan, "memory": needed},
        "measured": asdict(found),
        "ratios": {
            "memory": found.held / needed,
            "seconds": seconds / plan["seconds_a_step"],
            "operations": found.operations / plan["operations_a_step"] if found.operations else None,
        },
    }


def lines(one: dict[str, Any]) -> Iterator[str]:
    """Write the outcome for a reader."""
    plan, found, ratios = one["plan"], one["measured"], one["ratios"]
    layout = one["machine"]
    yield (
        f"{one['recipe']} {one['stage']} on {one['device']}, torch {one['torch']}: batch {one['global_batch']} in "
        f"micro-batches of {layout['micro_batch']}, ZeRO {layout['zero_stage']}, offload {layout['offload']}, "
        f"recompute {layout['recompute']}"
    )
    yield (
        f"{one['seconds_a_step']:.2f} s a step (plan at {SHARE:.0%} of the peak: {plan['seconds_a_step']:.2f} s, ratio "
        f"{ratios['seconds']:.2f}); {one['samples_a_second']:.1f} samples/s; {one['waiting_share']:.1%} of it waiting"
    )
    yield (
        f"model FLOPs utilisation {one['model_flops_utilisation']:.1%}, with what is computed again "
        f"{one['with_recomputing']:.1%}"
    )
    terms = ", ".join(f"{name} {size / 1e9:.2f}" for name, size in plan["terms"].items())
    held, taken, began = (found[name] / 1e9 for name in ("held", "taken", "began"))
    yield f"memory: {held:.2f} GB held, {taken:.2f} GB taken, {began:.2f} GB until the first timed step"
    yield f"planned: {plan['memory'] / 1e9:.2f} GB ({terms}); ratio {ratios['memory']:.2f}"
    if ratios["operations"]:
        yield f"operations of a step: {found['operations'] / 1e12:,.1f} TFLOP, ratio {ratios['operations']:.3f}"


def main() -> int:
    """Measure one stage and print it."""
    words = argparse.ArgumentParser(description="A stage of a real recipe on one GPU, against its plan.")
    words.add_argument("recipe")
    words.add_argument("stage")
    words.add_argument("overrides", nargs="*", help="such as machine=h100x1 machine.micro_batch=4")
    words.add_argument("--batch", type=int, default=0, help="samples a step (default: the recipe's)")
    words.add_argument("--steps", type=int, default=10, help="steps that are timed")
    words.add_argument("--text", type=int, default=256, help="words behind each picture")
    words.add_argument("--count", action="store_true", help="count the operations of one more step")
    words.add_argument("--to", type=Path, help="a file for the outcome")
    asked = words.parse_args()
    study = compose([f"recipe={asked.recipe}", *asked.overrides])
    recipe, machine, device = study.recipe, study.machine, torch.device(study.machine.accelerator)
    (stage,) = [one for one in recipe.stages if one.name == asked.stage]
    stage = stage.model_copy(
        update={"steps": WARM + asked.steps + 2, "global_batch": asked.batch or stage.global_batch}
    )
    subset = Subset.parse("all", recipe.pool)
    template = recipe.language.template
    speech = Speech(lexicon.build([WORD], [WORD], template), template)
    training = study.training(subset, specs(subset.names, recipe.encoder_size))
    with TemporaryDirectory() as folder:
        work = Path(folder)
        slots, length = training.visual_tokens, recipe.language.max_length
        feed = partial(
            serve,
            [conversations(work, asked.text)],
            stage,
            recipe.canvas,
            speech,
            slots,
            length,
            study.seed,
            machine.micro_batch,
            machine.workers,
        )
        first = next(partial(feed.func, *feed.args[:-1], 0)(0))
        text = first.tokens.shape[1] - slots
        plan = planned(study, stage, subset, text)
        model: nn.Module = drawn(study, subset, device)
        if machine.recompute:
            recompute(model)
        found = run(study, stage, model, Waiting(feed), asked.steps, asked.count, work)
    outcome = {**shown(study, stage, plan, found), "text": text, "argv": sys.argv[1:]}
    if asked.to:
        asked.to.write_text(json.dumps(outcome, indent=1) + "\n")
    sys.stdout.write("\n".join(chain(lines(outcome), [""])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
