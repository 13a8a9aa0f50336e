"""Count false alarms over honest tables, and how often each family of tests finds a planted fault."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from harness.schema.entry import Entry
from harness.verify.contrasts import Family
from harness.verify.whole_table import TableVerdict, judge_table
from tests.simulation.tables import ROWS, Fault, graded_table, policy, table

RATE = 0.03
FULL = "clip+convnext+sam+eva02+pix2struct"


@dataclass(frozen=True, slots=True)
class Alarms:
    """Hold what honest tables were called: the share of tables with a MISMATCH or a DRIFT anywhere, and their means."""

    tables: int
    entries: int
    mismatch: float
    drift: float
    passed: float


@dataclass(frozen=True, slots=True)
class Found:
    """Hold the share of tables in which one fault was found: by its own entries (mean share) and by each family."""

    truth: str
    entries: float
    families: dict[Family, float]


def alarms(tables: int, rate: float = RATE, masked: bool = True, graded: bool = False, seed: int = 0) -> Alarms:
    """Judge honest tables, of single 0/1 answers or of graded ones in images."""
    rng, words, passed, entries = np.random.default_rng(seed), [], 0.0, 0
    for _ in range(tables):
        drawn = graded_table(rng, rate, masked) if graded else table(rng, rate, masked=masked)
        judged = judge_table(drawn, "repredict", policy())
        words.append({one.outcome for one in (*judged.entries, *judged.findings)})
        passed, entries = passed + judged.passed, len(judged.entries)
    return Alarms(
        tables=tables,
        entries=entries,
        mismatch=sum("MISMATCH" in one for one in words) / tables,
        drift=sum("DRIFT" in one for one in words) / tables,
        passed=passed / tables,
    )


@dataclass(frozen=True, slots=True)
class Truth:
    """Name a planted fault: by how much which entries shifted, and the group that should be found."""

    title: str
    fault: Fault
    family: Family
    name: str


TRUTHS = (
    Truth("one model -0.5 on 16", lambda t, k, n: -0.5 * (k.slug == "clip+sam"), "models", "clip+sam s0"),
    Truth("one model -1.0 on 16", lambda t, k, n: -1.0 * (k.slug == "clip+sam"), "models", "clip+sam s0"),
    Truth("one benchmark n = 1000 -0.5 on 31", lambda t, k, n: -0.5 * (n == "mathvista"), "benchmarks", "mathvista"),
    Truth("one benchmark n = 1000 -1.0 on 31", lambda t, k, n: -1.0 * (n == "mathvista"), "benchmarks", "mathvista"),
    Truth("one benchmark n = 300 -1.0 on 31", lambda t, k, n: -1.0 * (n == "mmvp"), "benchmarks", "mmvp"),
    Truth("one encoder -0.2 wherever it is", lambda t, k, n: -0.2 * ("sam" in k), "encoders", "sam"),
    Truth("all 496 entries -0.1", lambda t, k, n: -0.1, "everything", "all entries"),
    Truth(
        "one entry n = 2500 -2.0", lambda t, k, n: -2.0 * (n == "chartqa" and k.slug == FULL), "models", f"{FULL} s0"
    ),
)


def found(truth: Truth, tables: int, seed: int = 0) -> Found:
    """Judge tables of 496 retrained entries with one planted fault."""
    rng = np.random.default_rng(seed)
    drawn = (table(rng, RATE, truth.fault, masked=False, sizes=ROWS) for _ in range(tables))
    judged = [judge_table(one, "repredict", policy()) for one in drawn]
    families: tuple[Family, ...] = ("models", "benchmarks", "encoders", "everything")
    return Found(
        truth=truth.title,
        entries=float(
            np.mean(
                [
                    _share(one, lambda entry: truth.fault(entry.trained, entry.kept, entry.benchmark) != 0)
                    for one in judged
                ]
            )
        ),
        families={family: sum(_seen(one, family, truth) for one in judged) / tables for family in families},
    )


def _seen(judged: TableVerdict, family: Family, truth: Truth) -> bool:
    """Tell whether a family found the fault: its own group, or any where the fault is not of this family."""
    shown = [
        one.contrast.name
        for one in judged.findings
        if one.contrast.family == family and one.outcome in ("DRIFT", "MISMATCH")
    ]
    return truth.name in shown if family == truth.family else bool(shown)


def _share(judged: TableVerdict, affected: Callable[[Entry], bool]) -> float:
    hit = [one.outcome in ("DRIFT", "MISMATCH") for one in judged.entries if affected(one.entry)]
    return sum(hit) / len(hit)
