"""Read the verbs that show what there is and change nothing."""

from typing import Literal

from harness.cli.verbs.words import Json, Keep, Masked, divided


def list_(
    what: Literal["encoders", "subsets", "benchmarks", "recipes", "entries"], *overrides: str, json: Json = False
) -> int:
    """List what there is: encoders, subsets, benchmarks, recipes, or the entries of the reference.

    Example: harness list encoders
    """
    from harness.cli import listing

    return listing.show_list(what, overrides, json)


def show(*words: str, keep: Keep = "", mask: Masked = "zero", json: Json = False) -> int:
    """Show what an entry means, SUBSET BENCHMARK, or what one BENCHMARK is.

    An entry: the resolved study, its steps with their digests, and what is done. A benchmark: its card, its protocols
    with their quirks, and three sample prompts.

    Examples: harness show clip+sam chartqa
              harness show chartqa
    """
    from harness.cli import listing, showing
    from harness.errors import UsageError

    names, overrides = divided(words)
    if len(names) == 1:
        return showing.show_benchmark(names[0], overrides, json)
    if len(names) != 2:
        raise UsageError(f"show takes a benchmark, or a subset and a benchmark; came {' '.join(names) or 'nothing'}")
    return listing.show_entry(names[0], names[1], overrides, keep, mask, json)


def doctor(*overrides: str, json: Json = False) -> int:
    """Tell whether this machine can reproduce: processor, memory, disk, versions, weights, pictures, tracker.

    Example: harness doctor
    """
    from harness.cli import doctor as surgery

    return surgery.examine(overrides, json)
