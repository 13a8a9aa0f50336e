"""Take the two words that any command may carry: --in-image runs it inside an image, --print only says how."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from harness.errors import UnknownName, UsageError

IN_IMAGE, PRINT = "--in-image", "--print"
Tool = Literal["docker", "apptainer", "enroot"]
TOOLS: tuple[Tool, ...] = ("docker", "apptainer", "enroot")


@dataclass(frozen=True, slots=True)
class Wish:
    """Hold in which image a command shall run, and for which tool it is only to be printed."""

    image: str
    printed: Tool | None


def divided(words: Sequence[str]) -> tuple[Wish | None, list[str]]:
    """Tell the wish for an image from the command's own words.

    `--in-image NAME` or `--in-image=NAME`; `--print` or `--print=apptainer`, which means nothing without an image.

    Raises:
        UsageError: no image is named, or `--print` stands alone.
        UnknownName: a tool that no line is written for.
    """
    image: str | None = None
    tool: Tool | None = None
    rest: list[str] = []
    waiting = iter(words)
    for word in waiting:
        name, equals, value = word.partition("=")
        if name == IN_IMAGE:
            image = value if equals else next(waiting, "")
            if not image or image.startswith("-"):
                raise UsageError(f"{IN_IMAGE} takes a name, name@sha256:..., or 'recorded'; came '{image}'")
        elif name == PRINT:
            tool = next((known for known in TOOLS if known == (value if equals else "docker")), None)
            if tool is None:
                raise UnknownName("tool", value, TOOLS)
        else:
            rest.append(word)
    if image is None and tool is not None:
        raise UsageError(f"{PRINT} says how a command runs inside an image: add {IN_IMAGE} NAME")
    return (Wish(image, tool) if image is not None else None), rest


def within(wish: Wish, words: list[str]) -> int:
    """Run the command's words inside the wished image, or print the line that does."""
    from harness.cli import inside

    return inside.start(wish.image, words, wish.printed)
