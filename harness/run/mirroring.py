"""Show finished steps in the tracker; a tracker that is away costs a sentence, never a run.

The store is the queue: what it has and the list of what was sent has not, is waiting, however long the tracker was away
and whoever was killed meanwhile. Steps go in the order in which they were finished, each once: one process sends at a
time, and a step that was sent without being noted is found at the tracker by its digest.
"""

import os
import shutil
from hashlib import sha256
from pathlib import Path

from filelock import FileLock, Timeout

from harness.errors import HarnessError
from harness.record import durable
from harness.record.store import Store
from harness.run import child
from harness.run.request import Finished, MirrorRequest
from harness.run.story import Story
from harness.schema.run import OutputFile
from harness.schema.study import Study

SENT = "mirrored"


def mirror(study: Study, store: Store, story: Story) -> None:
    """Send everything that waits to the study's tracker, one experiment a recipe."""
    if study.store.mirror == "none":
        return
    sent = store.folder / SENT / _key(study)
    if not waiting(store, sent):
        return
    durable.make_folder(sent.parent)
    try:
        with FileLock(f"{sent}.lock", timeout=0):
            # Asked again: the last process to send may have sent these.
            _send(study, store, sent, story)
    except Timeout:
        story.say("another process is sending to MLflow; it sends these records too, or the next command does")
    except HarnessError as error:
        left = len(waiting(store, sent))
        story.say(f"{left:,} records wait for MLflow, which changes no number; the next command sends them: {error}")


def waiting(store: Store, sent: Path) -> tuple[str, ...]:
    """Return the steps that are not sent, in the order in which they were finished."""
    known = set(sent.read_text().split()) if sent.exists() else set()
    fresh = [store.record(step) for step in store.finished() if step not in known]
    records = sorted((one for one in fresh if one is not None), key=lambda one: (one.ended, one.step))
    return tuple(record.step for record in records)


def _send(study: Study, store: Store, sent: Path, story: Story) -> None:
    steps = waiting(store, sent)
    request = MirrorRequest(
        store=str(store.folder), tracker=study.store.tracker, experiment=study.recipe_name, steps=steps
    )
    work = store.work(f"mirror-{os.getpid()}")
    for event in child.run("mirror", request, study.machine, work):
        if isinstance(event, Finished):
            with sent.open("a") as file:
                file.write("".join(f"{step}\n" for step in event.files))
        else:
            story.progress(event.task, event.done, event.total)
    shutil.rmtree(work)


class Fetched:
    """Fetch outputs back from the tracker, all in one go, and hand out those whose bytes are the right ones."""

    def __init__(self, study: Study, store: Store, wanted: list[tuple[str, str]]):
        self.work = store.work(f"fetch-{os.getpid()}")
        self.places: dict[tuple[str, str], Path] = {}
        if study.store.mirror == "none" or not wanted:
            return
        request = MirrorRequest(
            store=str(store.folder),
            tracker=study.store.tracker,
            experiment=study.recipe_name,
            steps=(),
            fetch=tuple(wanted),
            folder=str(self.work / "files"),
        )
        for event in child.run("mirror", request, study.machine, self.work):
            if isinstance(event, Finished) and event.files:
                self.places[wanted[event.index]] = Path(next(iter(event.files.values())))

    def restore(self, step: str, name: str, output: OutputFile, target: Path) -> bool:
        """Put an output in its place, if it was fetched whole."""
        place = self.places.get((step, name))
        if place is None or durable.sha256_of(place) != output.sha256:
            return False
        partial = target.with_name(f".{target.name}.{os.getpid()}")
        durable.copy(place, partial)
        partial.chmod(0o444)
        partial.replace(target)
        return True

    def close(self) -> None:
        """Remove what was fetched."""
        shutil.rmtree(self.work, ignore_errors=True)


def _key(study: Study) -> str:
    """Name the tracker in a file name; its address may hold a password."""
    return sha256(study.store.tracker.encode()).hexdigest()[:16] if study.store.tracker else "sqlite"
