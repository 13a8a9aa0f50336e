"""Draw tables of re-runs with the suite's real sizes, honest or with one planted fault."""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from benchmarks.suite import COLUMNS
from harness.schema.entry import Entry
from harness.schema.policy import Margin, Margins, Policy
from harness.schema.subset import Subset, lattice
from harness.schema.verdict import Verdict
from harness.verify.compare import judge
from harness.verify.moved import Moved
from harness.verify.paired import measure
from harness.verify.verify import Examined
from tests.harness.nouns import POOL, digest
from tests.simulation.flips import scattered

SIZES = {column.name: column.units or 1000 for column in COLUMNS}
# Rows that are asked, where they are more than the units that are scored.
ROWS = SIZES | {"mme": 2374, "mmbench": 4329, "mmvp": 300}
AN_IMAGE = 4
Fault = Callable[[Subset, Subset, str], float]


@cache
def cells(masked: bool = True) -> tuple[Entry, ...]:
    """Name the entries: 31 retrained subsets, and 30 masked views of the full model, on sixteen benchmarks."""
    everything = lattice(POOL)
    views = [(one, one) for one in everything]
    views += [(everything[-1], one) for one in everything[:-1]] if masked else []
    return tuple(
        Entry(trained=trained, kept=kept, benchmark=name, recipe="simulated", training=digest(trained.slug), seed=0)
        for trained, kept in views
        for name in SIZES
    )


def drawn(rng: np.random.Generator, n: int, rate: float, shift: float) -> Moved:
    """Draw what single answers moved, with as many flips as chance gives; shift in points.

    How many rise and fall is drawn first, then where: the same distribution as answer by answer, for fewer draws.
    """
    up, down = (max(0.0, (rate + sign * shift / 100) / 2) for sign in (1, -1))
    gained, lost, _ = rng.multinomial(n, (up, down, 1 - up - down)).tolist()
    places, change = rng.choice(n, gained + lost, replace=False), np.zeros(n)
    change[places[:gained]], change[places[gained:]] = 1.0, -1.0
    point = 100.0 / n
    return Moved(point * change, np.ones(n), change, change**2, point, point, gained, lost)


def policy(margin: float = 1.0, category: float = 1.0, mean: float = 0.5) -> Policy:
    """Promise one margin for every entry, and those of means."""
    margins = Margins(
        default=Margin(points=margin, evidence="simulated"),
        benchmarks={},
        category=Margin(points=category, evidence="simulated"),
        mean=Margin(points=mean, evidence="simulated"),
    )
    return Policy.model_validate(
        {"fixed_on": "2026-01-01", "confidence": 0.9, "repredict": margins, "retrain": margins}
    )


def examined(entry: Entry, moved: Moved, margin: float = 1.0) -> Examined:
    """Judge one drawn entry as the verifier does."""
    found = measure(moved, 0.9)
    judgement = judge(found, margin)
    verdict = Verdict(
        entry=entry,
        regime="repredict",
        outcome=judgement.outcome,
        why=judgement.why,
        policy=digest("policy"),
        difference=found.difference,
        interval=found.interval,
        p_value=found.p_value,
    )
    return Examined(verdict, moved)


def table(
    rng: np.random.Generator,
    rate: float,
    fault: Fault = lambda trained, kept, name: 0.0,
    masked: bool = True,
    sizes: Mapping[str, int] = SIZES,
) -> list[Examined]:
    """Draw a table; `fault` gives the points by which an entry's truth shifted."""
    return [
        examined(entry, drawn(rng, sizes[entry.benchmark], rate, fault(entry.trained, entry.kept, entry.benchmark)))
        for entry in cells(masked)
    ]


def graded_table(rng: np.random.Generator, rate: float, masked: bool = True) -> list[Examined]:
    """Draw an honest table of graded marks, four questions an image, half of the changes taking whole images."""
    return [
        examined(entry, scattered(rng, -(-SIZES[entry.benchmark] // AN_IMAGE), AN_IMAGE, rate))
        for entry in cells(masked)
    ]
