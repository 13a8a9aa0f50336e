"""Find the conversations of a source, and refuse those that are not the ones the recipe pins."""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from harness.data.conversation import Conversation, read_conversations
from harness.errors import InvalidEvidence
from harness.schema.recipe import DataSource

MANIFEST = "manifest.json"
REMEDY = "Nothing was overwritten. Remove that folder and draw it again: harness prepare"


def read(source: DataSource, folder: Path) -> tuple[Conversation, ...]:
    """Read a source from the folder that holds its manifest, its JSON file and its pictures, each held to its digest.

    The recipe pins the manifest; the manifest lists the JSON files, and the pictures as one digest: SHA-256 over the
    SHA-256 of each picture, in the order of the conversations.

    Raises:
        InvalidEvidence: the manifest, the file or a picture is absent or another version's.
    """
    manifest = folder / MANIFEST
    content = manifest.read_bytes() if manifest.is_file() else b""
    _demand(
        f"manifest of '{source.name}' in {folder}",
        source.manifest,
        sha256(content).hexdigest() if content else "nothing",
    )
    listed: dict[str, Any] = json.loads(content)
    pinned = {file["path"]: file["sha256"] for file in listed["files"]}
    file = folder / source.file
    if source.file not in pinned or not file.is_file():
        raise InvalidEvidence(
            f"no {source.file} in {folder}, which the recipe's source '{source.name}' names. {REMEDY}"
        )
    _demand(str(file), pinned[source.file], sha256(file.read_bytes()).hexdigest())
    conversations = read_conversations(file, folder)
    _demand(f"the pictures of {file}", listed["images_sha256"], _digest_of_pictures(conversations))
    return conversations


def _digest_of_pictures(conversations: Sequence[Conversation]) -> str:
    whole = sha256()
    for one in conversations:
        try:
            whole.update(sha256(one.picture.read_bytes()).digest())
        except OSError as error:
            raise InvalidEvidence(f"picture {one.picture} of '{one.id}' cannot be read: {error}. {REMEDY}") from error
    return whole.hexdigest()


def _demand(what: str, expected: str, found: str) -> None:
    if found != expected:
        raise InvalidEvidence.digest(what, expected, found, REMEDY)
