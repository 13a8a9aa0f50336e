"""Find the conversations of a source, and refuse those that are not the ones the recipe pins."""

import hashlib
from pathlib import Path

from harness.data.conversation import Conversation, read_conversations
from harness.errors import InvalidEvidence
from harness.schema.recipe import DataSource

MANIFEST = "manifest.json"


def read(source: DataSource, folder: Path) -> tuple[Conversation, ...]:
    """Read a source from the folder that holds its manifest, its JSON file and its pictures.

    Raises:
        InvalidEvidence: the manifest or the file is absent or another version's.
    """
    manifest = folder / MANIFEST
    found = hashlib.sha256(manifest.read_bytes()).hexdigest() if manifest.is_file() else "nothing"
    if found != source.manifest:
        raise InvalidEvidence.digest(
            f"manifest of '{source.name}' in {folder}", source.manifest, found, "Draw it again: harness prepare"
        )
    if not (folder / source.file).is_file():
        raise InvalidEvidence(f"no {source.file} in {folder}, which the recipe's source '{source.name}' names")
    return read_conversations(folder / source.file, folder)
