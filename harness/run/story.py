"""Say how a run tells its story to whoever watches: sentences, and progress with time left."""

from typing import Protocol


class Story(Protocol):
    """Show what happens; the command line draws it, tests keep it."""

    def say(self, text: str) -> None:
        """Tell one thing that happened."""
        ...

    def progress(self, task: str, done: int, total: int, note: str = "") -> None:
        """Tell how far a task is; a task with done == total is over."""
        ...


class Silence:
    """Tell nobody."""

    def say(self, text: str) -> None:
        """Drop the sentence."""

    def progress(self, task: str, done: int, total: int, note: str = "") -> None:
        """Drop the progress."""
