"""Name the files of a training's outputs that are its checkpoint, and the digest of the weights they hold."""

from collections.abc import Iterable, Mapping

from harness.schema.frozen import digest_of
from harness.schema.run import RunRecord

LANGUAGE = "language/"
CHECKPOINT = ("training.json", "tower.safetensors")


def checkpoint_files(names: Iterable[str]) -> list[str]:
    """Return those of a training's outputs that make up its checkpoint."""
    return sorted(name for name in names if name in CHECKPOINT or name.startswith(LANGUAGE))


def weights_digest(files: Mapping[str, str]) -> str:
    """Return the digest of a checkpoint from its files' names and SHA-256."""
    return digest_of({name: files[name] for name in checkpoint_files(files)})


def weights_of(record: RunRecord) -> str:
    """Return the digest of the checkpoint that a training left."""
    return weights_digest({name: output.sha256 for name, output in record.outputs.items()})
