"""Keep a training that failed in itself as what it is: a result, with its losses, that nobody need find out again."""

from pathlib import Path

from harness.errors import HarnessError
from harness.record.store import Store
from harness.schema.frozen import Frozen
from harness.schema.run import RunRecord

DIVERGED = "diverged.json"


class Divergence(Frozen):
    """Say where and why a training failed; it is kept in the place of a checkpoint."""

    stage: str
    step: int
    why: str


class DivergedTraining(HarnessError):
    """Report a training that is recorded as diverged; trying again with the same recipe and seed fails the same way."""


def write(stage: str, step: int, why: str, folder: Path) -> Path:
    """Write a divergence down and return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / DIVERGED
    path.write_text(Divergence(stage=stage, step=step, why=why).model_dump_json(indent=1) + "\n")
    return path


def demand_trained(record: RunRecord, store: Store) -> RunRecord:
    """Return the record of a training that left a checkpoint.

    Raises:
        DivergedTraining: it diverged.
    """
    if DIVERGED not in record.outputs:
        return record
    path = store.path(record, DIVERGED)
    found = Divergence.from_json(path.read_bytes(), str(path))
    raise DivergedTraining(
        f"{record.title} diverged in stage '{found.stage}' at step {found.step}: {found.why}. This is its result; its "
        f"losses are kept beside it (step {record.step[:12]}). Another seed, a lower rate or a longer warm-up is "
        "another training"
    )
