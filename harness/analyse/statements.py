"""Ask of a lattice what arXiv 2606.03879 states of its own: which statements hold here, and with what certainty.

A margin of points (ours, since the abstract says "matches", "marginal" and "suboptimal" without one) separates what
counts from what does not. A statement *holds* or *does not hold* where its 95 per cent interval lies wholly on one
side; else it is *undecided*, as is everything in a table without noise; and it *cannot be asked* where the subsets it
needs are missing. Of orders, the share of draws with the same first decides at 95 and 5 per cent.
"""

from dataclasses import dataclass
from typing import Any, Literal

Verdict = Literal["holds", "does not hold", "undecided", "cannot be asked"]
MARGIN = 1.0
CERTAIN = 0.95
SIGNIFICANT = 0.05
Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """Hold a statement of the paper, what this lattice says of it, and the numbers behind that."""

    statement: str
    verdict: Verdict
    because: str

    def plain(self) -> dict[str, str]:
        """Return JSON values."""
        return {"statement": self.statement, "verdict": self.verdict, "because": self.because}


def statements(found: Plain, margin: float = MARGIN) -> list[Statement]:
    """Judge the statements from the plain values of `summary.summarise`; the margin is in points."""
    orders = found["ranking_agreement"]
    two, best = found["two_highest_capacities"], found["best_pair_against_full"]
    return [
        _differ("masking and retraining put different encoders first, each alone", orders["alone"]),
        _differ("masking and retraining put different encoders first, each left out", orders["leave_one_out"]),
        _differ("the most capable encoder is not the most necessary", orders["capacity_and_necessity"]),
        _beyond(f"the two highest Capacities are more than {margin:g} points behind the best pair", two, margin),
        _within(f"the best pair matches the full set to {margin:g} points", best, margin),
        _marginal(f"beyond the pair a further encoder gains at most {margin:g} points", found, margin),
        _explains("effective rank explains what parameters leave of the score", found["residual"]),
    ]


def _differ(statement: str, order: Plain) -> Statement:
    share = order["same_first_share"]
    if order["same_first"] is None:
        return Statement(statement, "cannot be asked", "scores are missing")
    table = "the same" if order["same_first"] else "another"
    if share is None:
        return Statement(statement, "undecided", f"{table} first in the table; nothing says how certain that is")
    verdict: Verdict = "holds" if share <= 1 - CERTAIN else "does not hold" if share >= CERTAIN else "undecided"
    return Statement(statement, verdict, f"{table} first in the table; the same in {share:.0%} of the draws")


def _told(it: Plain) -> str:
    ends = "no interval" if it["low"] is None else f"{it['low']:+.2f} to {it['high']:+.2f}"
    return f"{it['value']:+.2f} points, {ends}"


def _beyond(statement: str, it: Plain | None, margin: float) -> Statement:
    if it is None:
        return Statement(statement, "cannot be asked", "scores are missing")
    verdict: Verdict = "undecided"
    if it["low"] is not None:
        verdict = "holds" if it["high"] < -margin else "does not hold" if it["low"] >= -margin else "undecided"
    return Statement(statement, verdict, f"{it['pair']}: {_told(it)}")


def _within(statement: str, it: Plain | None, margin: float) -> Statement:
    if it is None:
        return Statement(statement, "cannot be asked", "scores are missing")
    verdict: Verdict = "undecided"
    if it["low"] is not None:
        # A pair above the full set matches it too: the paper asks whether the rest can be spared.
        verdict = "holds" if it["low"] >= -margin else "does not hold" if it["high"] < -margin else "undecided"
    return Statement(statement, verdict, f"{it['pair']}: {_told(it)}")


def _marginal(statement: str, found: Plain, margin: float) -> Statement:
    gains = {size: it["best"] for size, it in found["gain_of_further_encoder"].items() if int(size) > 2}
    if not gains or any(it["value"] is None for it in gains.values()):
        return Statement(statement, "cannot be asked", "scores are missing, or the pool is a pair")
    verdict: Verdict = "undecided"
    if all(it["low"] is not None for it in gains.values()):
        if all(it["high"] <= margin for it in gains.values()):
            verdict = "holds"
        elif any(it["low"] > margin for it in gains.values()):
            verdict = "does not hold"
    return Statement(statement, verdict, "; ".join(f"with {size}: {_told(it)}" for size, it in gains.items()))


def _explains(statement: str, it: Plain | None) -> Statement:
    if it is None:
        return Statement(statement, "cannot be asked", "ranks, parameters or scores are missing")
    # That nothing shows in a few points does not show that there is nothing.
    shown = it["p_value"] <= SIGNIFICANT and it["cross_validated_r2"] > 0
    return Statement(statement, "holds" if shown else "undecided", it["says"])
