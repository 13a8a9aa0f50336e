"""Do what `harness compare` asks: judge files of marks and print the verdict."""

from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from harness.cli.screen import answer, columns
from harness.errors import UsageError
from harness.schema.policy import WIDEST
from harness.verify import several
from harness.verify.open_door import Comparison, compare
from harness.verify.replicates import Spread

PAIR = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold the words of one comparison as they came."""

    stored: tuple[Path, ...]
    rerun: tuple[Path, ...]
    margin: float
    cluster: str
    spread: str
    slice: Path | None
    claim: bool


def compare_files(asked: Asked, changes: bool, as_json: bool) -> int:
    """Compare files of marks; the exit code is the verdict's.

    Raises:
        UsageError: the margin is no positive number of points, or the files do not fit what is asked.
    """
    if not 0 < asked.margin <= WIDEST:
        raise UsageError(f"a margin is a positive number of points, {WIDEST:g} at most; came {asked.margin:g}")
    found = _found(asked)
    plain = found.plain()
    if not changes:
        del plain["changes"]
    answer(plain, columns(found.verdict, ("", ""), _facts(found, changes)), as_json)
    return found.exit_code


def _found(asked: Asked) -> Comparison:
    stored, rerun = asked.stored, asked.rerun
    if not rerun and len(stored) == PAIR:
        stored, rerun = stored[:1], stored[1:]
    if not stored or not rerun:
        raise UsageError(
            "name a stored file and a re-run, or several stored files and --rerun with the new ones; "
            f"came {len(stored)} stored and {len(rerun)} new"
        )
    if asked.claim and (asked.slice or asked.spread):
        raise UsageError("--claim judges two models' answers to all samples; it takes no --slice and no --spread")
    if asked.claim:
        return several.claim(stored, rerun, asked.margin, asked.cluster)
    alone = len(stored) == len(rerun) == 1
    if asked.slice:
        if not alone or asked.spread:
            raise UsageError("--slice judges one stored file against one re-run, and takes no --spread")
        return several.slice_of(stored[0], rerun[0], asked.slice, asked.margin, asked.cluster)
    if alone and not asked.spread:
        return compare(stored[0], rerun[0], asked.margin, asked.cluster)
    return several.seeds(stored, rerun, asked.margin, _spread(asked.spread), asked.cluster)


def _spread(text: str) -> Spread | None:
    """Read `points,freedom`.

    Raises:
        UsageError: it says anything else.
    """
    if not text:
        return None
    points, _, freedom = text.partition(",")
    try:
        found = Spread(float(points), int(freedom))
    except ValueError:
        found = Spread(0.0, 0)
    if not isfinite(found.points) or found.points <= 0 or found.freedom < 1:
        raise UsageError(f"--spread takes a standard deviation in points and degrees of freedom: 0.5,62; came {text}")
    return found


def _facts(found: Comparison, changes: bool) -> list[tuple[str, str]]:
    facts = [("why", found.why), ("margin", f"± {found.margin:g} points")]
    if found.interval and found.test:
        bounds = f"[{found.interval.low:+.2f}, {found.interval.high:+.2f}] at {found.interval.confidence:.0%}"
        facts += [
            ("stored", f"{found.stored:.2f}"),
            ("re-run", f"{found.rerun:.2f}"),
            ("difference", f"{found.difference:+.2f}"),
            ("interval", bounds),
            ("test", f"{found.test.name}: p = {found.test.p:.3g}"),
        ]
    if found.flips:
        facts += [
            ("changed", f"{found.flips.gained:,} up, {found.flips.lost:,} down"),
            ("answers", f"{found.n:,} in {found.clusters:,} clusters"),
        ]
    if found.runs:
        sides = (", ".join(f"{value:.2f}" for value in side) for side in (found.runs.stored, found.runs.rerun))
        facts.append(("runs", f"{' against '.join(sides)}; they spread by {found.runs.spread:.2f} points"))
    if found.claim:
        facts.append(("claim", found.claim.word))
    if found.needed is not None:
        facts.append(("needed", f"about {found.needed:,} {'runs on each side' if found.runs else 'answers'}"))
    if changes:
        facts += [(one.id, f"{one.stored:g} -> {one.rerun:g}") for one in found.changes]
    return facts
