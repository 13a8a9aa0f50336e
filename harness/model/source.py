"""Say what fusion must know of one source of tokens: an encoder, or the patches of the picture itself."""

from dataclasses import dataclass
from typing import Protocol


class Source(Protocol):
    """Name a source whose tokens are (B, grid**2, channels); an encoder's specification is one."""

    @property
    def name(self) -> str:
        """Return what the source is called."""
        ...

    @property
    def channels(self) -> int:
        """Return D, the channels of a token."""
        ...

    @property
    def grid(self) -> int:
        """Return the side of the square grid of tokens."""
        ...


@dataclass(frozen=True, slots=True)
class Plain:
    """Hold a source that is no encoder."""

    name: str
    channels: int
    grid: int
