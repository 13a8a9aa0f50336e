"""Do what `harness report` asks: the study as one page, its tables in three formats, README's block of results."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Group

from harness import __version__
from harness.cli.measured import Asked, measured
from harness.cli.screen import answer, columns
from harness.config.places import REFERENCE, ROOT
from harness.errors import UsageError
from harness.record import durable
from harness.record.reference import Reference
from harness.report import entries, page, readme
from harness.report.page import WRITERS, Origin
from harness.schema.verdict import Verdict

README = ROOT / "README.md"
PAGE = "harness report"


def report(
    asked: Asked, verdicts: Path | None, out: Path, folder: Path | None, into_readme: bool, as_json: bool
) -> int:
    """Write what is asked for and say where it lies.

    Raises:
        InvalidEvidence: a file is not what it should be, or README lacks the marks of its block.
        UsageError: the number of replicates is out of range, or README's block is asked for of another table.
    """
    if asked.table and (into_readme or asked.answers):
        raise UsageError("README shows the reference, and only it keeps answers: --readme and --answers take no table")
    if into_readme and asked.answers:
        raise UsageError("README shows what the scores alone give: --readme takes no --answers")
    found = measured(asked)
    written = [out]
    judged = _judged(asked, verdicts)
    _write(out, page.page(found, _origin(asked), judged))
    if folder:
        for table in page.all_tables(found, judged):
            for ending, writer in WRITERS.items():
                _write(folder / f"{table.name}.{ending}", writer(table))
                written.append(folder / f"{table.name}.{ending}")
    if into_readme:
        for name, drawn in readme.figures(found).items():
            _write(ROOT / name, drawn)
            written.append(ROOT / name)
        _write(README, readme.replaced(README.read_text(encoding="utf-8"), readme.block(found, PAGE)))
        written.append(README)
    shown = [(str(path), f"{path.stat().st_size:,}") for path in written]
    statements = [(one["statement"], one["verdict"]) for one in found["statements"]]
    plain = {"written": [str(path) for path in written], "statements": dict(statements)}
    drawn = Group(
        columns("Statements", ("statement", "here"), statements), columns("Written", ("file", ">bytes"), shown)
    )
    answer(plain, drawn, as_json)
    return 0


def _judged(asked: Asked, file: Path | None) -> list[entries.Judged]:
    verdicts: Sequence[Verdict] = entries.read_verdicts(file) if file else ()
    scores = () if asked.table else tuple(Reference.load(REFERENCE).scores.values())
    return entries.joined(scores, verdicts)


def _origin(asked: Asked) -> Origin:
    source = asked.table or REFERENCE / "scores.csv"
    title = asked.table.name if asked.table else "the accepted reference, results/reference/scores.csv"
    return Origin(title, durable.sha256_of(source), PAGE, __version__)


def _write(path: Path, text: str) -> None:
    durable.make_folder(path.parent)
    durable.write_bytes(path, text.encode(), path.with_name(f".{path.name}.partial"))
