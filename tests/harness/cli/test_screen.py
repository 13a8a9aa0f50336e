"""The story goes to standard error and never fails the run that it tells."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cli.screen import Screen, answer, columns


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
