"""The story goes to standard error and never fails the run that it tells."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from harness.cli.screen import MANY, Screen, Sheet, answer, columns


def test_off_a_terminal_a_long_task_tells_each_tenth_once(capsys):
    with Screen() as screen:
        for done in range(1, 1001):
            screen.progress("train", done, 1000, "loss 1.0")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "train: 1,000 of 1,000, loss 1.0"


@given(st.integers(0, 50), st.integers(0, 50))
def test_any_count_can_be_told(done, total):
    with Screen() as screen:
        screen.progress("t", done, total)


def test_words_are_told_as_they_are(capsys):
    with Screen() as screen:
        screen.say("a [bold]path[/bold] /x/[y] and a [/wrong] tag")
    assert capsys.readouterr().err == "a [bold]path[/bold] /x/[y] and a [/wrong] tag\n"


def test_a_table_holds_words_as_they_are(capsys):
    answer(None, columns("T", ("name", ">n"), [("[red]x", "1"), ("[/y]", "2")]), as_json=False)
    shown = capsys.readouterr().out
    assert "[red]x" in shown
    assert "[/y]" in shown


@pytest.mark.parametrize("value", [{"a": [1, 2.5, None]}, [], "words", {"text": "line\nbreak"}])
def test_json_is_one_line(capsys, value):
    answer(value, "for people", as_json=True)
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out) == value


def test_json_has_no_room_for_what_is_no_number():
    with pytest.raises(ValueError, match="Out of range"):
        answer({"loss": float("nan")}, "for people", as_json=True)


WORDS = st.one_of(
    st.text("ab1.:± ", max_size=9),
    st.sampled_from(
        ["a long cell of several words", "tiny.clip+sam.chartqa.s0", "96.25 ± 0.94", "", ":smile:", "漢字"]
    ),
)
NAMES = st.lists(st.text("no>", max_size=6), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None)
@given(st.data(), NAMES, st.integers(20, 120), st.booleans(), st.integers(MANY - 1, MANY + 1))
def test_a_long_table_is_drawn_as_rich_draws_it(data, names, width, terminal, many):
    row = st.lists(WORDS if data.draw(st.booleans()) else st.text("ab.±", max_size=7), min_size=len(names))
    few = [data.draw(row)[: len(names)] for _ in range(3)]
    table = columns("The title of it", names, [few[place % 3] for place in range(many)], "what to know\nof it")

    def drawn(method):
        out = io.StringIO()
        console = Console(file=out, width=width, force_terminal=terminal, highlight=False, markup=False)
        console.print(Drawn(lambda options: method(table, console, options)))
        return out.getvalue()

    assert drawn(Sheet.__rich_console__) == drawn(Table.__rich_console__)


class Drawn:
    """Be drawn by a function."""

    def __init__(self, draw):
        self.draw = draw

    def __rich_console__(self, console, options):
        yield from self.draw(options)


def test_rich_draws_only_the_widest_row_of_a_long_plain_table(monkeypatch):
    drawn = []
    draw = Table.__rich_console__
    monkeypatch.setattr(
        Table, "__rich_console__", lambda table, *way: drawn.append(table.row_count) or draw(table, *way)
    )
    console = Console(file=io.StringIO(), width=80)
    console.print(columns("T", ("entry", ">score"), [(f"e{place}", f"{place} ± 1") for place in range(MANY)]))
    assert drawn == [1]
