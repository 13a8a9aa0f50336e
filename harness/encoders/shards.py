"""Know weights that are published in several files: an index that names them, and one digest that pins them all.

Large models come as `model-00001-of-00002.safetensors` ... beside `model.safetensors.index.json`, whose `weight_map`
says which file holds which tensor. Where a recipe names the index, its digest is that of the lines `sha256sum` prints:

    (cd FOLDER && sha256sum model*.safetensors*) | sha256sum

that is SHA-256 over `<digest>  <name>` and a line end for every file, shards and index, sorted by name.
"""

import hashlib
import json
from pathlib import Path

from harness.errors import InvalidEvidence

ENDING = ".index.json"


def is_index(path: Path | str) -> bool:
    """Tell whether a file of weights is the index of several."""
    return str(path).endswith(ENDING)


def members(index: Path) -> list[Path]:
    """Return the files that an index names, sorted, each beside it.

    Raises:
        InvalidEvidence: it is no index, or names a file elsewhere.
    """
    try:
        named = sorted(set(json.loads(index.read_bytes())["weight_map"].values()))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidEvidence(f"{index} is no index of weights: expected a weight_map, {error!r}") from error
    if not named or any(not isinstance(name, str) or Path(name).name != name for name in named):
        raise InvalidEvidence(f"{index} must name files beside it, and names {named}")
    return [index.with_name(name) for name in named]


def digest(index: Path) -> str:
    """Return the one SHA-256 that pins an index and all that it names.

    Raises:
        InvalidEvidence: as `members`, or a file is absent.
    """
    lines = []
    for path in sorted([index, *members(index)], key=lambda path: path.name):
        if not path.is_file():
            raise InvalidEvidence(f"no {path}, which {index.name} names. Fetch all files of the weights again")
        with path.open("rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.name}\n")
    return hashlib.sha256("".join(lines).encode()).hexdigest()
