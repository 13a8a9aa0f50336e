r"""Read one printed cell: a number with its decimals, or the reason why it is none. Nothing is guessed in silence.

| printed | read as |
|---|---|
| `63.3`, `63,3`, `+63.3`, `63.3%`, `\u221263.3` | the number, with one decimal |
| `1,531.3`, `1 531.3` (thin space), `1'531` | thousands separators |
| `1,531` | either; the other cells decide (`Commas`), and a guess is named |
| `63.3*`, `63.3^{a}`, `63.3[1]`, `(63.3)` | the number, its mark named |
| `63.3 ± 0.4`, `63.3 (0.4)`, `63.3 (+1.2)` | the number; what stands beside it is kept as `beside` |
| `61-63`, `61 to 63` | a range: named, not used |
| `61.3/63.2` | several numbers: named, not used |
| one number across several columns | merged: named, not used |
| `<1`, `~63` | a bound or a guess: named, not used |
| empty, `-`, `n/a` | missing |
| anything else | words |
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from harness.audit.interval import Printed, printed

Kind = Literal["number", "missing", "range", "several", "bound", "merged", "words"]
Commas = Literal["decimal", "thousands", "unknown"]

LONGEST = 400
MISSING = frozenset(
    {"", "-", "--", "---", "n/a", "na", "n.a.", "n.a", "/", "x", "?", "none", "null", "tbd", "...", "*", "."}
)
CROSSES = "✗✘×╳"
_MINUS = str.maketrans(dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\u2014\u2015\ufe63\uff0d", "-"))
_THIN = str.maketrans(dict.fromkeys("\u00a0\u2009\u202f\u2007\u2006\u2005\u200a", "\u202f"))
_MARKS = "*†‡§¶‖∗⋆★☆♠♣♥♦♯◇◆△▲▽▼○●◦•#✝⋄¹²³⁰⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠ↑↓⇑⇓⬆⬇→←🔒'′"
_NUMBER = r"[+-]?(?:[0-9]+(?:[.,\u202f'’][0-9]+)*|[.,][0-9]+)(?:[eE][+-]?[0-9]{1,2})?"
_WHOLE = re.compile(_NUMBER)
_RANGE = re.compile(rf"({_NUMBER})\s*(?:-|to|\.\.|~)\s*({_NUMBER})")
_SEVERAL = re.compile(rf"{_NUMBER}(?:\s*[/|;+&]\s*{_NUMBER}|\s+{_NUMBER})+")
_BESIDE = re.compile(rf"({_NUMBER})\s*%?\s*(?:(±|\+/-|\+-)\s*({_NUMBER})|\(\s*((?:±\s*)?{_NUMBER}\s*%?)\s*\))\s*%?")
_RAISED = re.compile(r"[\^_](?:\{([^{}]*)\}|([A-Za-z0-9*†‡+±-]))")
_NOTE = re.compile(r"\[[0-9a-z]{1,2}\]|\([a-z*†‡]\)", re.IGNORECASE)
_EMPHASIS = re.compile(r"\*\*(.+?)\*\*|__(.+?)__", re.DOTALL)
_AMBIGUOUS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")


@dataclass(frozen=True, slots=True)
class Cell:
    """Hold one cell: the text as printed, what it is, and what had to be said about it."""

    text: str
    kind: Kind
    number: Printed | None = None
    percent: bool = False
    bold: bool = False
    beside: str = ""
    spread: bool = False
    remarks: tuple[str, ...] = ()
    line: int = 0
    metric: str = ""

    @property
    def value(self) -> Fraction:
        """Return the number's value; only a number has one."""
        assert self.number is not None
        return self.number.value


def votes(text: str) -> Commas:
    """Tell what a cell shows about commas: `63,3` can only be a decimal comma, `63.3` only a decimal point."""
    token = _core(text)[0].removesuffix("%").rstrip()
    if not _WHOLE.fullmatch(token) or not set(token) & set(",."):
        return "unknown"
    mark = max(",.", key=token.rfind)
    if "," in token and "." in token:
        return "decimal" if mark == "," else "thousands"
    after = token.rsplit(mark, 1)[1]
    if token.count(mark) == 1 and (len(after) != 3 or token.lstrip("+-").startswith(("0", mark))):
        return "decimal" if mark == "," else "thousands"
    return "unknown"


