"""Read results/published: what papers and pages print, cell by cell, with its place.

The folder is data that people transcribed; this is its one reader. Every row is checked: its benchmark is known, its
suite value follows exactly from what is printed, its source has an address.
"""

import csv
import io
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from benchmarks.suite import Column
from harness.audit.headers import recognise
from harness.audit.interval import MOST_DIGITS, Printed, printed
from harness.audit.read import decoded
from harness.audit.read_markdown import read_markdown
from harness.audit.sheet import MOST_BYTES
from harness.errors import InvalidEvidence

FIELDS = ("model", "benchmark", "printed_as", "metric", "reported", "scale", "suite", "source")
# Words of a metric -> the protocol of ours that marks so.
PROTOCOLS = {"cambrian": ("cambrian_eval",), "lmms_eval": ("lmms_eval",), "vlmevalkit": ("vlmevalkit", "openvlm")}


@dataclass(frozen=True, slots=True)
class Published:
    """Hold one published score; `suite` is on 0-100 and None beside the suite's columns and averages."""

    model: str
    benchmark: str
    printed_as: str
    metric: str
    reported: str
    top: int
    suite: Fraction | None
    source: str
    address: str

    @property
    def number(self) -> Printed:
        """Return the score with the decimals that carry its rounding."""
        return printed(self.reported)

    @property
    def column(self) -> Column | None:
        """Return the suite's column, or None for averages and columns beside the suite."""
        return recognise([self.benchmark]).benchmark

    @property
    def what(self) -> str:
        """Name the benchmark, the column beside the suite or the average."""
        return recognise([self.benchmark]).name

    @property
    def is_average(self) -> bool:
        """Tell whether the number averages several benchmarks."""
        return recognise([self.benchmark]).role == "average"

    @property
    def on_suite(self) -> Fraction:
        """Return the score on 0-100."""
        return self.number.value * 100 / self.top

    @property
    def rounding(self) -> float:
        """Return half a unit of the last printed digit, in points."""
        return float(self.number.unit * 100 / self.top / 2)

    @property
    def units(self) -> int | None:
        """Return how many units the score counts, or None where no source states it."""
        meaning = recognise([self.benchmark])
        return meaning.benchmark.units if meaning.benchmark else meaning.neighbour.steps if meaning.neighbour else None

    @property
    def protocol(self) -> str:
        """Return by which protocol the score was marked, or nothing where its source does not say."""
        for protocol, words in PROTOCOLS.items():
            if any(word in self.metric for word in words):
                return protocol
        return "cambrian" if self.source.startswith("cambrian-") and "as_reported" not in self.metric else ""


def read_published(folder: Path) -> tuple[Published, ...]:
    """Read every published score.

    Raises:
        InvalidEvidence: a file is absent or too large, or a row is not what its columns say.
    """
    addresses = _addresses(folder / "SOURCES.md")
    reader = csv.DictReader(io.StringIO(_text(folder / "scores.csv"), newline=""), strict=True)
    if tuple(reader.fieldnames or ()) != FIELDS:
        raise InvalidEvidence(f"{folder / 'scores.csv'}: expected the columns {', '.join(FIELDS)}")
    try:
        return tuple(_row(row, reader.line_num, addresses) for row in reader)
    except csv.Error as error:
        raise InvalidEvidence(f"{folder / 'scores.csv'} is no readable CSV: {error}") from error


def _text(path: Path) -> str:
    if not path.is_file() or path.stat().st_size > MOST_BYTES:
        raise InvalidEvidence(f"{path} is absent or larger than {MOST_BYTES:,} bytes")
    return decoded(path.read_bytes(), str(path))


def _addresses(path: Path) -> dict[str, str]:
    sheets = read_markdown(_text(path), path.name)
    return {
        row[0].text: row[-1].text
        for sheet in sheets
        if sheet.rows[0][-1].text == "address"
        for row in sheet.rows[1:]
    }  # fmt: skip


def _row(row: dict[str, str], line: int, addresses: dict[str, str]) -> Published:
    where = f"scores.csv:{line}"
    if None in row or None in row.values():
        raise InvalidEvidence(f"{where}: expected {len(FIELDS)} cells")
    meaning = recognise([row["benchmark"]])
    if meaning.role not in ("benchmark", "neighbour", "average"):
        raise InvalidEvidence(f"{where}: '{row['benchmark']}' is no column of the suite, none beside it and no average")
    if row["source"] not in addresses:
        raise InvalidEvidence(f"{where}: the source '{row['source']}' has no address in SOURCES.md")
    top = row["scale"].removeprefix("0-")
    if not top.isdigit() or int(top) == 0:
        raise InvalidEvidence(f"{where}: expected a scale such as 0-100, came '{row['scale']}'")
    try:
        value = Fraction(printed(row["reported"]).value if len(row["reported"]) <= MOST_DIGITS else row["reported"])
        suite = Fraction(row["suite"]) if row["suite"] else None
    except ValueError as error:
        raise InvalidEvidence(f"{where}: {error}") from error
    if (suite is None) != (meaning.role == "neighbour") or (suite is not None and suite != value * 100 / int(top)):
        raise InvalidEvidence(f"{where}: {row['reported']} of {top} is not {row['suite'] or 'nothing'} on 0-100")
    return Published(
        row["model"],
        row["benchmark"],
        row["printed_as"],
        row["metric"],
        row["reported"],
        int(top),
        suite,
        row["source"],
        addresses[row["source"]],
    )
