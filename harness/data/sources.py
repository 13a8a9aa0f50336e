"""Find the records of a source, and refuse those that are not the ones the recipe pins."""

import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, TypeVar

from harness.errors import InvalidEvidence
from harness.schema.recipe import DataSource

MANIFEST = "manifest.json"
REMEDY = "Nothing was overwritten. Remove that folder and draw it again: harness prepare"


class Pictured(Protocol):
    """Stand for any record about one picture."""

    @property
    def id(self) -> str:
        """Return the record's name."""
        ...

    @property
    def picture(self) -> Path:
        """Return the picture's file."""
        ...


R = TypeVar("R", bound=Pictured)


def read(source: DataSource, folder: Path, reader: Callable[[Path, Path], tuple[R, ...]]) -> tuple[R, ...]:
    """Read a source from the folder that holds its manifest, its JSON file and its pictures, each held to its digest.

    `reader` turns the JSON file, and the folder that its pictures are named in, into records of the form it knows.

    The recipe pins the manifest; the manifest lists the JSON files, and the pictures as one digest: SHA-256 over the
    SHA-256 of each picture, in the order of the records.

    Raises:
        InvalidEvidence: the manifest, the file or a picture is absent or another version's, or the file is of a form
            that the reader does not know.
    """
    manifest = folder / MANIFEST
    content = manifest.read_bytes() if manifest.is_file() else b""
    demand(
        f"manifest of '{source.name}' in {folder}",
        source.manifest,
        sha256(content).hexdigest() if content else "nothing",
        REMEDY,
    )
    listed: dict[str, Any] = json.loads(content)
    pinned = {file["path"]: file["sha256"] for file in listed["files"]}
    file = folder / source.file
    if source.file not in pinned or not file.is_file():
        raise InvalidEvidence(
            f"no {source.file} in {folder}, which the recipe's source '{source.name}' names. {REMEDY}"
        )
    demand(str(file), pinned[source.file], sha256(file.read_bytes()).hexdigest(), REMEDY)
    records = reader(file, folder)
    demand(f"the pictures of {file}", listed["images_sha256"], _digest_of_pictures(records), REMEDY)
    return records


def _digest_of_pictures(records: Sequence[Pictured]) -> str:
    whole = sha256()
    for one in records:
        try:
            whole.update(sha256(one.picture.read_bytes()).digest())
        except OSError as error:
            raise InvalidEvidence(f"picture {one.picture} of '{one.id}' cannot be read: {error}. {REMEDY}") from error
    return whole.hexdigest()


def demand(what: str, expected: str, found: str, remedy: str) -> None:
    """Hold a digest to the pinned one.

    Raises:
        InvalidEvidence: it is another one; the message says what to do.
    """
    if found != expected:
        raise InvalidEvidence.digest(what, expected, found, remedy)
