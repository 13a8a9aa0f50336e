"""Write verdicts for continuous integration and for people: JUnit XML, GitHub annotations, Markdown.

MATCH alone is a pass everywhere. DRIFT, CONSISTENT, INCONCLUSIVE and MISMATCH are failures, INVALID and ERROR are
errors: what was not shown is never counted among the passed.
"""

from collections.abc import Sequence
from xml.etree import ElementTree

from harness.schema.verdict import Outcome, Verdict, worst

BROKEN: frozenset[Outcome] = frozenset({"INVALID", "ERROR"})
# Printable text, line ends and tabs are all that XML 1.0 can hold.
REPLACED = "�"


def junit(rows: Sequence[Verdict], title: str = "harness verify") -> bytes:
    """Return a JUnit test suite: one case an entry, the sentence of why as its message."""
    broken = sum(row.outcome in BROKEN for row in rows)
    failed = sum(row.outcome != "MATCH" for row in rows) - broken
    suite = ElementTree.Element(
        "testsuite", name=title, tests=str(len(rows)), failures=str(failed), errors=str(broken), skipped="0"
    )
    for row in rows:
        case = ElementTree.SubElement(
            suite, "testcase", classname=f"{row.regime}.{row.entry.benchmark}", name=row.entry.slug
        )
        if row.outcome != "MATCH":
            kind = "error" if row.outcome in BROKEN else "failure"
            said = ElementTree.SubElement(case, kind, type=row.outcome, message=_clean(row.why))
            said.text = _clean("\n".join(row.notes))
    return ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True)


def annotations(rows: Sequence[Verdict]) -> str:
    """Return GitHub workflow commands, a line for each entry that is no MATCH."""
    lines = []
    for row in rows:
        if row.outcome != "MATCH":
            level = "warning" if row.outcome in ("DRIFT", "CONSISTENT", "INCONCLUSIVE") else "error"
            title = _escaped(f"{row.outcome} {row.entry.slug}").replace(":", "%3A").replace(",", "%2C")
            lines.append(f"::{level} title={title}::{_escaped(row.why)}")
    return "".join(line + "\n" for line in lines)


def markdown(rows: Sequence[Verdict], why: str = "") -> str:
    """Return a table with a line for each entry, and the verdict over all of them above it."""
    outcome = worst(row.outcome for row in rows) if rows else "INVALID"
    lines = [
        f"**{outcome}** {_cell(why)}".rstrip(),
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
