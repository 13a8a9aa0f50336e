"""Make the safetensors file of weights that were published as a pickle, trusting the pickle with nothing.

A pickle may run code when it is read. It is read with `weights_only`, which knows tensors and refuses the rest, in a
process that does nothing else (harness/run/convert_task.py); after that only safetensors are ever read.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch._weights_only_unpickler import UnpicklingError

from harness.encoders.build import build, naming_of
from harness.errors import InvalidEvidence
from harness.schema.encoder import EncoderCard

# What trainers wrap a state in; the first one that is there is opened, as NVlabs/EAGLE does for EVA-02.
WRAPPINGS = ("ema_state", "module", "model", "state_dict")


def convert(card: EncoderCard, source: Path, target: Path) -> str:
    """Write the encoder's tensors, under their published names, into `target`; return the file's SHA-256.

    Everything is held to the card before the first byte is written: the pickle to its digest where the card knows it,
    the tensors to the names and shapes of the architecture.

    Raises:
        InvalidEvidence: the pickle is absent, another one, holds more than tensors, or does not fit; nothing is
            written.
    """
    if not source.is_file():
        raise InvalidEvidence(f"no pickle at {source}. Fetch {_origin(card)} and name the file")
    with source.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if card.pickled is not None and card.pickled.sha256 not in ("", found):
        raise InvalidEvidence.digest(f"pickle {source}", card.pickled.sha256, found, f"Fetch {_origin(card)} again")
    naming = naming_of(card.spec)
    tensors = {name: tensor for name, tensor in read_pickle(source).items() if naming.takes(name)}
    with torch.device("meta"):
        inner = build(card.spec).inner
    ours = naming.translate(tensors)
    drawn = {name: value for name, value in inner.state_dict().items() if name.startswith(naming.fresh)}
    try:
        inner.load_state_dict(drawn | ours, strict=True, assign=True)
    except RuntimeError as error:
        raise InvalidEvidence(f"{source} does not fit '{card.spec.name}': {error}") from error
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    # A slice of a larger storage would be written whole, and shared storages are refused: each stands by itself.
    save_file({name: tensors[name].clone().contiguous() for name in sorted(tensors)}, partial)
    with partial.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    partial.replace(target)
    return digest


def read_pickle(source: Path) -> Mapping[str, Tensor]:
    """Read the named tensors of a pickle, whatever a trainer wrapped them in.

    Raises:
        InvalidEvidence: it holds code, or no mapping of names to tensors.
    """
    try:
        content: Any = torch.load(source, map_location="cpu", weights_only=True)
    except (UnpicklingError, RuntimeError, EOFError, ValueError) as error:
        raise InvalidEvidence(
            f"{source} is no pickle of tensors alone, so it is not read: {str(error).splitlines()[0]}"
        ) from error
    for wrapping in WRAPPINGS:
        if isinstance(content, Mapping) and isinstance(content.get(wrapping), Mapping):
            content = content[wrapping]
            break
    if not isinstance(content, Mapping) or not content or not all(isinstance(t, Tensor) for t in content.values()):
        raise InvalidEvidence(
            f"{source} holds no mapping of names to tensors, bare or in one of {', '.join(WRAPPINGS)}"
        )
    return content


def _origin(card: EncoderCard) -> str:
    weights = card.spec.weights
    file = card.pickled.file if card.pickled else weights.file
    return f"{file} of {weights.location} at revision {weights.revision or '(none is known)'}"
