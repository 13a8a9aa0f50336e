"""Read and write the policy: how far a number may move, and who says so."""

import json
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import ValidationError

from harness.errors import InvalidEvidence
from harness.schema.policy import Margin, Noise, Policy, Redrawn

SIZE_LIMIT = 2**20


def read(path: Path) -> Policy:
    """Read `results/policy.toml`.

    Raises:
        InvalidEvidence: the file is absent, no TOML, or has a field missing, unknown or out of range.
    """
    if not path.is_file():
        raise InvalidEvidence(f"{path} is absent: without a policy fixed beforehand nothing can be judged")
    if path.stat().st_size > SIZE_LIMIT:
        raise InvalidEvidence(f"{path} has {path.stat().st_size:,} bytes; a policy has at most {SIZE_LIMIT:,}")
    try:
        return Policy.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidEvidence(f"{path} is no valid policy: {place}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        # Brackets a thousand deep and numbers of a thousand digits leave the parser in other ways than its own error.
        raise InvalidEvidence(f"{path} is no valid TOML: {error}") from error


def to_toml(policy: Policy) -> str:
    """Write a policy as TOML that reads back as the same policy."""
    lines = [
        "# Written by `harness calibrate`; margins without a measurement are as they were.",
        f"fixed_on = {policy.fixed_on.isoformat()}",
        f"confidence = {policy.confidence!r}",
    ]
    regimes: tuple[Redrawn, ...] = ("repredict", "retrain")
    for regime in regimes:
        margins = policy.of(regime)
        lines += _section(f"{regime}.default", margins.default)
        for name in ("category", "mean"):
            stated = getattr(margins, name)
            lines += _section(f"{regime}.{name}", stated) if stated else []
        lines += ["", f"[{regime}.benchmarks]"]
        for name, one in sorted(margins.benchmarks.items()):
            lines += _section(f"{regime}.benchmarks.{name}", one)
        for name, found in sorted(margins.noise.items()):
            lines += _section(f"{regime}.noise.{name}", found)
    return "\n".join(lines) + "\n"


def _section(name: str, noun: Margin | Noise) -> list[str]:
    stated = {field: value for field, value in noun if value is not None}
    return ["", f"[{name}]", *(f"{field} = {_literal(value)}" for field, value in stated.items())]


def _literal(value: object) -> str:
    if isinstance(value, str):
        # TOML reads JSON's escapes, but wants the one control character escaped that JSON leaves alone.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return value.isoformat() if isinstance(value, date) else repr(value)


def demand_older(policy: Policy, started: datetime | None) -> None:
    """Demand that the policy was fixed before the run that it judges began; one that names a day, by that day (UTC).

    A margin that is chosen with the result in hand is no margin.

    Raises:
        InvalidEvidence: the policy is younger than the run.
    """
    if started is None:
        return
    fixed, run = policy.fixed_on, started.astimezone(UTC)
    if (fixed > run) if isinstance(fixed, datetime) else (fixed > run.date()):
        raise InvalidEvidence(
            f"the policy was fixed on {fixed}, after the run of {run:%Y-%m-%d %H:%M} UTC that it would judge: "
            "judge that run by the policy of its day, or run again"
        )
