"""Write down which samples a training saw, in order: one id a line, a file a stage, so that its SHA-256 is the order's.

The order is a function of seed, stage and step alone, and that is what this file lets a second training show. A run
that was cut short takes the file up where its snapshot stands: what was seen after the snapshot is seen again.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from harness.errors import InvalidEvidence


class Seen:
    """Hold the file of one stage, cut back to the samples before `first_step`."""

    def __init__(self, folder: Path, stage: str, batch: int, first_step: int):
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{stage}.txt"
        self.path.touch()
        lines, kept = self.path.read_bytes().splitlines(keepends=True), batch * first_step
        if len(lines) < kept:
            raise InvalidEvidence(
                f"{self.path} names {len(lines):,} samples where the snapshot stands behind {kept:,}. Remove "
                f"{folder.parent} to train from the start."
            )
        # Cut in place: a process that is killed here leaves at least what its snapshot stands on.
        os.truncate(self.path, sum(map(len, lines[:kept])))

    def add(self, ids: Sequence[str]) -> None:
        """Write the ids of one micro-batch; an id with a line end would be two and is spelled as Python spells it."""
        spelled = (one if one.isprintable() else ascii(one) for one in ids)
        with self.path.open("ab") as file:
            file.write("".join(f"{one}\n" for one in spelled).encode())

    def flush(self) -> None:
        """Bring what was seen to the disk, before a snapshot says that it was."""
        with self.path.open("rb") as file:
            os.fsync(file.fileno())
