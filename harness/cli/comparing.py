"""Do what `harness compare` asks: judge two files of marks and print the verdict."""

from math import isfinite
from pathlib import Path

from harness.cli.screen import answer, columns
from harness.errors import UsageError
from harness.verify.open_door import Comparison, compare


def compare_files(stored: Path, rerun: Path, margin: float, cluster: str, changes: bool, as_json: bool) -> int:
    """Compare two files of marks; the exit code is the verdict's.

    Raises:
        UsageError: the margin is no positive number of points.
    """
    if not isfinite(margin) or margin <= 0:
        raise UsageError(f"a margin is a positive number of points; came {margin:g}")
    found = compare(stored, rerun, margin, cluster)
    plain = found.plain()
    if not changes:
        del plain["changes"]
    answer(plain, columns(found.verdict, ("", ""), _facts(found, changes)), as_json)
    return found.exit_code


def _facts(found: Comparison, changes: bool) -> list[tuple[str, str]]:
    facts = [("why", found.why), ("margin", f"± {found.margin:g} points")]
    if found.interval and found.test and found.flips:
        bounds = f"[{found.interval.low:+.2f}, {found.interval.high:+.2f}] at {found.interval.confidence:.0%}"
        facts += [
            ("stored", f"{found.stored:.2f}"),
            ("re-run", f"{found.rerun:.2f}"),
            ("difference", f"{found.difference:+.2f}"),
            ("interval", bounds),
            ("test", f"{found.test.name}: p = {found.test.p:.3g}"),
            ("changed", f"{found.flips.gained:,} up, {found.flips.lost:,} down"),
            ("answers", f"{found.n:,} in {found.clusters:,} clusters"),
        ]
    if found.needed is not None:
        facts.append(("needed", f"about {found.needed:,} answers"))
    if changes:
        facts += [(one.id, f"{one.stored:g} -> {one.rerun:g}") for one in found.changes]
    return facts
