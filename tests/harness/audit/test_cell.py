from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.audit.cell import read_cell, votes

WRITTEN = [
    "{}", " {} ", "**{}**", "{}*", "{}†", "{}^{{a}}", "{}[1]", "{}%", "{} %", "({})", "$ {} $", "+{}", "{}²",
    "{} ± 0.4", "{} (0.4)", "{} (+1.2)", "{}_{{+1.2}}", "{}↑",
]  # fmt: skip


@given(st.integers(0, 99_999), st.integers(1, 3), st.sampled_from(WRITTEN))
def test_dress_changes_neither_value_nor_decimals(units, decimals, dress):
    plain = f"{units / 10**decimals:.{decimals}f}"
    cell = read_cell(dress.format(plain))
    assert cell.number is not None
    assert (cell.value, cell.number.decimals) == (Fraction(plain), decimals)


@given(st.integers(1000, 9_999_999), st.integers(1, 2), st.sampled_from([",.", "'.", "\u202f.", "\u00a0,", ".,"]))
def test_thousands_and_decimal_marks_of_every_country_are_read(units, decimals, marks):
    whole, _, rest = f"{units}.{'5' * decimals}".partition(".")
    cell = read_cell(f"{int(whole):,}".replace(",", marks[0]) + marks[1] + rest)
    assert cell.number is not None
    assert (cell.value, cell.number.decimals) == (Fraction(f"{units}.{rest}"), decimals)


@pytest.mark.parametrize("minus", "-\u2212\u2013\u2012\ufe63")
def test_every_minus_is_a_minus(minus):
    assert read_cell(f"{minus}1.5").value == Fraction(-3, 2)


@pytest.mark.parametrize("text", ["", " ", "-", "--", "–", "—", "n/a", "N/A", "NA", "✗", "/", "?", "None"])
def test_absent_cells_are_missing(text):
    assert read_cell(text).kind == "missing"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("61-63", "range"),
        ("61.2–63.4", "range"),
        ("61 to 63", "range"),
        ("1519/332", "several"),
        ("61.2 63.4", "several"),
        ("<1", "bound"),
        ("~63", "bound"),
        ("nan", "words"),
        ("inf", "words"),
        ("OOM", "words"),
        ("1,2,3", "words"),
        ("12,34,567", "words"),
        ("63.3.1", "words"),
        ("7B", "words"),
    ],
)
def test_what_is_no_single_number_is_named_and_not_used(text, kind):
    cell = read_cell(text)
    assert (cell.kind, cell.number) == (kind, None)


def test_an_ambiguous_comma_is_settled_by_the_table_or_the_choice_is_named():
    assert read_cell("1,531", "thousands").value == 1531
    assert read_cell("1,531", "decimal").value == Fraction("1.531")
    chosen = read_cell("1,531", "unknown", largest=2000)
    assert chosen.value == 1531
    assert "thousands" in chosen.remarks[0]
    assert read_cell("63,250", "unknown", largest=100).value == Fraction("63.25")


@pytest.mark.parametrize(
    ("text", "vote"),
    [
        ("63,3", "decimal"),
        ("63.3", "thousands"),
        ("0,513", "decimal"),
        ("1,531", "unknown"),
        ("1.531,2", "decimal"),
        ("63", "unknown"),
    ],
)
def test_only_an_unambiguous_cell_votes_on_commas(text, vote):
    assert votes(text) == vote


def test_a_footnote_digit_is_never_read_as_a_decimal():
    assert read_cell("63.3²").value == Fraction("63.3")
    assert read_cell("63.3^{2}").value == Fraction("63.3")


def test_plus_minus_marks_a_mean_over_runs():
    assert read_cell("63.3 ± 0.4").spread
    assert read_cell("63.3_{\\pm 0.4}").spread
    assert not read_cell("63.3 (+0.4)").spread


@given(st.text(max_size=60))
def test_any_text_is_read_as_something(text):
    cell = read_cell(text)
    assert (cell.number is None) == (cell.kind != "number")
