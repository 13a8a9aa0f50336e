"""Read the verbs that work on the grid of subsets and benchmarks as a whole."""

from harness.cli.verbs.words import Json, Keep, Masked, Masks, Words, divided


def sweep(*words: str, keep: Masks = "all-masks", json: Json = False) -> int:
    """Train subsets and answer benchmarks with each, several at once, with the masked views of the full set.

    Words: SUBSETS (default: lattice, all there are), BENCHMARKS (default: all), then overrides. Resumable: what is done
    is found by digest, Ctrl-C loses nothing, a failed step is tried again. How many seeds, how many tries and how many
    trainings at once stand under `sweep` in configs/study.yaml.

    Examples: harness sweep
              harness sweep size:2 chartqa --keep none
              harness sweep lattice all sweep.edge_seeds=1 sweep.slots=2
    """
    from harness.cli import sweeping

    names, overrides = divided(words)
    return sweeping.sweep(*sweeping.grid(names), overrides, keep, json)


def status(*words: str, keep: Masks = "all-masks", watch: bool = False, json: Json = False) -> int:
    """Show how far a sweep is, from any machine that sees its store: state, progress, time left, cost so far.

    Words as in `harness sweep`. --watch looks again every five seconds until everything is done.

    Examples: harness status
              harness status size:2 chartqa --watch
    """
    from harness.cli import sweeping, watching

    names, overrides = divided(words)
    return watching.status(*sweeping.grid(names), overrides, keep, watch, json)


def why(
    subset: Words, benchmark: Words, *overrides: str, keep: Keep = "", mask: Masked = "zero", json: Json = False
) -> int:
    """Say of each step of an entry why it would run: which field differs from the nearest step that is done.

    Examples: harness why clip+sam chartqa
              harness why all gqa recipe.stages.1.steps=400
    """
    from harness.cli import explaining

    return explaining.why(subset, benchmark, overrides, keep, mask, json)
