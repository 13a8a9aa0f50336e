"""Speak the outcome of a measured difference: two questions, four answers.

|                      | no difference shown | a difference is shown |
|----------------------|---------------------|-----------------------|
| shown to be small    | MATCH               | DRIFT                 |
| not shown to be small| INCONCLUSIVE        | MISMATCH              |

*Small* is equivalence by two one-sided tests at level a: the interval of confidence 1 - 2a lies inside (-margin,
margin) (Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 1987). *Shown* is p < a. So neither too few
answers nor a wide margin can turn absence of evidence into a MATCH by themselves.
"""

from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

# Not `scipy.special` by name: scipy loads it where it is first used, and whoever only marks again does without.
import scipy

from harness.schema.verdict import Interval
from harness.verify.near_ties import Flips
from harness.verify.paired import Paired
from harness.verify.replicates import Replicated, seeds_needed

POWER = 0.8
TOO_GOOD = "too good"
Statistical = Literal["MATCH", "DRIFT", "MISMATCH", "INCONCLUSIVE"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Hold an outcome with its reason in one sentence; `needed` counts the answers or runs that would settle it."""

    outcome: Statistical
    why: str
    needed: int | None = None


def judge(found: Paired, margin: float, p_value: float | None = None) -> Judgement:
    """Judge a measured difference against a margin of indifference, both in points.

    `p_value` replaces the measured one where it was adjusted for the size of a table.
    """
    level = (1 - found.interval.confidence) / 2
    moved = f"{found.gained + found.lost:,} of {found.n:,} marks changed ({found.gained:,} up, {found.lost:,} down)"
    needed = answers_needed(found.deviation, margin, level)
    p_shown = found.p_value if p_value is None else p_value
    wanted = f"about {needed:,} answers would be needed, {found.n:,} are there"
    return _quadrant(moved, found.difference, found.interval, p_shown, margin, needed, wanted)


def judge_runs(found: Replicated, margin: float) -> Judgement:
    """Judge the difference of repeated runs against a margin of indifference, both in points."""
    level = (1 - found.interval.confidence) / 2
    moved = f"{found.rerun} new against {found.stored} stored runs that spread by {found.spread:.2f} points"
    needed = seeds_needed(found.spread, margin, level)
    wanted = f"about {needed:,} runs on each side would be needed"
    return _quadrant(moved, found.difference, found.interval, found.p_value, margin, needed, wanted)


def same_answers(n: int) -> Judgement:
    """Judge two runs that gave the same text to every question; there is nothing to be uncertain about."""
    return Judgement("MATCH", f"identical answers to all {n:,} questions")


def unexplained(judgement: Judgement, flips: Flips) -> Judgement:
    """Take a MATCH back to DRIFT when more than a tenth of the changed answers are no near ties."""
    if judgement.outcome != "MATCH" or not flips.suspicious:
        return judgement
    told = f"{flips.far:,} of the changed answers were no near ties"
    if flips.unknown:
        told += f" and of {flips.unknown:,} no lead is stored"
    return replace(judgement, outcome="DRIFT", why=f"{judgement.why}; but {told}: rounding does not explain them")


def answers_needed(deviation: float, margin: float, level: float) -> int:
    """Return the answers with which an unchanged model passes the equivalence test four times in five.

    n = ((z(1 - a) + z((1 + power) / 2)) x deviation / margin)^2, the sample size of two one-sided tests at a true
    difference of zero; `deviation` is the spread of one answer's change, in points.
    """
    factor = scipy.special.ndtri(1 - level) + scipy.special.ndtri((1 + POWER) / 2)
    return ceil((factor * deviation / margin) ** 2)


def too_good(changed: int, n: int, rate: float) -> bool:
    """Tell whether far fewer answers changed than honest runs change: P(X <= changed) < 0.001 for X ~ B(n, rate).

    Where the calibrated rate of changed answers says that a re-run cannot be this quiet, the answers may be copied.
    """
    return float(scipy.special.bdtr(changed, n, rate)) < 0.001


def _quadrant(
    moved: str, difference: float, bounds: Interval, p_value: float, margin: float, needed: int, wanted: str
) -> Judgement:
    level = (1 - bounds.confidence) / 2
    small = -margin < bounds.low and bounds.high < margin
    shown = p_value < level
    between = f"the difference of {difference:+.2f} lies between {_spoken(bounds)}"
    if small and not shown:
        return Judgement("MATCH", f"{moved}; {between}, inside the margin of {margin:g} points")
    if small:
        return Judgement(
            "DRIFT", f"{moved}; {between}: inside the margin of {margin:g} points but real (p = {p_value:.2g})"
        )
    if shown:
        beyond = bounds.low >= margin or bounds.high <= -margin
        return Judgement(
            "MISMATCH",
            f"{moved}; {between}: real (p = {p_value:.2g}) and "
            f"{'beyond' if beyond else 'not shown to be inside'} the margin of {margin:g} points",
        )
    return Judgement(
        "INCONCLUSIVE",
        f"{moved}; {between}, which neither shows a difference nor fits the margin of {margin:g} points: {wanted}",
        needed,
    )


def _spoken(interval: Interval) -> str:
    return f"{interval.low:+.2f} and {interval.high:+.2f} ({interval.confidence:.0%} interval)"
