"""Do what --in-image asks: find the image, then run the command in it or print the line that would."""

import os
import sys

from harness.config.places import REFERENCE, resolve
from harness.record.reference import Reference
from harness.run import container
from harness.run.container_line import Tool, line

STORE = os.environ.get("HARNESS_STORE", ".harness")


def start(image: str, words: list[str], printed: Tool | None) -> int:
    """Run the words in the image and return the exit code of the command inside; or print how, and return 0."""
    named = container.recorded(Reference.load(REFERENCE).runs) if image == container.RECORDED else image
    asked = container.inside(named, words, resolve(STORE))
    if printed:
        sys.stdout.write(line(asked, printed) + "\n")
        return 0
    sys.stderr.write(f"in {asked.image}, {asked.digest}\n")
    return container.run(asked, _writer(sys.stdout.fileno()), _writer(sys.stderr.fileno()))


def _writer(descriptor: int):
    """Return what writes bytes as they come: half a letter of UTF-8 may stand at the end of a piece."""
    return lambda piece: os.write(descriptor, piece)
