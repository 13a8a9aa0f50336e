"""Mark by equality after normalisation."""

from collections.abc import Callable, Iterable

from benchmarks.marking.reading import UNPARSED_EMPTY, Reading


def exact(answer: str, golds: Iterable[str], normal: Callable[[str], str]) -> Reading:
    """Give 1 iff the normalised answer equals a normalised gold.

    The sources are those of `normal`; see `normalise`. An answer without visible characters is unparsed.
    """
    if not answer.strip():
        return UNPARSED_EMPTY
    read = normal(answer)
    return Reading(1.0 if any(read == normal(gold) for gold in golds) else 0.0, read, "exact")
