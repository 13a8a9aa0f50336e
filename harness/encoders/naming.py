"""Translate the tensor names of published checkpoints into those of our modules, leaving no tensor unexplained."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from harness.errors import InvalidEvidence


@dataclass(frozen=True, slots=True)
class Naming:
    """Say what a checkpoint holds: `prefix` marks our part, `others` are regular expressions of what is not ours.

    `renamed` are pairs of regular expression and replacement, tried in turn on the name without its prefix. A name that
    then ends in a key of `split` holds two tensors, one after the other along its first axis, which get the two names
    in its place. `fresh` are prefixes of our own tensors that no checkpoint holds: they are trained from the start.
    """

    prefix: str = ""
    others: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    split: tuple[tuple[str, tuple[str, str]], ...] = ()
    fresh: tuple[str, ...] = ()

    def takes(self, name: str) -> bool:
        """Tell whether a tensor of the checkpoint belongs to the encoder.

        Raises:
            InvalidEvidence: the tensor is neither ours nor one of the known others.
        """
        if any(re.match(other, name) for other in self.others):
            return False
        if not name.startswith(self.prefix):
            raise InvalidEvidence(
                f"the checkpoint holds '{name}', which is neither below '{self.prefix}' nor among the known others. "
                "It is another model's, or another version's"
            )
        return True

    def translate(self, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return our part of a checkpoint under our names.

        Raises:
            InvalidEvidence: as `takes`, or two tensors end under one name.
        """
        ours: dict[str, Tensor] = {}
        for published, tensor in tensors.items():
            if not self.takes(published):
                continue
            for name, part in self._parts(self._renamed(published.removeprefix(self.prefix)), tensor):
                if name in ours:
                    raise InvalidEvidence(f"the checkpoint names '{name}' twice, once as '{published}'")
                ours[name] = part
        return ours

    def _renamed(self, name: str) -> str:
        for pattern, replacement in self.renamed:
            name = re.sub(pattern, replacement, name)
        return name

    def _parts(self, name: str, tensor: Tensor) -> list[tuple[str, Tensor]]:
        for ending, halves in self.split:
            if name.endswith(ending):
                stem = name.removesuffix(ending)
                return [(stem + half, part) for half, part in zip(halves, tensor.chunk(2), strict=True)]
        return [(name, tensor)]
