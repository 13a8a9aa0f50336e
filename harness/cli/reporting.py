"""Do what `harness report` asks: the study as one page, its tables in three formats, README's block of results."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Group

from harness import __version__
from harness.analyse import rank_table, traits
from harness.analyse.lattice import Lattice
from harness.analyse.summary import summarise
from harness.cli.analysing import FEWEST, MOST, of_file, of_reference
from harness.cli.screen import answer, columns
from harness.config.compose import compose
from harness.config.places import REFERENCE, ROOT
from harness.encoders.table import find
from harness.errors import UsageError
from harness.record import durable
from harness.record.reference import Reference
from harness.report import entries, page, readme
from harness.report.names import Plain
from harness.report.page import WRITERS, Origin
from harness.schema.verdict import Verdict

README = ROOT / "README.md"
PAGE = "harness report"


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold what one call asks for; a table of None is the reference."""

    table: Path | None
    encoders: Path | None
    ranks: Path | None
    verdicts: Path | None
    replicates: int
    answers: bool = False


def report(asked: Asked, out: Path, folder: Path | None, into_readme: bool, as_json: bool) -> int:
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
    judged = _judged(asked)
    _write(out, page.page(found, _origin(asked), judged))
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        for table in page.all_tables(found, judged):
            for ending, writer in WRITERS.items():
                _write(folder / f"{table.name}.{ending}", writer(table))
                written.append(folder / f"{table.name}.{ending}")
    if into_readme:
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


def measured(asked: Asked) -> Plain:
    """Take the measures of a table or of the reference.

    Raises:
        InvalidEvidence: a file is not what it should be.
        UsageError: the number of replicates is out of range.
    """
    if not FEWEST <= asked.replicates <= MOST:
        raise UsageError(f"--replicates takes {FEWEST:,} to {MOST:,}; came {asked.replicates:,}")
    lattice = of_file(asked.table) if asked.table else of_reference(asked.answers)
    known = traits.read(asked.encoders, lattice.pool) if asked.encoders else None
    if known is None and asked.table is None:
        known = _of_cards(lattice)
    ranks = rank_table.read(asked.ranks, lattice.pool) if asked.ranks else None
    return summarise(lattice, known, asked.replicates, ranks=ranks)


def _of_cards(lattice: Lattice) -> traits.Traits:
    """Take the parameters of the reference's encoders from their cards."""
    recipe = next(iter(Reference.load(REFERENCE).scores.values())).entry.recipe
    size = compose([f"recipe={recipe}"]).recipe.encoder_size
    return traits.of_numbers({"parameters": [float(find(name, size).parameters) for name in lattice.pool]})


def _judged(asked: Asked) -> list[entries.Judged]:
    verdicts: Sequence[Verdict] = entries.read_verdicts(asked.verdicts) if asked.verdicts else ()
    scores = () if asked.table else tuple(Reference.load(REFERENCE).scores.values())
    return entries.joined(scores, verdicts)


def _origin(asked: Asked) -> Origin:
    source = asked.table or REFERENCE / "scores.csv"
    title = asked.table.name if asked.table else "the accepted reference, results/reference/scores.csv"
    return Origin(title, durable.sha256_of(source), PAGE, __version__)


def _write(path: Path, text: str) -> None:
    durable.write_bytes(path, text.encode(), path.with_name(f".{path.name}.partial"))
