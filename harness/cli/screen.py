"""Show answers on standard output and the story on standard error: tables, JSON, progress with time left."""

import json
import re
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.segment import Segment
from rich.table import Table

PLAIN_EVERY = 10
MANY = 32
PLAIN = re.compile("[ -9;-~±]*")


class Screen:
    """Draw a story on standard error (`run.story.Story`); bars on a terminal, a line every tenth part elsewhere."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, soft_wrap=True, highlight=False)
        self.bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
            console=self.console,
            disable=not self.console.is_terminal,
        )
        self.tasks: dict[str, TaskID] = {}
        self.tenths: dict[str, int] = {}

    def __enter__(self) -> "Screen":
        self.bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None):
        self.bars.stop()

    def say(self, text: str) -> None:
        """Tell one thing that happened."""
        self.console.print(text, markup=False)

    def progress(self, task: str, done: int, total: int, note: str = "") -> None:
        """Tell how far a task is."""
        if not self.console.is_terminal:
            tenth = PLAIN_EVERY * done // max(1, total)
            if self.tenths.get(task) != tenth:
                self.tenths[task] = tenth
                self.say(f"{task}: {done:,} of {total:,}{f', {note}' if note else ''}")
            return
        if task not in self.tasks:
            self.tasks[task] = self.bars.add_task(task, total=total, note=note)
        self.bars.update(self.tasks[task], completed=done, total=total, note=note)


def answer(plain: Any, table: RenderableType, as_json: bool) -> None:
    """Print the answer: one JSON value, or something for people."""
    if as_json:
        sys.stdout.write(json.dumps(plain, allow_nan=False) + "\n")
        return
    width = None if sys.stdout.isatty() else 200
    # What is shown are names, paths and messages: none of their brackets is meant as markup.
    Console(width=width, highlight=False, markup=False).print(table)


class Sheet(Table):
    """Draw a table without boxes as rich does; of many rows only the widest cells, and the rows as those came out.

    rich measures, wraps and pads every cell as if it held anything, a millisecond a row. Where all cells are plain
    words and the widest of each column stand in one line, every row is one line of the same places.
    """

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the rows as the widest one came out, or all of them by rich where it came out otherwise."""
        cells = [[str(cell) for cell in column.cells] for column in self.columns]
        widest = [max(column, key=len, default="") for column in cells]
        places = [
            (max(len(cell), len(str(column.header))), ">" if column.justify == "right" else "<")
            for column, cell in zip(self.columns, widest, strict=True)
        ]
        line = "".join(f" {{:{side}{width}}} " for width, side in places).format
        if self.row_count >= MANY and all(_plain(cell) for column in cells for cell in column):
            drawn = console.render_lines(self._of_one(widest), options, pad=False)
            found = [place for place, told in enumerate(drawn) if _text(told) == line(*widest)]
            if len(found) == 1:
                lines = [[Segment(line(*row))] for row in zip(*cells, strict=True)]
                for told in (*drawn[: found[0]], *lines, *drawn[found[0] + 1 :]):
                    yield from (*told, Segment.line())
                return
        yield from super().__rich_console__(console, options)

    def _of_one(self, row: Sequence[str]) -> Table:
        """Return the table with one row instead of its own."""
        one = Table(title=self.title, title_justify="left", caption=self.caption, caption_justify="left", box=None)
        for column in self.columns:
            one.add_column(column.header, justify=column.justify, overflow=column.overflow)
        one.add_row(*row)
        return one


def _plain(cell: str) -> bool:
    """Tell whether every character is shown as it is, one place wide: a colon may begin an emoji's name."""
    return PLAIN.fullmatch(cell) is not None and cell == cell.strip()


def _text(line: Sequence[Segment]) -> str:
    return "".join(segment.text for segment in line)


def columns(title: str, names: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "") -> Table:
    """Build a table for people; columns of numbers are named with a leading `>` and stand on the right."""
    table = Sheet(title=title, title_justify="left", caption=caption or None, caption_justify="left", box=None)
    for name in names:
        table.add_column(name.removeprefix(">"), justify="right" if name.startswith(">") else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table
