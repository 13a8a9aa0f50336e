"""Keep finished steps on a disk: files under their content, completion records under their identity.

```
objects/ab/<sha256>      the bytes of one output; read-only, stored once however many steps made them
steps/<step>.json        the RunRecord of a finished step, written last: its presence means every output is there
locks/<step>.lock        held by the one process that works on the step; the system frees it when that process dies
tmp/<step>/              files on their way to `objects`; on the same file system, so that a rename is atomic
work/<step>/             scratch of an unfinished step, kept for resuming, removed when the step is done
```

A killed process or a full disk leaves files in `tmp` and `work` only. Both are swept by whoever claims the step next.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp

from filelock import FileLock, Timeout

from harness.errors import HarnessError, InvalidEvidence
from harness.record import durable, strict_json
from harness.schema.frozen import canonical
from harness.schema.run import OutputFile, RunRecord

WAIT_S = 1.0
COMMITS = "commits"


class Store:
    """Hold a store's folder. Any number of processes may hold the same one; `fresh` is what this one has committed."""

    def __init__(self, folder: Path):
        self.folder = folder.resolve()
        self.fresh: list[RunRecord] = []
        self._seen: dict[str, tuple[int, int, int]] = {}

    def find(self, step: str) -> RunRecord | None:
        """Return the record of a finished step after checking every output against its digest, or None.

        A file that this process has checked is checked again only when its size, time or inode changed.

        Raises:
            InvalidEvidence: the record or an output is damaged or missing; nothing is overwritten.
        """
        record = self.record(step)
        if record is not None:
            for name, output in record.outputs.items():
                self._check(output, f"output '{name}' of the {record.kind} step {step}")
        return record

    def record(self, step: str) -> RunRecord | None:
        """Return the record of a finished step without reading its outputs, or None.

        Raises:
            InvalidEvidence: the record is torn, edited, or of another step.
        """
        path = self.record_path(step)
        if not path.exists():
            return None
        record = strict_json.read(RunRecord, path)
        if record.step != step:
            raise InvalidEvidence.digest(f"the step named in {path}", step, record.step, "Remove that file; run again.")
        return record

    def records(self) -> Iterator[RunRecord]:
        """List the records of all finished steps, oldest first."""
        found = [self.record(step) for step in self.finished()]
        yield from sorted((one for one in found if one is not None), key=lambda one: (one.ended, one.step))

    def finished(self) -> Iterator[str]:
        """Name every step that has a record, whether or not it can be read."""
        home = self.folder / "steps"
        yield from sorted(one.name.removesuffix(".json") for one in os.scandir(home)) if home.is_dir() else ()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the whole store against every commit, so that what nothing needs can be removed."""
        with durable.locked(durable.make_folder(self.folder / "locks") / COMMITS, exclusive=True):
            yield

    def path(self, record: RunRecord, name: str) -> Path:
        """Return where the bytes of one output lie; the file is named by its digest and read-only.

        Raises:
            InvalidEvidence: the record has no such output.
        """
        if name not in record.outputs:
            known = ", ".join(sorted(record.outputs)) or "none"
            raise InvalidEvidence(f"the {record.kind} step {record.step} has no output '{name}'; it has: {known}")
        return self.object(record.outputs[name].sha256)

    def lay_out(self, record: RunRecord, folder: Path) -> Path:
        """Show the outputs under their own names in a folder, as links into the store; return the folder.

        The folder appears with all its links at once; one that is there already is taken to be such a folder.
        """
        if not folder.is_dir():
            folder.parent.mkdir(parents=True, exist_ok=True)
            partial = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
            for name in record.outputs:
                link = partial / name
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(self.path(record, name))
            try:
                partial.rename(folder)
            except OSError:
                # Another process was quicker; its folder holds the same links.
                shutil.rmtree(partial)
                if not folder.is_dir():
                    raise
        return folder

    @contextmanager
    def claim(self, step: str, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
        """Hold a step against every other process, so that no work is done twice.

        Waits while another process holds it, with a call of `on_wait` now and then, which may raise to give up; look
        with `find` once inside, for that process may have finished the step.
        """
        lock = self._lock(step)
        waited = 0.0
        while not lock.is_locked:
            try:
                lock.acquire(timeout=waited)
            except Timeout:
                if on_wait is not None:
                    on_wait()
                waited = WAIT_S
        try:
            # Whatever lies here was left by a process that died: nobody else may write while we hold the lock.
            shutil.rmtree(self.folder / "tmp" / step, ignore_errors=True)
            yield
        finally:
            lock.release()

    def held(self, step: str) -> bool:
        """Tell whether some process works on a step at this moment."""
        if not (self.folder / "locks" / f"{step}.lock").exists():
            return False
        lock = self._lock(step)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        lock.release()
        return False

    def attempt(self, step: str) -> int:
        """Count one more try of an unfinished step, and return which one it is, from 1; call it inside `claim`."""
        tally = self.work(step) / "attempts"
        with tally.open("a") as file:
            file.write("+")
            file.flush()
            os.fsync(file.fileno())
        return tally.stat().st_size

    def work(self, step: str) -> Path:
        """Return the scratch folder of a step, made if it is missing; it outlives a killed process."""
        return durable.make_folder(self.work_of(step))

    def work_of(self, step: str) -> Path:
        """Return where the scratch folder of a step is, whether or not it is there."""
        return self.folder / "work" / step

    def commit(self, record: RunRecord, files: Mapping[str, Path]) -> RunRecord:
        """Store the outputs of a step, then its record; remove its scratch. Call it inside `claim`.

        `record` comes without outputs; the one returned and stored has them.

        Raises:
            HarnessError: the disk is full or refuses; no record and no half-written object is left.
            InvalidEvidence: an object of the same content is there and damaged.
        """
        if record.outputs:
            raise HarnessError(f"the record of step {record.step} already names outputs; commit adds them itself")
        temporary = self.folder / "tmp" / record.step
        commits = durable.make_folder(self.folder / "locks") / COMMITS
        with durable.locked(commits, exclusive=False), durable.refusing(self.record_path(record.step), temporary):
            durable.make_folder(temporary)
            outputs = {
                _checked_name(name): self._put(path, temporary / str(index))
                for index, (name, path) in enumerate(sorted(files.items()))
            }
            complete = RunRecord.model_validate({**dict(record), "outputs": outputs})
            path = self.record_path(record.step)
            durable.make_folder(path.parent)
            durable.write_bytes(path, canonical(complete.plain()), temporary / "record")
            shutil.rmtree(temporary)
        shutil.rmtree(self.folder / "work" / record.step, ignore_errors=True)
        self.fresh.append(complete)
        return complete

    def _put(self, source: Path, temporary: Path) -> OutputFile:
        durable.copy(source, temporary)
        output = OutputFile(sha256=durable.sha256_of(temporary), size=temporary.stat().st_size)
        target = self.object(output.sha256)
        if target.exists():
            self._check(output, f"the stored copy of {source}")
            temporary.unlink()
        else:
            durable.make_folder(target.parent)
            temporary.chmod(0o444)
            temporary.replace(target)
            durable.sync_folder(target.parent)
        return output

    def _check(self, output: OutputFile, what: str) -> None:
        path = self.object(output.sha256)
        if not path.is_file():
            raise InvalidEvidence(
                f"{what}: expected {path} with {output.size:,} bytes; it is absent. "
                "Restore it, or remove the step's record to run the step again."
            )
        state = path.stat()
        seen = (state.st_ino, state.st_size, state.st_mtime_ns)
        if self._seen.get(output.sha256) == seen:
            return
        found = durable.sha256_of(path)
        if found != output.sha256:
            raise InvalidEvidence.digest(
                f"{what} ({path})",
                output.sha256,
                f"{found} in {state.st_size:,} bytes of {output.size:,}",
                "Nothing was overwritten. Restore the file, or remove it and the step's record to run the step again.",
            )
        self._seen[output.sha256] = seen

    def _lock(self, step: str) -> FileLock:
        return FileLock(durable.make_folder(self.folder / "locks") / f"{step}.lock")

    def record_path(self, step: str) -> Path:
        """Return where the record of a step is, whether or not it is there."""
        return self.folder / "steps" / f"{step}.json"

    def object(self, sha256: str) -> Path:
        """Return where the bytes of a digest are, whether or not they are there."""
        return self.folder / "objects" / sha256[:2] / sha256


def _checked_name(name: str) -> str:
    """Return an output's name if it is a plain relative path."""
    path = PurePosixPath(name)
    if path.is_absolute() or str(path) != name or not path.parts or ".." in path.parts:
        raise HarnessError(
            f"'{name}' is no name for an output; expected a relative path such as checkpoint/model.safetensors"
        )
    return name
