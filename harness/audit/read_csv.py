"""Read a delimited text: comma, semicolon, tab or bar, with or without quotes; the file as a whole decides which."""

import csv
import io
from collections import Counter

from harness.audit.sheet import Layout, Raw, Sheet
from harness.errors import InvalidEvidence

DELIMITERS = ",;\t|"
SAMPLED = 200


def read_csv(text: str, name: str) -> list[Sheet]:
    """Read the one table of a delimited text; lines that begin with # before it are its caption.

    Raises:
        InvalidEvidence: a quote is never closed, or the table is too large.
    """
    lines = text.splitlines(keepends=True)
    skipped = 0
    while skipped < len(lines) and _is_caption(lines, skipped):
        skipped += 1
    caption = " ".join(line.strip("# \r\n") for line in lines[:skipped])
    body = "".join(lines[skipped:])
    layout = Layout(name)
    try:
        reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter_of(body), strict=True)
        for row in reader:
            if any(cell.strip() for cell in row):
                layout.add([Raw(cell.strip(), line=skipped + reader.line_num) for cell in row])
    except csv.Error as error:
        raise InvalidEvidence(f"{name} is no readable CSV: {error}. Was it cut off in the middle?") from error
    sheet = layout.sheet(name, caption, None, set())
    return [sheet] if sheet else []


def _is_caption(lines: list[str], at: int) -> bool:
    """Tell a remark before the table from a header whose first column is called `#`: it has fewer delimiters."""
    line = lines[at].strip()
    if not line:
        return True
    following = next((later for later in lines[at + 1 : at + 50] if later.strip() and not later.startswith("#")), "")
    return line.startswith("#") and _marks(line) < _marks(following)


def _marks(line: str) -> int:
    return max(line.count(delimiter) for delimiter in DELIMITERS)


def delimiter_of(text: str) -> str:
    """Choose the delimiter under which most lines have the same number of cells, more than one.

    A comma loses to a semicolon or a tab that is as regular: the comma may be a decimal mark then.
    """
    lines = [line for line in text.splitlines()[:SAMPLED] if line.strip()]
    best, most = ",", (0.0, 0)
    for delimiter in ";\t|,":
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter))
        except csv.Error:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        score = (count / max(1, len(lines)), width)
        if width > 1 and score[0] > most[0] + 0.05:
            best, most = delimiter, score
    return best