def read_cell(text: str, commas: Commas = "unknown", largest: int = 2800, bold: bool = False, line: int = 0) -> Cell:
    """Read one cell; `largest` is the highest value the column can hold, which settles `1,531` if nothing else does."""
    # ASCII blanks only: str.split would also drop the thin blanks that separate thousands.
    shown = re.sub(r"[ \t\r\n\f\v]+", " ", text).strip(" ")
    if len(shown) > LONGEST:
        return Cell(shown[:40] + "…", "words", line=line, remarks=("longer than any cell should be",))
    inner, remarks = _core(shown)
    strong = bold or bool(_EMPHASIS.search(shown))
    if inner.lower() in MISSING or inner in CROSSES or not inner.strip("-–— "):
        return Cell(shown, "missing", line=line)
    percent = inner.rstrip().endswith("%")
    beside, spread = "", False
    if found := _BESIDE.fullmatch(inner):
        beside = found.group(3) or found.group(4)
        spread = bool(found.group(2)) or "±" in beside
        inner = found.group(1)
        remarks = (*remarks, f"'{beside}' beside it was not used")
    bare = inner.removesuffix("%").rstrip()
    if bare.startswith("(") and bare.endswith(")"):
        bare, remarks = bare[1:-1].strip(), (*remarks, "in brackets")
    if _WHOLE.fullmatch(bare):
        number, remark = _number(bare, commas, largest)
        if number is None:
            return Cell(shown, "words", line=line, remarks=(f"'{bare}' is no well-formed number",))
        said = (*remarks, remark) if remark else remarks
        return Cell(shown, "number", number, percent, strong, beside, spread or "±" in " ".join(said), said, line)
    if bare[:1] in "<>~≈≤≥∼" and _WHOLE.fullmatch(bare[1:].strip()):
        return Cell(shown, "bound", line=line, bold=strong)
    if found := _RANGE.fullmatch(bare):
        return Cell(shown, "range", line=line, bold=strong)
    if _SEVERAL.fullmatch(bare):
        return Cell(shown, "several", line=line, bold=strong)
    return Cell(shown, "words", line=line, bold=strong)


def _core(text: str) -> tuple[str, tuple[str, ...]]:
    """Strip emphasis, footnote marks and dollar signs; return what is left and what was taken off."""
    remarks: list[str] = []
    inner = _EMPHASIS.sub(lambda found: found.group(1) or found.group(2), text).translate(_MINUS).translate(_THIN)
    inner = inner.replace("$", "").replace("\\%", "%").replace("％", "%").replace("{,}", ",").replace("\\pm", "±")

    def raised(found: re.Match[str]) -> str:
        inside = (found.group(1) or found.group(2) or "").strip()
        if inside:
            remarks.append(f"mark '{inside}'")
        return ""

    inner = _NOTE.sub(_note_taker(remarks), _RAISED.sub(raised, inner)).strip()
    # Marks are taken off before compatibility forms are unified: otherwise 63.3² would become 63.32.
    ends = inner.strip(_MARKS + " ")
    if ends != inner and ends:
        taken = "".join(mark for mark in inner if mark in _MARKS)
        if taken:
            remarks.append(f"mark '{taken}'")
        inner = ends
    return unicodedata.normalize("NFKC", inner.replace("\u202f", "\x00")).replace("\x00", "\u202f").strip(), tuple(
        remarks
    )


def _note_taker(remarks: list[str]) -> Callable[[re.Match[str]], str]:
    """Return a substitution that takes a bracketed note off and keeps a record of it."""

    def taken(found: re.Match[str]) -> str:
        # A bracketed digit alone, as in `[1]`, is a note only behind something else.
        if found.start() == 0:
            return found.group()
        remarks.append(f"mark '{found.group()}'")
        return ""

    return taken


def _number(token: str, commas: Commas, largest: int) -> tuple[Printed | None, str]:
    """Read a token of digits and separators; return it with a remark if the reading had to be chosen."""
    mantissa, _, exponent = token.lower().partition("e")
    sign = mantissa[:1] if mantissa[:1] in "+-" else ""
    body, remark = mantissa.removeprefix(sign), ""
    if _AMBIGUOUS.fullmatch(body):
        if commas == "unknown":
            commas = "thousands" if int(body.replace(",", "")) <= largest else "decimal"
            remark = f"its comma was read as a {'thousands separator' if commas == 'thousands' else 'decimal comma'}"
        body = body.replace(",", "." if commas == "decimal" else "")
    elif commas == "decimal" and re.fullmatch(r"[1-9][0-9]{0,2}\.[0-9]{3}", body):
        body, remark = (
            body.replace(".", ""),
            "its point was read as a thousands separator, as commas mark decimals here",
        )
    else:
        plain = _plain(body)
        if plain is None:
            return None, ""
        body = plain
    number = printed(sign.replace("+", "") + body)
    if exponent:
        power = int(exponent)
        number = Printed(number.value * Fraction(10) ** power, max(0, number.decimals - power))
    return number, remark


def _plain(body: str) -> str | None:
    """Turn separators into one decimal point, or return None where they stand in impossible places."""
    marks = [mark for mark in body if not mark.isdigit()]
    if not marks:
        return body
    decimal = marks[-1] if marks[-1] in ".," and marks.count(marks[-1]) == 1 else ""
    whole, _, decimals = body.rpartition(decimal) if decimal else (body, "", "")
    parts = re.split(r"[.,\u202f'’]", whole)
    separators = {mark for mark in whole if not mark.isdigit()}
    if len(parts) > 1 and (
        len(separators) > 1 or not 1 <= len(parts[0]) <= 3 or any(len(part) != 3 for part in parts[1:])
    ):
        return None
    return f"{''.join(parts) or '0'}.{decimals}" if decimal else "".join(parts)
