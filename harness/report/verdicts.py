"""Write verdicts for continuous integration and for people: JUnit XML, GitHub annotations, Markdown.

MATCH alone is a pass everywhere. DRIFT, CONSISTENT, INCONCLUSIVE and MISMATCH are failures, INVALID and ERROR are
errors: what was not shown is never counted among the passed. A table, or evidence that was refused as a whole, speaks
for itself beside its entries: a model that moved on all benchmarks is no entry's fault, and no entries are no success.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from harness.schema.verdict import Outcome, Verdict, worst

BROKEN: frozenset[Outcome] = frozenset({"INVALID", "ERROR"})
# Printable text, line ends and tabs are all that XML 1.0 can hold.
REPLACED = "�"


@dataclass(frozen=True, slots=True)
class Whole:
    """Hold the verdict over all entries together."""

    outcome: Outcome
    why: str


NOTHING = Whole("INVALID", "no entry was judged")


def junit(rows: Sequence[Verdict], whole: Whole | None = None, title: str = "harness verify") -> bytes:
    """Return a JUnit test suite: one case an entry and one for the whole, the sentence of why as its message."""
    whole = whole if rows else whole or NOTHING
    cases = [(f"{row.regime}.{row.entry.benchmark}", row.entry.slug, row.outcome, row.why, row.notes) for row in rows]
    cases += [("whole", "all entries together", whole.outcome, whole.why, ())] if whole else []
    broken = sum(outcome in BROKEN for _, _, outcome, _, _ in cases)
    failed = sum(outcome != "MATCH" for _, _, outcome, _, _ in cases) - broken
    suite = ElementTree.Element(
        "testsuite", name=title, tests=str(len(cases)), failures=str(failed), errors=str(broken), skipped="0"
    )
    for group, name, outcome, why, notes in cases:
        case = ElementTree.SubElement(suite, "testcase", classname=group, name=name)
        if outcome != "MATCH":
            kind = "error" if outcome in BROKEN else "failure"
            said = ElementTree.SubElement(case, kind, type=outcome, message=_clean(why))
            said.text = _clean("\n".join(notes))
    return ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True)


def annotations(rows: Sequence[Verdict], whole: Whole | None = None) -> str:
    """Return GitHub workflow commands, a line for each entry that is no MATCH and one for a whole that is none."""
    whole = whole if rows else whole or NOTHING
    said = [(row.outcome, row.entry.slug, row.why) for row in rows]
    said += [(whole.outcome, "all entries together", whole.why)] if whole else []
    lines = []
    for outcome, name, why in said:
        if outcome != "MATCH":
            level = "warning" if outcome in ("DRIFT", "CONSISTENT", "INCONCLUSIVE") else "error"
            title = _escaped(f"{outcome} {name}").replace(":", "%3A").replace(",", "%2C")
            lines.append(f"::{level} title={title}::{_escaped(why)}")
    return "".join(line + "\n" for line in lines)


def markdown(rows: Sequence[Verdict], whole: Whole | None = None) -> str:
    """Return a table with a line for each entry, and the verdict over all of them above it."""
    spoken = whole or (Whole(worst(row.outcome for row in rows), "") if rows else NOTHING)
    lines = [
        f"**{spoken.outcome}** {_cell(spoken.why)}".rstrip(),
        "",
        "| entry | verdict | stored | re-run | difference | tries | why |",
    ]
    lines.append("|---|---|---:|---:|---:|---:|---|")
    lines += ["| " + " | ".join(_columns(row)) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _columns(row: Verdict) -> tuple[str, ...]:
    between = ""
    if row.difference is not None:
        between = f"{row.difference:+.2f}"
        between += f" [{row.interval.low:+.2f}, {row.interval.high:+.2f}]" if row.interval else ""
    return (
        _cell(row.entry.slug),
        row.outcome,
        f"{row.stored.value:.2f}" if row.stored else "",
        f"{row.rerun.value:.2f}" if row.rerun else "",
        between,
        str(row.attempts or ""),
        _cell("; ".join((row.why, *row.notes))),
    )


def _cell(text: str) -> str:
    """Keep a text inside one cell: a stranger's evidence may hold anything."""
    plain = " ".join(text.split())
    for sign in "\\|<>&[]`*_":
        plain = plain.replace(
            sign, f"\\{sign}" if sign not in "<>&" else {"<": "&lt;", ">": "&gt;", "&": "&amp;"}[sign]
        )
    return plain


def _escaped(text: str) -> str:
    return _clean(text).replace("%", "%25").replace("\n", "%0A")


def _clean(text: str) -> str:
    return "".join(sign if sign.isprintable() or sign in "\n\t" else REPLACED for sign in text)
