"""Do what `harness calibrate` asks: measure how far repeated runs lie apart, and write a policy with it."""

from datetime import UTC, datetime
from pathlib import Path

from harness.cli import repeats
from harness.cli.repeats import Plan
from harness.cli.screen import Screen, answer, columns
from harness.config.places import POLICY
from harness.errors import UsageError
from harness.record import durable
from harness.schema.policy import Redrawn
from harness.verify import policy as policies
from harness.verify.calibrate import Measured, calibrated, margin

NAMES = ("benchmark", ">runs", ">texts changed", ">marks flipped", ">error by flips", ">spread of runs", ">margin")


def calibrate(plan: Plan, write: str, as_json: bool) -> int:
    """Repeat answers or trainings of subsets and say how far the repeats lie apart; `write` names the new policy.

    Raises:
        UsageError: fewer than two runs, answers out of a store, or the new policy has no folder to lie in.
        InvalidEvidence: nothing was run twice, or repeats lie too far apart for any policy.
    """
    if plan.runs < 2:
        raise UsageError(f"a calibration needs two runs at least; came {plan.runs}")
    if plan.stored and plan.rung != "retrain":
        raise UsageError("--stored takes trainings: a store holds each set of answers once; name --rung retrain")
    if write and not Path(write).absolute().parent.is_dir():
        raise UsageError(f"{Path(write).parent} is no folder: the policy could not be written after all the runs")
    kept, rung = policies.read(POLICY), plan.rung
    with Screen() as screen:
        found = repeats.measure(plan, screen)
    fresh = calibrated(kept, rung, found, datetime.now(UTC).replace(microsecond=0))
    if write:
        target = Path(write)
        durable.write_bytes(target, policies.to_toml(fresh).encode(), target.with_name(f".{target.name}.partial"))
    means = fresh.of(rung)
    plain = {
        "rung": rung,
        "policy": write or None,
        "digest": fresh.digest if write else None,
        "command": plan.command,
        "benchmarks": {
            name: {**one.noise.plain(), "error": one.apart.error, "margin": margin(one, rung).points}
            for name, one in found.items()
        },
        "means": {
            "category": means.category.points if means.category else None,
            "mean": means.mean.points if means.mean else None,
        },
    }
    told = "nothing is written without --write"
    if write:
        told = f"policy {fresh.digest[:12]} is written to {write}; it judges runs that begin after it"
    rows = [_row(name, one, rung) for name, one in found.items()]
    answer(plain, columns(f"Noise of a {rung}", NAMES, rows, told), as_json)
    return 0


def _row(name: str, one: Measured, rung: Redrawn) -> tuple[str, ...]:
    noise = one.noise
    spread = "none seen" if noise.spread is None else f"{noise.spread:.3f} points ({noise.freedom} df)"
    return (
        name,
        f"{len(one.values):,}",
        f"{noise.changed:.2%}",
        f"{noise.flipped:.2%}",
        f"{one.apart.error:.3f}",
        spread,
        f"± {margin(one, rung).points:g}",
    )
