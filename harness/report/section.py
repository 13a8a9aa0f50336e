"""Hold what a page tells in one place: a section's words, its figures, the tables behind them."""

from dataclasses import dataclass, field

from harness.report import names
from harness.report.entries import Judged
from harness.report.names import Plain
from harness.report.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold a drawing (SVG) with what stands below it; a wide one scrolls instead of shrinking."""

    drawn: str
    caption: str
    wide: bool = False
    panels: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Hold a section: where links go, its heading, paragraphs of plain words, figures, and tables (`long`: folded)."""

    slug: str
    heading: str
    paragraphs: tuple[str, ...]
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    long: tuple[Table, ...] = ()
    formula: str = ""
    entries: tuple[Judged, ...] = field(default=(), repr=False)


def figure(drawn: str | None, caption: str, panels: bool = False) -> tuple[Figure, ...]:
    """Return the figure, or none where nothing could be drawn."""
    return (Figure(drawn, caption, panels=panels),) if drawn else ()


def why_not(found: Plain, *measures: str) -> str:
    """Say why some measures cannot be had as a whole, empty where they can."""
    told: dict[str, list[str]] = {}
    for key in measures:
        if key in found["unavailable"]:
            told.setdefault(found["unavailable"][key], []).append(key.replace("_", " "))
    return " ".join(f"Not to be had as a whole: {names.words(keys)}: {why}." for why, keys in told.items())
