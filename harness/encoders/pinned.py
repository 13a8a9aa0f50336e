"""Find files of weights, on this machine or on the hub, and let none through that is not the pinned one."""

import hashlib
import os
from pathlib import Path

from benchmarks import hub
from benchmarks.errors import InvalidData
from harness.errors import InvalidEvidence, UsageError
from harness.schema.encoder import Weights

FOLDER = "HARNESS_WEIGHTS"
OURS = "Restore it from the repository, or make it again: harness prepare --pretrain"


def verified(weights: Weights, root: Path) -> Path:
    """Return the file of some weights, held to its digest.

    Raises:
        UsageError: nobody has stated the digest, or the revision of a file on the hub.
        InvalidEvidence: the file is absent, or not what is pinned.
    """
    if not weights.sha256:
        raise UsageError(
            f"the weights {name_of(weights)} are not pinned: no public text that we know gives their digest. State it, "
            "once you trust your file, as harness convert or sha256sum prints it: recipe.pins.<encoder>.sha256=<64 hex "
            "digits>, or recipe.language.weights.sha256 for the language model"
        )
    path = locate(weights, root)
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != weights.sha256:
        raise InvalidEvidence.digest(f"weights {path}", weights.sha256, found, remedy(weights))
    return path


def locate(weights: Weights, root: Path) -> Path:
    """Find the file: below the project; in the folder of weights; else in the hub's cache or on the hub itself.

    The folder of weights is what HARNESS_WEIGHTS names, or `weights` below the project; a file of the hub lies there
    under its repository's name.

    Raises:
        InvalidEvidence: it is nowhere.
        UsageError: it would have to come from the hub, and its revision is not known.
    """
    if weights.file is None:
        path = root / weights.location
        if path.is_file():
            return path
        raise InvalidEvidence(f"no weights at {path} (pinned sha256 {weights.sha256}). {OURS}")
    local = folder_of_weights(root) / weights.location / weights.file
    if local.is_file():
        return local
    if not weights.revision:
        raise UsageError(
            f"no weights at {local}, and no revision of {weights.location} is pinned to fetch them at. Put the file "
            "there, or state recipe.pins.<encoder>.revision=<40 hex digits>"
        )
    try:
        return hub.fetch(weights.location, weights.file, weights.revision)
    except InvalidData as error:
        raise InvalidEvidence(
            f"no weights at {local}, and the hub gives no {name_of(weights)}: {error}. Put the "
            "file there; fetch it with harness prepare; or, where the repository has only a pickle, harness convert"
        ) from error


def folder_of_weights(root: Path) -> Path:
    """Return the folder in which weights of the hub are looked for first."""
    return Path(os.environ.get(FOLDER) or root / "weights")


def name_of(weights: Weights) -> str:
    """Spell a file of the hub with its revision, or a path."""
    if weights.file is None:
        return weights.location
    return f"{weights.location}/{weights.file} at {weights.revision or 'an unknown revision'}"


def remedy(weights: Weights) -> str:
    """Say what to do about a file that is not the pinned one."""
    return OURS if weights.file is None else "Nothing was overwritten. Remove that file and fetch it again"
