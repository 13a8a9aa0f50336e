"""Lay entries out with their verdicts, as a table that a reader can filter and sort; without the script it is a table.

Verdicts come from what `harness verify --json` printed; an entry that nobody judged says so.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from harness.errors import InvalidEvidence
from harness.report import escapes, names
from harness.report.table import Amount, Cell, Table
from harness.schema.score import Score
from harness.schema.verdict import Outcome, Verdict

SIZE_LIMIT = 128 * 2**20
NOT_JUDGED = "not judged"
HEADS = (
    *("trained", "kept", "benchmark", ">seed", ">stored", ">s.e.", ">blind", ">chance", ">re-run", ">difference"),
    *(">allowed", "verdict", "why"),
)
ADDED = ("exit_code", "signature", "changes")
Kind = Literal["good", "bad", "unsure", ""]
KINDS: Mapping[Outcome, Kind] = {
    "MATCH": "good",
    "DRIFT": "bad",
    "MISMATCH": "bad",
    "INVALID": "bad",
    "ERROR": "bad",
    "CONSISTENT": "unsure",
    "INCONCLUSIVE": "unsure",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """Hold an entry's stored score and the verdict over it, where there is one."""

    score: Score | None
    verdict: Verdict | None

    @property
    def outcome(self) -> str:
        """Return the verdict's word, or that there is none."""
        return self.verdict.outcome if self.verdict else NOT_JUDGED


def read_verdicts(path: Path) -> list[Verdict]:
    """Read the verdicts that `harness verify --json` or `harness reproduce --json` printed.

    Raises:
        InvalidEvidence: the file is absent, too large, or holds no verdicts.
    """
    if not path.is_file() or path.stat().st_size > SIZE_LIMIT:
        raise InvalidEvidence(
            f"{path} is absent or larger than {SIZE_LIMIT:,} bytes; harness verify --json prints what belongs there"
        )
    try:
        plain = json.loads(path.read_bytes())
        found = plain.get("entries", [plain]) if isinstance(plain, dict) else plain
        return [Verdict.model_validate(_bare(one), strict=False) for one in found]
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidEvidence(f"{path} holds no verdicts of harness verify --json: {error}") from error


def joined(scores: Sequence[Score], verdicts: Sequence[Verdict]) -> list[Judged]:
    """Give every score its verdict by the entry's name; verdicts over other entries follow."""
    by_slug = {verdict.entry.slug: verdict for verdict in verdicts}
    known = [Judged(score, by_slug.pop(score.entry.slug, None)) for score in scores]
    return [*known, *(Judged(verdict.stored, verdict) for verdict in by_slug.values())]


def table(rows: Sequence[Judged]) -> Table:
    """Lay the entries out for the other formats."""
    return Table("entries", "Entries and verdicts", HEADS, tuple(_cells(row) for row in rows))


def counted(rows: Sequence[Judged]) -> str:
    """Tell how many entries have which verdict."""
    counts = Counter(row.outcome for row in rows)
    return ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(counts.items(), key=lambda it: -it[1]))


def to_html(rows: Sequence[Judged]) -> str:
    """Write the controls, hidden until the script works, and the table."""
    outcomes = sorted({row.outcome for row in rows})
    options = "".join(f"<option>{escapes.html(outcome)}</option>" for outcome in outcomes)
    right = [head.startswith(">") for head in HEADS]
    heads = "".join(
        f'<th scope="col"{_class("number" if at else "")}>{head.removeprefix(">")}</th>'
        for head, at in zip(HEADS, right, strict=True)
    )
    body = "".join(_row(row, right) for row in rows)
    return (
        '<div class="controls" id="entries-controls" hidden>'
        '<label>Show entries with these words<input type="search" placeholder="sam chartqa"></label>'
        f'<label>and the verdict<select><option value="">any</option>{options}</select></label>'
        '<output aria-live="polite"></output></div>'
        '<div class="scroll tall" role="region" tabindex="0" aria-label="Entries and verdicts">'
        '<table data-sorts="entries-controls"><caption>Entries and verdicts</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def verdict_html(word: str, kind: Kind) -> str:
    """Write a verdict with its sign and colour."""
    return f'<span class="verdict {kind}">{escapes.html(word)}</span>'


def _row(row: Judged, right: Sequence[bool]) -> str:
    cells = []
    for head, at, cell in zip(HEADS, right, _cells(row), strict=True):
        value = f' data-value="{cell.value!r}"' if isinstance(cell, Amount) else ""
        inside = str(cell) if isinstance(cell, Amount) else escapes.html(cell)
        if head == "verdict":
            inside = verdict_html(row.outcome, KINDS[row.verdict.outcome] if row.verdict else "")
        cells.append(f"<td{_class('number' if at else 'why' if head == 'why' else '')}{value}>{inside}</td>")
    return f'<tr data-outcome="{escapes.html(row.outcome)}">{"".join(cells)}</tr>'


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def _cells(row: Judged) -> tuple[Cell, ...]:
    score, verdict = row.score, row.verdict
    entry = score.entry if score else verdict.entry if verdict else None
    assert entry is not None
    kept = "all" if entry.view == "retrained" else entry.model.partition(" ")[2].removeprefix("keeps ")
    stored: tuple[Cell, ...] = ("", "", "", "")
    if score:
        stored = tuple(Amount(one) for one in (score.value, score.standard_error, score.blind, score.chance))
    again: tuple[Cell, ...] = ("", "", "")
    if verdict:
        rerun = Amount(verdict.rerun.value) if verdict.rerun else ""
        moved = _moved(verdict)
        again = (rerun, moved, "" if verdict.allowed is None else Amount(verdict.allowed))
    why = verdict.why if verdict else ""
    seed = Amount(float(entry.seed), digits=0)
    return (str(entry.trained), kept, names.title(entry.benchmark), seed, *stored, *again, row.outcome, why)


def _moved(verdict: Verdict) -> Cell:
    if verdict.difference is None:
        return ""
    ends = verdict.interval
    return Amount(verdict.difference, ends.low if ends else None, ends.high if ends else None, signed=True)


def _bare(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in plain.items() if key not in ADDED}
