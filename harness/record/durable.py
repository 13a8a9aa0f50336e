"""Write files that are either whole under their name or not there, and read their digests."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import HarnessError


def sha256_of(path: Path) -> str:
    """Return the SHA-256, 64 hex digits, of a file's bytes, read as a stream."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Flush a folder's list of names to the disk, so that a rename in it survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> Path:
    """Create a folder and its parents, each flushed into the folder above it."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)
    return folder


@contextmanager
def refusing(target: Path, temporary: Path) -> Iterator[None]:
    """Turn a refusal of the disk into one that names the target, after removing what was half-written.

    Raises:
        HarnessError: an OSError left the block; `temporary`, a file or a folder, is gone.
    """
    try:
        yield
    except OSError as error:
        if temporary.is_dir():
            shutil.rmtree(temporary, ignore_errors=True)
        else:
            temporary.unlink(missing_ok=True)
        raise HarnessError(
            f"could not write {target}: {error}. "
            "Nothing half-written was left under that name; free some space and run again."
        ) from error


def write_bytes(target: Path, data: bytes, temporary: Path) -> None:
    """Write `target` whole: into `temporary` on the same file system, flushed, then renamed.

    Raises:
        HarnessError: the disk is full or refuses; `target` is as it was.
    """
    with refusing(target, temporary):
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        sync_folder(target.parent)


def copy(source: Path, temporary: Path) -> None:
    """Copy a file's bytes into a temporary file and flush them; the caller renames it."""
    with source.open("rb") as bytes_in, temporary.open("wb") as bytes_out:
        shutil.copyfileobj(bytes_in, bytes_out, 1 << 20)
        bytes_out.flush()
        os.fsync(bytes_out.fileno())


@contextmanager
def locked(path: Path, exclusive: bool) -> Iterator[None]:
    """Hold a lock on a file: any number of holders, or one exclusive one; the system frees it when the process dies."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def refusing_to_append(target: Path) -> Iterator[None]:
    """Turn a refusal of the disk into one that names the file, which is left as it was.

    Raises:
        HarnessError: an OSError left the block.
    """
    try:
        yield
    except OSError as error:
        raise HarnessError(f"could not add to {target}: {error}. It is as it was; free some space.") from error
