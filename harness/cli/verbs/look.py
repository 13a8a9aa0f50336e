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


def plan(
    recipe: str = "",
    *overrides: str,
    subset: str = "all",
    device: str = "",
    text: int = 256,
    share: float = 0.4,
    rate: float = 0.0,
    price: float = 2.5,
    most: int = 64,
    seeds: int = 3,
    measured: bool = False,
    json: Json = False,
) -> int:
    """Say what a recipe costs before it runs: operations, memory for each ZeRO stage, hours, disk, the whole lattice.

    Counted on tensors of shapes alone, in seconds, without a GPU or a weight. What no file states is assumed and
    printed: --text tokens a sample, the --share of the --device's peak that training reaches (or its --rate in
    TFLOP/s), the --price in dollars of a device-hour, at --most so many devices, --seeds of the full set and of the
    sets that lack one encoder. --measured takes the rate from trainings of the recipe that were run, and shows them.

    Examples: harness plan eagle_x5_7b machine=h100x8
              harness plan small_1gpu machine=h100x1 --device a10
              harness plan tiny --measured --json
    """
    from harness.cli import planning
    from harness.run.plan.answer import Assumed

    words = (recipe, *overrides) if "=" in recipe else overrides
    assumed = Assumed(text, share, rate * 1e12, price, most, seeds)
    return planning.plan("" if "=" in recipe else recipe, words, subset, device, assumed, measured, json)


def doctor(*overrides: str, json: Json = False) -> int:
    """Tell whether this machine can reproduce: processor, memory, disk, versions, weights, pictures, tracker.

    Example: harness doctor
    """
    from harness.cli import doctor as surgery

    return surgery.examine(overrides, json)
