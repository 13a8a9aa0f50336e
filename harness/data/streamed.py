"""Give the conversations of a pinned mixture one by one, from its file, by number: no process holds the mixture.

A mixture that is drawn is small and is read whole (`sources.read`). One that was pinned (`harness pin`) has an index,
which is mapped into memory rather than read; a record is read and parsed when a batch asks for it, and its picture is
held to the digest that the index has of it.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import overload

import numpy as np

from harness.data.conversation import Conversation, conversation, read_conversations
from harness.data.pinning import ROW, digest_of, index_of
from harness.data.sources import MANIFEST, demand, read
from harness.errors import InvalidEvidence, UsageError
from harness.schema.recipe import DataSource

REMEDY = "Nothing was overwritten. Restore it, or pin the mixture again: harness pin"


class Streamed(Sequence[Conversation]):
    """Stand for the conversations of a file that an index points into; several processes may read it at once."""

    def __init__(self, file: Path, pictures: Path):
        self.file, self.pictures = file, pictures
        self.rows = np.memmap(index_of(file), dtype=ROW, mode="r")

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> Conversation: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Conversation]: ...
    def __getitem__(self, place: int | slice) -> Conversation | Sequence[Conversation]:
        """Read the conversation of a number, counted over those that are not left out."""
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        row = self.rows[place]
        with self.file.open("rb") as text:
            text.seek(int(row["start"]))
            content = text.read(int(row["size"]))
        try:
            found = conversation(json.loads(content), self.pictures, f"{self.file}, sample {place}")
        except ValueError as error:
            raise InvalidEvidence(f"{self.file}, sample {place}, is not where its index says. {REMEDY}") from error
        return Conversation(found.id, found.picture, found.turns, bytes(row["picture"]).hex())


def conversations(source: DataSource, folder: Path) -> Sequence[Conversation]:
    """Read a source of conversations: whole where it was drawn, as a stream where it was pinned.

    Raises:
        UsageError: the recipe states no manifest yet.
        InvalidEvidence: the manifest, a file or an index is absent or not the pinned one.
    """
    if not source.manifest:
        raise UsageError(
            f"the recipe pins no manifest of '{source.name}', so nothing says what it holds. Put {source.file} and its "
            f"pictures into {folder}; harness pin {folder} {source.file} looks through them and prints what to state"
        )
    manifest = folder / MANIFEST
    content = manifest.read_bytes() if manifest.is_file() else b""
    if b'"index_sha256"' not in content:
        return read(source, folder, read_conversations)
    demand(f"manifest of '{source.name}' in {folder}", source.manifest, sha256(content).hexdigest(), REMEDY)
    listed = {entry["path"]: entry for entry in json.loads(content)["files"]}
    if source.file not in listed:
        raise InvalidEvidence(f"{manifest} pins {', '.join(listed)}; the recipe names {source.file}. {REMEDY}")
    file = folder / source.file
    for path, expected in ((file, "sha256"), (index_of(file), "index_sha256")):
        if not path.is_file():
            raise InvalidEvidence(f"no {path}, which the recipe's source '{source.name}' names. {REMEDY}")
        demand(str(path), listed[source.file][expected], digest_of(path), REMEDY)
    return Streamed(file, folder)
