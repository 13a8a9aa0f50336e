"""Tell what a re-run redrew, from recorded facts: a platform counts as the same only where both sides are known.

| differs | setting |
|---|---|
| nothing is run | R0 |
| nothing recorded | R1 |
| image, processor, driver, library, switch or engine, or one side is not known | R2 |
| the weights, trained again with the same seed | R3 |

New seeds (R4) are judged together, by `new_seeds`. A slice declared beforehand (R5) and a lead of one model over
another (R6) are compared from files of marks by `several`; here a slice is incomplete evidence, which is refused.
"""

from harness.schema.fingerprint import Fingerprint
from harness.schema.verdict import Regime, Setting

SAME_PLATFORM = ("image", "cpu", "gpu", "gpu_count", "driver", "python", "packages", "switches")
# The tracker and the readers of configuration never touch a tensor.
NEVER_COMPUTES = frozenset({"mlflow", "hydra-core", "pydantic", "datasets"})


def setting(
    regime: Regime, stored: Fingerprint | None, rerun: Fingerprint | None, recorded: tuple[str, ...] = ()
) -> Setting:
    """Name the setting of a re-run; `recorded` are the fields of the answers' headers that differ and may."""
    if regime == "rescore":
        return "R0"
    if regime == "retrain":
        return "R3"
    return "R2" if recorded or platform_differences(stored, rerun) else "R1"


def platform_differences(stored: Fingerprint | None, rerun: Fingerprint | None) -> tuple[str, ...]:
    """List the facts in which two platforms differ, each with both values; an unknown platform differs in all."""
    if stored is None or rerun is None:
        who = " and ".join(name for name, one in (("stored", stored), ("re-run", rerun)) if one is None)
        return (f"the platform of the {who} run is not known",)
    before, after = _facts(stored), _facts(rerun)
    return tuple(
        f"{name} was {before.get(name)}, is {after.get(name)}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    )


def _facts(one: Fingerprint) -> dict[str, object]:
    facts: dict[str, object] = {}
    for name in SAME_PLATFORM:
        value = getattr(one, name)
        if isinstance(value, dict):
            facts |= {f"{name}.{key}": inner for key, inner in value.items() if key not in NEVER_COMPUTES}
        else:
            facts[name] = value
    return facts
