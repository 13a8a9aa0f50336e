"""Speak the outcome of a measured difference: two questions, four answers.

|                      | no difference shown | a difference is shown |
|----------------------|---------------------|-----------------------|
| shown to be small    | MATCH               | DRIFT                 |
| not shown to be small| INCONCLUSIVE        | MISMATCH              |

*Small* is equivalence by two one-sided tests at level a: the interval of confidence 1 - 2a lies inside (-margin,
margin) (Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 1987). *Shown* is p < a. So neither too few
answers nor a wide margin can turn absence of evidence into a MATCH by themselves.
"""

from dataclasses import dataclass
from math import ceil
from typing import Literal

from scipy import stats

from harness.schema.verdict import Interval
from harness.verify.paired import Paired

POWER = 0.8
Statistical = Literal["MATCH", "DRIFT", "MISMATCH", "INCONCLUSIVE"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Hold an outcome with its reason in one sentence."""

    outcome: Statistical
    why: str


def judge(found: Paired, margin: float) -> Judgement:
    """Judge a measured difference against a margin of indifference, both in points."""
    level = (1 - found.interval.confidence) / 2
    small = -margin < found.interval.low and found.interval.high < margin
    shown = found.p_value < level
    moved = f"{found.gained + found.lost:,} of {found.n:,} marks changed ({found.gained:,} up, {found.lost:,} down)"
    between = f"the difference of {found.difference:+.2f} lies between {_spoken(found.interval)}"
    if small and not shown:
        return Judgement("MATCH", f"{moved}; {between}, inside the margin of {margin:g} points")
    if small:
        return Judgement(
            "DRIFT",
            f"{moved}; {between}: inside the margin of {margin:g} points but real (p = {found.p_value:.2g})",
        )
    if shown:
        outside = found.interval.low >= margin or found.interval.high <= -margin
        return Judgement(
            "MISMATCH",
            f"{moved}; {between}: real (p = {found.p_value:.2g}) and "
            f"{'beyond' if outside else 'not shown to be inside'} the margin of {margin:g} points",
        )
    return Judgement(
        "INCONCLUSIVE",
        f"{moved}; {between}, which neither shows a difference nor fits the margin of {margin:g} points: "
        f"about {answers_needed(found.deviation, margin, level):,} answers would be needed, {found.n:,} are there",
    )


def same_answers(n: int) -> Judgement:
    """Judge two runs that gave the same text to every question; there is nothing to be uncertain about."""
    return Judgement("MATCH", f"identical answers to all {n:,} questions")


def answers_needed(deviation: float, margin: float, level: float) -> int:
    """Return the answers with which an unchanged model passes the equivalence test four times in five.

    n = ((z(1 - a) + z((1 + power) / 2)) x deviation / margin)^2, the sample size of two one-sided tests at a true
    difference of zero; `deviation` is the spread of one answer's change, in points.
    """
    factor = stats.norm.ppf(1 - level) + stats.norm.ppf((1 + POWER) / 2)
    return ceil((factor * deviation / margin) ** 2)


def _spoken(interval: Interval) -> str:
    return f"{interval.low:+.2f} and {interval.high:+.2f} ({interval.confidence:.0%} interval)"
