"""Show finished steps in the tracker; a tracker that is away costs a sentence, never a run."""

import os
import shutil
from collections.abc import Iterable

from harness.errors import HarnessError
from harness.record.store import Store
from harness.run import child
from harness.run.request import Finished, MirrorRequest
from harness.run.story import Story
from harness.schema.run import RunRecord
from harness.schema.study import Study

SENT = "mirrored"


def mirror(study: Study, store: Store, records: Iterable[RunRecord], story: Story) -> None:
    """Send records to the study's tracker, one experiment a recipe; what is there already is not sent again.

    The tracker's client takes seconds to load, so a note in the store remembers what was sent where.
    """
    if study.store.mirror == "none":
        return
    noted = store.folder / SENT / (study.store.tracker or "sqlite").replace("/", "_")
    known = set(noted.read_text().split()) if noted.exists() else set()
    steps = tuple(dict.fromkeys(record.step for record in records if record.step not in known))
    if not steps:
        return
    request = MirrorRequest(
        store=str(store.folder), tracker=study.store.tracker, experiment=study.recipe_name, steps=steps
    )
    # A folder of its own: another process may be sending other steps from this store.
    work = store.work(f"mirror-{os.getpid()}")
    try:
        for event in child.run("mirror", request, study.machine, work):
            if isinstance(event, Finished):
                noted.parent.mkdir(exist_ok=True)
                with noted.open("a") as file:
                    file.write("".join(f"{step}\n" for step in event.files))
            else:
                story.progress(event.task, event.done, event.total)
        shutil.rmtree(work)
    except HarnessError as error:
        story.say(f"not mirrored to MLflow, which changes no number: {error}")
