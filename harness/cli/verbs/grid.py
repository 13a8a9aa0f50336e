"""Read the verbs that work on a whole: the grid of subsets and benchmarks, and the store that keeps it."""

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


def fsck(*overrides: str, repair: bool = False, json: Json = False) -> int:
    """Inspect the store: every object against its digest, what is missing, torn, or belongs to no step.

    --repair restores from MLflow what it has, sets the rest aside so that its steps run again, and overwrites nothing.
    Exit code 40 while something is damaged or missing.

    Example: harness fsck --repair
    """
    from harness.cli import storing

    return storing.fsck(overrides, repair, json)


def gc(*overrides: str, accepted: bool = False, remove: bool = False, json: Json = False) -> int:
    """Show what the store could do without, and remove it with --remove.

    Kept is what any finished step needs; with --accepted only what the accepted reference needs, and never less.

    Example: harness gc --remove
    """
    from harness.cli import storing

    return storing.gc(overrides, accepted, remove, json)
