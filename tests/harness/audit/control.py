"""Measure how often the auditor is wrong about honest tables, and how often it finds a planted error.

    python -m tests.harness.audit.control [TABLES] [PLANTED] [SEED]

Exit code 1 if any honest table has an impossible or inconsistent finding.
"""

import random
import sys
import time
from collections import Counter
from dataclasses import dataclass

from harness.audit.audit import Report, audit_sheets
from harness.audit.finding import GRAVE, Severity
from harness.audit.mapping import Mapping
from harness.audit.read import tables_of
from tests.harness.audit.simulated import PLANTS, draw


@dataclass(frozen=True, slots=True)
class Honest:
    """Count honest tables with at least one finding of each severity, and of each check that is not a note."""

    tables: int
    severities: Counter[Severity]
    checks: Counter[str]


def report_of(text: str) -> Report:
    """Audit a text as a stranger's file."""
    return audit_sheets("table", tables_of(text, "table"), Mapping())


def honest(tables: int, seed: int) -> Honest:
    """Audit honest tables."""
    rng = random.Random(seed)
    severities: Counter[Severity] = Counter()
    checks: Counter[str] = Counter()
    for _ in range(tables):
        found = report_of(draw(rng).text()).findings
        severities.update({finding.severity for finding in found})
        checks.update({f"{it.severity} {it.check}" for it in found if it.severity != "note"})
    return Honest(tables, severities, checks)


def power(name: str, planted: int, seed: int) -> tuple[float, float]:
    """Return the share of planted errors that their check names, and the share that end in exit code 20."""
    plant, checks = PLANTS[name]
    rng = random.Random(f"{seed} {name}")
    named = grave = 0
    for _ in range(planted):
        found = report_of(plant(rng)).findings
        named += any(it.check in checks and it.severity != "note" for it in found)
        grave += any(it.severity in GRAVE for it in found)
    return named / planted, grave / planted


def main(tables: int = 10_000, planted: int = 300, seed: int = 20261122) -> int:
    """Write both tables of the control."""
    started = time.monotonic()
    result = honest(tables, seed)
    lines = [f"{tables:,} honest tables, seed {seed}", "", "| severity | tables with such a finding | share |"]
    lines.append("|---|---:|---:|")
    for severity in ("impossible", "inconsistent", "unexplained"):
        count = result.severities[severity]
        lines.append(f"| {severity} | {count:,} | {count / tables:.2%} |")
    lines += ["", *(f"- {name}: {count:,}" for name, count in result.checks.most_common()), ""]
    lines += [f"| planted error ({planted:,} tables each) | named by its check | exit code 20 |", "|---|---:|---:|"]
    for name in PLANTS:
        named, grave = power(name, planted, seed)
        lines.append(f"| {name} | {named:.1%} | {grave:.1%} |")
    sys.stdout.write("\n".join([*lines, "", f"{time.monotonic() - started:.0f} s", ""]))
    return int(any(result.severities[severity] for severity in GRAVE))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
