"""Do what `harness probe` asks: what every subset reads out before any training, written down with what it is of."""

import json
from collections.abc import Sequence
from pathlib import Path

from harness.analyse import readout_table
from harness.analyse.readouts import RIDGE
from harness.cli.measured import pinned
from harness.cli.screen import Screen, answer, columns
from harness.config.compose import compose
from harness.config.places import READOUTS, resolve
from harness.errors import UsageError
from harness.record import durable
from harness.record.fingerprint import collect
from harness.run import lattice_readouts
from harness.run.processor import environment
from harness.run.reproduce import Workplace

FEWEST_PICTURES = 2


def probe(overrides: Sequence[str], pictures: int, out: Path | None, as_json: bool) -> int:
    """Write the readouts of the recipe's whole lattice, and show them.

    Raises:
        UsageError: a word that is no override, too few pictures or too many, or a recipe without a stage of cells.
        InvalidEvidence: weights or pictures are not the pinned ones.
    """
    if stray := [word for word in overrides if "=" not in word]:
        raise UsageError(f"probe takes key=value overrides alone, for it is of every subset; came {' '.join(stray)}")
    if pictures < FEWEST_PICTURES:
        raise UsageError(f"a probe needs {FEWEST_PICTURES} pictures or more, not {pictures}")
    target, study = out or READOUTS, compose(overrides)
    recipe = study.recipe
    lattice_readouts.stage_of_cells(study)
    with Screen() as screen:
        taken = lattice_readouts.take(Workplace(study, resolve(study.store.folder), screen), pictures)
        made = collect(environment(study.machine)).plain()
    durable.make_folder(target.parent)
    _write(target, readout_table.to_csv(taken.values))
    counts = {name: getattr(taken, name) for name in ("pictures", "held_out_pictures", "cells", "held_out_cells")}
    # Where work is kept changes no number, and its path means something on one machine alone.
    told = [word for word in overrides if not word.startswith(("store.", "store="))]
    record = {
        "command": " ".join(["harness probe --pictures", str(pictures), *told]),
        "sha256": durable.sha256_of(target),
        "recipe": study.recipe_name,
        "seed": study.seed,
        "weights": pinned(recipe, recipe.pool),
        "source": {"name": taken.source.name, "file": taken.source.file, "manifest": taken.source.manifest},
        "ridge": RIDGE,
        **counts,
        "fingerprint": made,
    }
    beside = target.with_suffix(".json")
    _write(beside, json.dumps(record, indent=1, sort_keys=True) + "\n")
    plain = {"readout": taken.values, **counts, "written": [str(target), str(beside)]}
    rows = [(name, f"{value:.4f}") for name, value in sorted(taken.values.items(), key=lambda one: -one[1])]
    caption = (
        f"held out: {taken.held_out_cells:,} cells of {taken.held_out_pictures:,} pictures; fitted: {taken.cells:,} of "
        f"{taken.pictures:,}; {target}"
    )
    answer(plain, columns("Read out before any training", ("subset", ">R²"), rows, caption), as_json)
    return 0


def _write(path: Path, text: str) -> None:
    durable.write_bytes(path, text.encode(), path.with_name(f".{path.name}.partial"))
