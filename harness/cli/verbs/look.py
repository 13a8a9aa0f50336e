"""Read the verbs that show what there is and change nothing."""

from typing import Literal

from harness.cli.verbs.words import Json, Keep, Words


def list_(
    what: Literal["encoders", "subsets", "benchmarks", "recipes", "entries"], *overrides: str, json: Json = False
) -> int:
    """List what there is: encoders, subsets, benchmarks, recipes, or the entries of the reference.

    Example: harness list encoders
    """
    from harness.cli import listing

    return listing.show_list(what, overrides, json)


def show(subset: Words, benchmark: Words, *overrides: str, keep: Keep = "", json: Json = False) -> int:
    """Show what an entry means: the resolved study, its steps with their digests, and what is done.

    Example: harness show clip+sam chartqa
    """
    from harness.cli import listing

    return listing.show_entry(subset, benchmark, overrides, keep, json)


def doctor(*overrides: str, json: Json = False) -> int:
    """Tell whether this machine can reproduce: processor, memory, disk, versions, weights, pictures, tracker.

    Example: harness doctor
    """
    from harness.cli import doctor as surgery

    return surgery.examine(overrides, json)
