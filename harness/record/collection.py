"""Collect a store's garbage: what no finished step needs, or what no accepted table needs; never more than that.

Without a list of steps to keep, every finished step is kept, and only what a crash or a set-aside record left goes:
objects that no record names, files on their way, scratch of finished steps. With a list, all other steps go too. While
it removes, no process can commit (`Store.alone`), so an object that is being put is never taken for an orphan.
"""

import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from harness.record.inspection import objects
from harness.record.store import Store


@dataclass(frozen=True, slots=True)
class Garbage:
    """Hold what can go: records, objects and scratch folders, and the bytes of the objects."""

    records: tuple[Path, ...]
    objects: tuple[Path, ...]
    folders: tuple[Path, ...]
    size: int


def collect(store: Store, keep: Collection[str] | None, remove: bool) -> Garbage:
    """Find the garbage of a store, and remove it if asked.

    `keep` names the steps to keep; None keeps every finished one.

    Raises:
        InvalidEvidence: a record cannot be read, so what it needs is unknown; nothing is removed. First: harness fsck.
    """
    with store.alone():
        garbage = _find(store, keep)
        if remove:
            # Records first: a kill in between leaves orphans, never a record without its outputs.
            for path in (*garbage.records, *garbage.objects):
                path.unlink()
            for folder in garbage.folders:
                shutil.rmtree(folder, ignore_errors=True)
    return garbage


def _find(store: Store, keep: Collection[str] | None) -> Garbage:
    finished = list(store.finished())
    kept = finished if keep is None else [step for step in finished if step in keep]
    needed = {output.sha256 for step in kept if (record := store.record(step)) for output in record.outputs.values()}
    dropped = [] if keep is None else [step for step in finished if step not in keep]
    spare = tuple(path for sha, path in objects(store) if sha not in needed)
    over, alive = set(finished), set(kept)
    folders = (
        *(path for path in (store.folder / "tmp").glob("*") if not store.held(path.name)),
        *(path for path in (store.folder / "work").glob("*") if path.name in over),
        *(path for path in (store.folder / "checkpoints").glob("*") if path.name not in alive),
    )
    return Garbage(
        records=tuple(store.record_path(step) for step in dropped),
        objects=spare,
        folders=folders,
        size=sum(path.stat().st_size for path in spare),
    )
