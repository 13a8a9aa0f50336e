"""Show a training while it runs: its curves go to the tracker every so often, from a process beside it.

The training only writes lines to a file, as it would to a log, so that a tracker that is slow, away or broken costs it
nothing. A follower reads the file and sends what is new to an open run, which bears the step's digest; when the step is
finished and sent whole, that run takes the open one's place (harness/record/mlflow_store.py). What the follower sends
is shown to people and never read back.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from harness.record.store import Store
from harness.run import steps
from harness.schema.frozen import Frozen
from harness.schema.recipe import Training
from harness.schema.study import Study

FILE = "live.jsonl"
PATIENCE_S = 300.0
"""What the follower may take for its last words after the training has ended."""


class Live(Frozen):
    """Say where a training is shown while it runs, under which step and title, and how often in seconds."""

    store: str
    tracker: str
    experiment: str
    step: str
    title: str
    every_s: float

    @classmethod
    def of(cls, study: Study, store: Store, training: Training) -> "Live | None":
        """Return where a study's training is shown while it runs, or None where it is shown when it is done."""
        if study.store.mirror == "none" or not study.store.live_s:
            return None
        step = steps.train(training)
        return cls(
            store=str(store.folder),
            tracker=study.store.tracker,
            experiment=study.recipe_name,
            step=step.digest,
            title=step.title,
            every_s=study.store.live_s,
        )


class Lines:
    """Write what a training says of its steps, a line each; with no file, write nothing."""

    def __init__(self, file: Path | None):
        self.file = file

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Add the values of one step of a stage, counted from 1."""
        if self.file is not None and values:
            with self.file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps({"step": step, "values": dict(values)}) + "\n")


@contextmanager
def followed(live: Live | None, work: Path) -> Iterator[Lines]:
    """Follow what is written within the block; the first of several processes does, and what was shown before stays."""
    if live is None or os.environ.get("RANK", "0") != "0":
        yield Lines(None)
        return
    work.mkdir(parents=True, exist_ok=True)
    request = work / "live.json"
    request.write_text(live.model_dump_json())
    (work / FILE).touch()
    words = [sys.executable, "-m", "harness.run.live_task", str(request), str(work / FILE)]
    with (work / "live.log").open("ab") as log:
        follower = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True)
    assert follower.stdin is not None
    try:
        yield Lines(work / FILE)
    finally:
        # Also where the training dies at once: the end of the pipe is the follower's sign to finish.
        follower.stdin.close()
        try:
            follower.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            follower.kill()
            follower.wait()
