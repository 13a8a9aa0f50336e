"""Mark by equality after normalisation."""

from collections.abc import Callable, Iterable

from benchmarks.marking.reading import UNPARSED_EMPTY, Reading


def exact(
    answer: str,
    golds: Iterable[str],
    normal: Callable[[str], str],
    normal_of_gold: Callable[[str], str] | None = None,
) -> Reading:
    """Give 1 iff the normalised answer equals a gold, normalised alike unless `normal_of_gold` is given.

    The sources are those of `normal`; see `normalise`. An answer without visible characters is unparsed.
    """
    if not answer.strip():
        return UNPARSED_EMPTY
    read = normal(answer)
    of_gold = normal if normal_of_gold is None else normal_of_gold
    return Reading(1.0 if any(read == of_gold(gold) for gold in golds) else 0.0, read, "exact")
