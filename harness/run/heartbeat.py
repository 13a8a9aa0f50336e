"""Leave a word of how far a step is where every machine that sees the store can read it."""

import json
import time
from contextlib import suppress
from pathlib import Path

from harness.run.request import Progress

NAME = "progress.json"
EVERY_S = 2.0


class Heartbeat:
    """Write the newest word into a step's scratch folder, at most every two seconds."""

    def __init__(self, folder: Path):
        self.file, self.last = folder / NAME, 0.0

    def tell(self, event: Progress) -> None:
        """Leave a word; one that comes too soon after the last is dropped."""
        if time.monotonic() - self.last < EVERY_S:
            return
        self.last = time.monotonic()
        # On a full disk the word is lost, which is no reason to lose the step.
        with suppress(OSError):
            partial = self.file.with_suffix(".partial")
            partial.write_text(event.model_dump_json())
            partial.replace(self.file)


def read(folder: Path) -> str:
    """Return the newest word, `tune 120 of 300, loss 1.234`; nothing where none was left or it is half-written."""
    try:
        said = json.loads((folder / NAME).read_text())
        note = f", {said['note']}" if said["note"] else ""
        return f"{said['task']} {said['done']:,} of {said['total']:,}{note}"
    except (OSError, ValueError, KeyError):
        return ""
