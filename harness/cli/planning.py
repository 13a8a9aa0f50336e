"""Answer `harness plan`: what a recipe costs on a machine, counted without a weight and without a GPU."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rich.console import Group

from harness.cli.screen import answer, columns
from harness.config.compose import choices, compose
from harness.config.places import REFERENCE, resolve
from harness.encoders.table import specs
from harness.errors import UnknownName, UsageError
from harness.record.reference import Reference
from harness.record.store import Store
from harness.run import child, steps
from harness.run.plan.answer import Assumed, Measured, answer_of, rate_of
from harness.run.plan.devices import find
from harness.run.plan.nouns import Counts, PlanRequest
from harness.run.request import Finished
from harness.schema.study import Study
from harness.schema.subset import Subset, lattice

MEGA, GIGA, TERA = 1e6, 1e9, 1e12
WEIGHTS = ".safetensors"
FIRST_SEEDS = 10
HELD = {"seconds": ("seconds", 1.0), "MB of memory": ("memory", MEGA), "MB of disk": ("disk", MEGA)}
TERMS = ("weights", "gradients", "optimizer", "buckets", "activations")


def plan(
    recipe: str, overrides: Sequence[str], subset: str, device: str, assumed: Assumed, against: bool, as_json: bool
) -> int:
    """Count, reckon, and print what one subset of a recipe costs, and the whole lattice."""
    if recipe and recipe not in choices("recipe"):
        raise UnknownName("recipe", recipe, choices("recipe"))
    study = compose([*overrides, f"recipe={recipe}"] if recipe else overrides)
    if min(assumed.text, assumed.most) < 1 or assumed.edge_seeds < 1 or not 0 < assumed.share <= 1:
        raise UsageError("text, most and seeds count from 1, and share lies above 0 and at most at 1")
    chosen = find(device or ("h100" if study.machine.accelerator == "cuda" else "cpu"))
    trained = Subset.parse(subset, study.recipe.pool)
    counts = _count(study, assumed.text)
    measured = _measured(study) if against else []
    if measured and not assumed.rate:
        assumed = replace(assumed, rate=rate_of(counts, study, measured))
    found = answer_of(study, counts, trained.slug, chosen, assumed, measured)
    answer(found, _drawn(found, study), as_json)
    return 0


def _count(study: Study, text: int) -> Counts:
    recipe = study.recipe
    work = Store(resolve(study.store.folder)).work(f"plan-{study.recipe_name}")
    request = PlanRequest(
        recipe=recipe,
        encoders=specs(recipe.pool, recipe.encoder_size),
        subsets=tuple(subset.slug for subset in lattice(recipe.pool)),
        text=text,
        file=str(work / "counts.json"),
    )
    for event in child.run("plan", request, study.machine, work):
        if isinstance(event, Finished):
            return Counts.from_json((work / "counts.json").read_bytes(), "what the plan's process counted")
    raise UsageError("the plan's process ended without an answer")


def _measured(study: Study) -> list[Measured]:
    """Find the trainings of this very recipe that the store or the reference has a record of."""
    records = {record.step: record for record in Store(resolve(study.store.folder)).records()}
    records |= {record.step: record for record in Reference.load(REFERENCE).runs}
    found = []
    for seed in range(FIRST_SEEDS):
        for subset in lattice(study.recipe.pool):
            encoders = specs(subset.names, study.recipe.encoder_size)
            training = study.model_copy(update={"seed": seed}).training(subset, encoders)
            record = records.get(steps.train(training).digest)
            if record is not None and record.attempts == 1:
                seconds = (record.ended - record.started).total_seconds()
                peak = record.metrics.get("peak_memory_mb", 0.0) * 2**20
                disk = float(sum(file.size for name, file in record.outputs.items() if name.endswith(WEIGHTS)))
                found.append(Measured(subset.slug, seed, seconds, peak, disk))
    return found


def _drawn(found: dict[str, Any], study: Study) -> Group:
    device, assumed = found["device"], found["assumed"]
    rows = [
        (p["name"], f"{p['parameters'] / 1e6:,.1f} M", f"{p['forward'] / TERA:,.3f}", _gb(p["kept"]), _gb(p["inputs"]))
        for p in found["parts"]
    ]
    names = ("part", ">parameters", ">TFLOP forward", ">GB kept", ">GB recomputing")
    shown = [columns(f"{found['recipe']}: {found['subset']}, one sample", names, rows)]
    for stage in found["stages"]:
        names = ("ZeRO", *(f">{term}" for term in TERMS), ">GB a device", "fits")
        rows = [_row(layout) for layout in stage["layouts"]]
        title = (
            f"stage {stage['stage']}: {', '.join(stage['learns'])} learn; {stage['steps']:,} steps, "
            f"{stage['samples']:,} samples, {stage['operations_a_sample'] / TERA:,.1f} TFLOP each"
            f"{_time(stage['device_hours'], stage['hours'])}"
        )
        shown.append(columns(title, names, rows, _cheapest(stage["cheapest"], device)))
    grid = found["lattice"]
    rows = [
        (t["subset"], t["why"], str(t["seeds"]), f"{t['operations'] / TERA:,.0f}", _count_of(t["device_hours"]))
        for t in grid["turns"]
    ]
    price, rate = assumed["dollars_a_device_hour"], assumed["operations_a_second"]
    hours = grid["operations"] / rate / 3600 if rate else None
    cost = f", {hours * price:,.0f} dollars at {price:.2f} a device-hour" if hours is not None else ""
    passes = grid["encoder_passes_a_sample_while_frozen"]
    caption = (
        f"{grid['trainings']} trainings: {_count_of(hours)} device-hours{cost}; {_gb(grid['disk'])} GB of checkpoints. "
        f"While encoders are frozen, {passes['shared']} of their passes serve what {passes['apart']} do apart; kept "
        f"whole, what they say takes {_gb(grid['features_while_frozen'])} GB (machine.features_gb).\n"
        f"One training: a checkpoint of {_gb(found['disk']['checkpoint'])} GB, snapshots of "
        f"{_gb(found['disk']['snapshots'])} GB; {_gb(found['main_memory_at_start'])} GB of main memory at its start.\n"
        f"Assumed: {assumed['text_tokens']} tokens of text a sample; {_speed(found)}. Device: {device['source']}."
    )
    names = ("subset", "turn", ">seeds", ">TFLOP", ">device-hours")
    shown.append(columns(f"The lattice of {len(study.recipe.pool)}, in turn", names, rows, caption))
    if found["measured"]:
        names = ("subset", ">seed", ">TFLOP", ">GFLOP/s", *(f">{what}: plan / run" for what in HELD))
        rows = [_held(one) for one in found["measured"]]
        caption = (
            "The plan's seconds take one rate for all these trainings, so they agree as far as its operations do. The "
            "run's memory is that of its whole process, Python and libraries included; its disk is that of its weights."
        )
        shown.append(columns("Against trainings that were run", names, rows, caption))
    return Group(*shown)


def _held(one: dict[str, Any]) -> tuple[str, ...]:
    """Write one training that was run beside its plan."""
    pairs = [(one[what]["planned"], one[what]["measured"], unit) for what, unit in HELD.values()]
    return (
        one["subset"],
        str(one["seed"]),
        f"{one['operations'] / TERA:,.2f}",
        f"{one['operations_a_second'] / GIGA:,.1f}",
        *(" / ".join("?" if value is None else f"{value / unit:,.1f}" for value in pair) for *pair, unit in pairs),
    )


def _row(layout: dict[str, Any]) -> tuple[str, ...]:
    terms = tuple(_gb(layout["terms"][term]) for term in TERMS)
    where = f"{layout['zero_stage']} on {layout['devices']} x {layout['micro_batch']}"
    return (where, *terms, _gb(layout["needed"]), "yes" if layout["fits"] else "no")


def _cheapest(layout: dict[str, Any] | None, device: dict[str, Any]) -> str:
    if layout is None:
        return f"no layout fits {_gb(device['memory'])} GB"
    extras = [f"offloads {layout['offload']}"] * (layout["offload"] != "none") + ["recomputes"] * layout["recompute"]
    return (
        f"cheapest that fits: {layout['devices']} devices x micro-batch {layout['micro_batch']}, ZeRO "
        f"{layout['zero_stage']}{''.join(f', {extra}' for extra in extras)}: {_gb(layout['needed'])} GB"
    )


def _speed(found: dict[str, Any]) -> str:
    rate, share = found["assumed"]["operations_a_second"], found["assumed"]["share_of_peak"]
    if rate is None:
        return "no rate is known for this device, so no hours: give --rate, or --measured where trainings were run"
    if share is None:
        return f"{rate / TERA:,.3g} TFLOP/s a device, as given or measured"
    return f"{rate / TERA:,.0f} TFLOP/s a device, {share:.0%} of its peak"


def _time(device_hours: float | None, hours: float | None) -> str:
    return "" if device_hours is None else f"; {device_hours:,.1f} device-hours, {hours:,.1f} h on this machine"


def _count_of(hours: float | None) -> str:
    return "unknown" if hours is None else f"{hours:,.1f}"


def _gb(size: float) -> str:
    return f"{size / GIGA:,.1f}"
