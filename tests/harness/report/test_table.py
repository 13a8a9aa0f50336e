"""One table in four formats: no format loses a number, and none lets a text out of its cell."""

import csv
import io
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.table import Amount, Table, amount, to_csv, to_html, to_latex, to_markdown

TEXTS = st.text(min_size=1, max_size=30)
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


def table(*rows, compact=False):
    return Table("t", "A title", ("name", ">number"), rows, "A note.", compact)


class Cells(HTMLParser):
    """Gather the text of cells, and every element that was opened."""

    def __init__(self, page):
        super().__init__()
        self.cells, self.opened = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.opened.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data):
        if self.cells:
            self.cells[-1] += data


def test_an_amount_shows_its_interval_and_no_signed_nothing():
    assert str(Amount(41.204, 40.1, 42.3)) == "41.20 [40.10, 42.30]"
    assert str(Amount(0.125, factor=100.0, digits=1)) == "12.5"
    assert str(Amount(-0.001, signed=True)) == "0.00"
    assert str(Amount(1.5, signed=True)) == "+1.50"
    assert amount({"value": None}) == ""
    assert amount(None) == ""


@given(NUMBERS, NUMBERS, NUMBERS)
def test_csv_keeps_every_digit(value, low, high):
    read = list(csv.reader(io.StringIO(to_csv(table(("a", Amount(value, low, high)), ("b", ""))))))
    assert read[0] == ["name", "number", "number low", "number high"]
    assert [float(text) for text in read[1][1:]] == [value, low, high]
    assert read[2] == ["b", "", "", ""]


@given(TEXTS)
def test_no_text_leaves_its_cell_in_any_format(text):
    made = table((text, Amount(1.0)), ("b", Amount(2.0)))
    read = list(csv.reader(io.StringIO(to_csv(made))))
    assert [len(row) for row in read] == [2, 2, 2]
    assert not read[1][0].startswith(("=", "@", "\t"))
    lines = to_markdown(made).splitlines()
    assert len(lines) == 4
    assert [len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in lines] == [3] * 4
    found = Cells(to_html(made))
    assert found.opened == [
        "div",
        "table",
        "caption",
        "thead",
        "tr",
        "th",
        "th",
        "tbody",
        "tr",
        "th",
        "td",
        "tr",
        "th",
        "td",
        "p",
    ]
    latex = to_latex(made)
    assert latex.count(r"\\" + "\n") == 3
    bare = re.sub(r"\\[&%$#_{}\\]", "", latex)
    assert bare.count("{") == bare.count("}")
    assert "$" not in re.sub(r"\$\d\.\d\d\$|\$\\(times|pm)\$", "", bare)


def test_a_formula_stays_a_text_for_a_spreadsheet():
    assert to_csv(table(("=HYPERLINK(1)", "")))[12:].startswith("'=HYPERLINK") or "'=HYPERLINK(1)" in to_csv(
        table(("=HYPERLINK(1)", ""))
    )
    assert "\n-1.5," in to_csv(table(("-1.5", "")))


def test_latex_is_a_booktabs_table():
    latex = to_latex(table(("a_b", Amount(1.0, 0.5, 1.5))))
    for part in (
        r"\toprule",
        r"\midrule",
        r"\bottomrule",
        r"\begin{tabular}{lr}",
        r"\caption{A title}",
        r"a\_b & $1.00$",
    ):
        assert part in latex


@pytest.mark.parametrize("write", [to_markdown, to_html, to_latex])
def test_a_compact_table_shows_people_no_intervals_and_machines_all(write):
    made = table(("a", Amount(1.0, 0.25, 1.75)), compact=True)
    assert "0.25" not in write(made)
    assert "0.25" in to_csv(made)
