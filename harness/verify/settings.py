"""Tell what a re-run redrew, from measured facts: a platform counts as the same only where both sides are known."""

from harness.schema.fingerprint import Fingerprint
from harness.schema.verdict import Regime, Setting

SAME_PLATFORM = ("image", "cpu", "gpu", "gpu_count", "driver", "packages")


def setting(regime: Regime, stored: Fingerprint | None, rerun: Fingerprint | None) -> Setting:
    """Name the setting of a re-run: R0 rescore, R1 and R2 repredict on the same or another platform, R3 retrain.

    A new seed (R4) is another entry and is compared by `replicates`; a slice (R5) is incomplete evidence and refused; a
    derived claim (R6) is judged from a table by `contrasts`.
    """
    if regime == "rescore":
        return "R0"
    if regime == "retrain":
        return "R3"
    return "R1" if not platform_differences(stored, rerun) else "R2"


def platform_differences(stored: Fingerprint | None, rerun: Fingerprint | None) -> tuple[str, ...]:
    """List the facts by which two platforms differ; an unknown platform differs in every fact."""
    if stored is None or rerun is None:
        return SAME_PLATFORM
    return tuple(name for name in SAME_PLATFORM if getattr(stored, name) != getattr(rerun, name))
