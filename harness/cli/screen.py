"""Show answers on standard output and the story on standard error: tables, JSON, progress with time left."""

import json
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

PLAIN_EVERY = 10


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


def columns(title: str, names: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "") -> Table:
    """Build a table for people; columns of numbers are named with a leading `>` and stand on the right."""
    table = Table(title=title, title_justify="left", caption=caption or None, caption_justify="left", box=None)
    for name in names:
        table.add_column(name.removeprefix(">"), justify="right" if name.startswith(">") else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table
