"""Ask of a lattice what the two papers state of their own: which statements hold here, and with what certainty.

A margin of points (ours, since the abstract says "matches", "marginal" and "suboptimal" without one) separates what
counts from what does not. A statement *holds* or *does not hold* where its 95 per cent interval lies wholly on one
side; else it is *undecided*, as is everything in a table without noise; and it *cannot be asked* where the subsets it
needs are missing. Of orders, the share of draws with the same first decides at 95 and 5 per cent.

The best of several subsets owes some of its score to luck, and its draws, each of which takes the best again, owe it
twice; so that interval is moved by twice the optimism (`growth.py`) before it decides, and the reason says so.

Sources: arXiv 2606.03879, abstract; arXiv 2507.03262, abstract (version 2 and later).
"""

from dataclasses import dataclass
from typing import Any, Literal

from harness.analyse.redundancy import CERTAIN, RECOVERED

Verdict = Literal["holds", "does not hold", "undecided", "cannot be asked"]
Paper = Literal["arXiv 2606.03879", "arXiv 2507.03262"]
ROLES: Paper = "arXiv 2606.03879"
REDUNDANCY: Paper = "arXiv 2507.03262"
MARGIN = 1.0
SIGNIFICANT = 0.05
DOMINANT = 0.9
MOST = 0.5
Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """Hold a statement of a paper, what this lattice says of it, and the numbers behind that."""

    statement: str
    source: Paper
    verdict: Verdict
    because: str

    def plain(self) -> dict[str, str]:
        """Return JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


def statements(found: Plain, margin: float = MARGIN) -> list[Statement]:
    """Judge the statements from the plain values of `summary.summarise`; the margin is in points."""
    points = "1 point" if margin == 1 else f"{margin:g} points"
    orders = found["ranking_agreement"]
    two, best = found["two_highest_capacities"], found["best_pair_against_full"]
    return [
        _differ("masking and retraining put different encoders first, each alone", orders["alone"]),
        _differ("masking and retraining put different encoders first, each left out", orders["leave_one_out"]),
        _differ("the most capable encoder is not the most necessary", orders["capacity_and_necessity"]),
        _beyond(f"the two highest Capacities are more than {points} behind the best pair", two, margin),
        _within(f"the best pair matches the full set to {points}", ROLES, best, "pair", margin),
        _marginal(f"beyond the pair a further encoder gains at most {points}", found, margin),
        _explains("effective rank explains what parameters leave of the score", found["residual"]),
        _anchored("the best pair is a rank that survives joint training and one that expands under it", found),
        _within(
            f"some masked view of the full model reaches its score to {points}",
            REDUNDANCY, found["best_masked_view"], "subset", margin,
        ),
        _dominates("one encoder has more than 90 % of OCR & Chart: its utilization rate", found),
        _harms("some encoder harms: its utilization rate is below zero, on the mean or a category", found["harm"]),
        _recovers("one or two encoders keep 90 % of most benchmarks outside OCR & Chart", found["recovered_by_two"]),
    ]  # fmt: skip


def _differ(statement: str, order: Plain) -> Statement:
    share = order["same_first_share"]
    if order["same_first"] is None:
        return Statement(statement, ROLES, "cannot be asked", "scores are missing")
    table = "the same" if order["same_first"] else "another"
    if share is None:
        return Statement(statement, ROLES, "undecided", f"{table} first in the table; nothing says how certain that is")
    verdict: Verdict = "holds" if share <= 1 - CERTAIN else "does not hold" if share >= CERTAIN else "undecided"
    return Statement(statement, ROLES, verdict, f"{table} first in the table; the same in {share:.0%} of the draws")


def _told(it: Plain) -> str:
    ends = "no interval" if it["low"] is None else f"{it['low']:+.2f} to {it['high']:+.2f}"
    return f"{it['value']:+.2f} points, {ends}"


def _beyond(statement: str, it: Plain | None, margin: float) -> Statement:
    if it is None:
        return Statement(statement, ROLES, "cannot be asked", "scores are missing")
    low, high, because = _without_luck(it, "pair")
    verdict: Verdict = "undecided"
    if low is not None and high is not None:
        verdict = "holds" if high < -margin else "does not hold" if low >= -margin else "undecided"
    return Statement(statement, ROLES, verdict, because)


def _within(statement: str, source: Paper, it: Plain | None, named: str, margin: float) -> Statement:
    if it is None:
        return Statement(statement, source, "cannot be asked", "scores are missing")
    low, high, because = _without_luck(it, named)
    # A subset above the full set matches it too: the papers ask whether the rest can be spared.
    return Statement(statement, source, _side(low, high, -margin), because)


def _without_luck(it: Plain, named: str) -> tuple[float | None, float | None, str]:
    """Return the ends of an interval less what a largest owes to luck, and the sentence that says so."""
    because = f"{it[named]}: {_told(it)}"
    if it["low"] is None or it["optimism"] is None:
        return it["low"], it["high"], because
    low, high = (it[end] - 2 * it["optimism"] for end in ("low", "high"))
    return low, high, f"{because}; without its luck {low:+.2f} to {high:+.2f}"


def _side(low: float | None, high: float | None, least: float) -> Verdict:
    if low is None or high is None:
        return "undecided"
    return "holds" if low >= least else "does not hold" if high < least else "undecided"


def _marginal(statement: str, found: Plain, margin: float) -> Statement:
    gains = {size: it["best"] for size, it in found["gain_of_further_encoder"].items() if int(size) > 2}
    if not gains or any(it["value"] is None for it in gains.values()):
        return Statement(statement, ROLES, "cannot be asked", "scores are missing, or the pool is a pair")
    verdict: Verdict = "undecided"
    if all(it["low"] is not None for it in gains.values()):
        if all(it["high"] <= margin for it in gains.values()):
            verdict = "holds"
        elif any(it["low"] > margin for it in gains.values()):
            verdict = "does not hold"
    return Statement(statement, ROLES, verdict, "; ".join(f"with {size}: {_told(it)}" for size, it in gains.items()))


def _explains(statement: str, it: Plain | None) -> Statement:
    if it is None:
        return Statement(statement, ROLES, "cannot be asked", "ranks, parameters or scores are missing")
    # That nothing shows in a few points does not show that there is nothing.
    shown = it["p_value"] <= SIGNIFICANT and it["cross_validated_r2"] > 0
    return Statement(statement, ROLES, "holds" if shown else "undecided", it["says"])


def _anchored(statement: str, found: Plain) -> Statement:
    best = found["best_pair_against_full"]
    changes = found["pair_rank_change"].get(best["pair"]) if best else None
    if best is None or changes is None:
        return Statement(statement, ROLES, "cannot be asked", "scores, or the ranks of the best pair, are missing")
    words = [it["word"] for it in changes.values()]
    told = ", ".join(f"{name} {it['word']} ({_ratio(it)})" for name, it in changes.items())
    share = best["chosen_share"]
    because = f"{best['pair']}: {told}" + ("" if share is None else f"; the best pair in {share:.0%} of the draws")
    known = all(it["low"] is not None for it in changes.values()) and "undecided" not in words
    if not known or share is None or share < CERTAIN:
        return Statement(statement, ROLES, "undecided", because)
    verdict: Verdict = "holds" if sorted(words) == ["expands", "survives"] else "does not hold"
    return Statement(statement, ROLES, verdict, because)


def _ratio(it: Plain) -> str:
    ends = "no interval" if it["low"] is None else f"{it['low']:.2f} to {it['high']:.2f}"
    return f"{it['value']:.2f}, {ends}"


def _dominates(statement: str, found: Plain) -> Statement:
    rates = {name: it.get("ocr_chart") for name, it in found["conditional_utilization_rate"].items()}
    known = {name: it for name, it in rates.items() if it and it["value"] is not None}
    if len(known) < len(rates):
        return Statement(
            statement, REDUNDANCY, "cannot be asked", "scores or the benchmarks of OCR & Chart are missing"
        )
    first = max(known, key=lambda name: known[name]["value"])
    it = known[first]
    return Statement(statement, REDUNDANCY, _side(it["low"], it["high"], DOMINANT), f"{first}: {_rate(it)}")


def _harms(statement: str, it: Plain | None) -> Statement:
    if it is None:
        return Statement(statement, REDUNDANCY, "cannot be asked", "scores are missing, or a rate is undefined")
    because = f"the least of all: {it['encoder']} on {it['on']}, {_rate(it)}"
    if it["p_value"] is None:
        return Statement(statement, REDUNDANCY, "undecided", because)
    verdict: Verdict = "undecided"
    if it["value"] < 0 and it["p_value"] <= SIGNIFICANT:
        verdict = "holds"
    elif it["lowest_bound"] >= 0:
        verdict = "does not hold"
    because = f"{because}; over all rates at once p = {it['p_value']:.2g}"
    return Statement(statement, REDUNDANCY, verdict, because)


def _recovers(statement: str, it: Plain) -> Statement:
    if it["value"] is None:
        return Statement(statement, REDUNDANCY, "cannot be asked", "scores are missing, or a full score is zero")
    verdict: Verdict = "undecided"
    if it["low"] is not None:
        verdict = "holds" if it["low"] > MOST else "does not hold" if it["high"] <= MOST else "undecided"
    return Statement(statement, REDUNDANCY, verdict, f"{RECOVERED:.0%} kept on a share of benchmarks: {_rate(it)}")


def _rate(it: Plain) -> str:
    ends = "no interval" if it["low"] is None else f"{100 * it['low']:.1f} to {100 * it['high']:.1f}"
    return f"{100 * it['value']:.1f} %, {ends}"
