"""Answer `harness scan`: whether a training mixture holds what the benchmarks ask."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.table import select
from harness.cli.screen import Screen, answer, columns
from harness.config.compose import compose
from harness.config.places import resolve
from harness.data.contamination import LIKE, Finding, How, Scan, Scanner
from harness.data.records import stream
from harness.errors import UsageError
from harness.run.reproduce import Workplace

HOWS: tuple[How, ...] = ("same picture", "like picture", "like question")
TAKEN, UNREAD = 40, 30
SHOWN, LISTED = 20, 1000
NAMES = ("benchmark", ">questions", *(f">{how}" for how in HOWS), ">taken", ">taken, picture alike")


def scan(
    file: Path, words: str, pictures: Path | None, to: Path | None, overrides: Sequence[str], as_json: bool
) -> int:
    """Scan a mixture for questions of some benchmarks; `to` names a Markdown file for the report.

    Exit codes: 40 where a question was taken, its very picture with its words; 30 where a picture of the mixture could
    not be read, so that nothing is known of it; else 0.

    Raises:
        UsageError: the report is no Markdown file.
        InvalidEvidence: the mixture is absent or in no format that is known.
    """
    if to is not None and to.suffix != ".md":
        raise UsageError(f"the report is written as Markdown: --to {to.with_suffix('.md')}, not {to}")
    cards = select(words)
    with Screen() as screen:
        place = Workplace(compose(overrides), resolve(compose(overrides).store.folder), screen)
        loaded = [(card, place.local.load(card)) for card in cards]
        scanner = Scanner((card.name, one.samples) for card, one in loaded)

        def told(count: int) -> None:
            if count % 10_000 == 0:
                screen.say(f"{count:,} records scanned")

        found = scanner.scan(stream(file), pictures or file.parent, told)
    counts = {card.name: len(one.samples) for card, one in loaded}
    plain = _plain(file, found, counts)
    rows = _rows(plain)
    caption = "\n".join(_sentences(plain))
    if to is not None:
        to.write_text(_markdown(plain, rows), encoding="utf-8")
    answer(plain, columns(f"What {file} holds of the benchmarks", NAMES, rows, caption), as_json)
    return TAKEN if any(one["taken"] for one in plain["benchmarks"].values()) else UNREAD if found.unread else 0


def _plain(file: Path, found: Scan, counts: dict[str, int]) -> dict[str, Any]:
    told = {name: {"questions": count, "taken": [], "alike": []} for name, count in counts.items()}
    by_how: Counter[tuple[str, str]] = Counter()
    for (name, how), samples in _samples(found.findings).items():
        by_how[name, how] = len(samples)
    for name, samples in found.taken().items():
        told[name]["taken"] = sorted(samples)
    for name, samples in found.taken("like picture").items():
        told[name]["alike"] = sorted(samples - set(told[name]["taken"]))
    for name, one in told.items():
        one |= {how.replace(" ", "_"): by_how[name, how] for how in HOWS}
    listed = sorted(found.findings, key=lambda one: (HOWS.index(one.how), -one.asked, -one.likeness))
    return {
        "file": str(file),
        "records": found.records,
        "pictures": found.pictures,
        "unread": found.unread,
        "benchmarks": told,
        "found": len(listed),
        "findings": [
            {field: getattr(one, field) for field in ("benchmark", "sample", "record", "how", "likeness", "asked")}
            for one in listed[:LISTED]
        ],
    }


def _samples(findings: Sequence[Finding]) -> dict[tuple[str, How], set[str]]:
    """Return the samples that were found of each benchmark in each way."""
    told: dict[tuple[str, How], set[str]] = {}
    for one in findings:
        told.setdefault((one.benchmark, one.how), set()).add(one.sample)
    return told


def _rows(plain: dict[str, Any]) -> list[tuple[str, ...]]:
    return [
        (
            name,
            f"{one['questions']:,}",
            *(f"{one[how.replace(' ', '_')]:,}" for how in HOWS),
            f"{len(one['taken']):,}",
            f"{len(one['alike']):,}",
        )
        for name, one in plain["benchmarks"].items()
    ]


def _sentences(plain: dict[str, Any]) -> list[str]:
    unread = plain["unread"]
    return [
        f"{plain['records']:,} records with {plain['pictures']:,} pictures; {len(unread):,} of them could not be read.",
        "Columns count the benchmark's questions. Taken: the very picture, and a turn with the question's words (ratio "
        f"of {LIKE:.0f} or more); beside it the same for pictures that only look alike, which templates make too.",
        *(f"not read: {line}" for line in unread[:SHOWN]),
        *([f"... and {len(unread) - SHOWN:,} more"] if len(unread) > SHOWN else []),
    ]


def _markdown(plain: dict[str, Any], rows: Sequence[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"

    heads = [name.removeprefix(">") for name in NAMES]
    rule = ["---:" if name.startswith(">") else "---" for name in NAMES]
    shown = [
        (one["how"], one["benchmark"], one["sample"], one["record"], f"{one['likeness']:.3f}", f"{one['asked']:.0f}")
        for one in plain["findings"][:SHOWN]
    ]
    text = f"# What {plain['file']} holds of the benchmarks\n\n" + line(heads) + line(rule) + "".join(map(line, rows))
    text += "\n" + "\n".join(f"- {one}" for one in _sentences(plain)) + "\n"
    if shown:
        text += f"\nThe strongest {len(shown):,} of {plain['found']:,} findings:\n\n"
        text += line(("how", "benchmark", "question", "record", "likeness", "words alike"))
        text += line(["---"] * 4 + ["---:"] * 2) + "".join(map(line, shown))
    return text
