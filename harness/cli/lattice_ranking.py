"""Do what `harness ranks` asks: the effective ranks of stored trainings, written down with what they are of."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.table import BENCHMARKS
from harness.analyse import rank_record, rank_table
from harness.cli.screen import Screen, answer, columns
from harness.config.compose import compose
from harness.config.places import RANKS, resolve
from harness.errors import UsageError
from harness.record import durable
from harness.record.fingerprint import collect
from harness.run import lattice_ranks
from harness.run.jobs import NO_MASK, lay_out
from harness.run.processor import environment
from harness.run.reproduce import Workplace
from harness.schema.subset import Subset

FEWEST_PICTURES = 2
STATIONS = ("before", "solo", "joint")


def chosen(names: Sequence[str]) -> str:
    """Return the word for subsets, the whole lattice where none is given.

    Raises:
        UsageError: there are several.
    """
    if len(names) > 1:
        raise UsageError(f"ranks takes one word for subsets, then key=value overrides; came {' '.join(names)}")
    return names[0] if names else "lattice"


def ranks(subsets: str, overrides: Sequence[str], pictures: int, out: Path | None, as_json: bool) -> int:
    """Write the ranks before training and after every stored training of the subsets, and say how they changed.

    Raises:
        UsageError: too few pictures, or none of the trainings is done.
    """
    if pictures < FEWEST_PICTURES:
        raise UsageError(f"ranks need {FEWEST_PICTURES} pictures or more, not {pictures}")
    target = out or RANKS
    study = compose(overrides)
    pool = study.recipe.pool
    with Screen() as screen:
        place = Workplace(study, resolve(study.store.folder), screen)
        jobs = lay_out(study, Subset.select(subsets, pool), NO_MASK)
        taken = lattice_ranks.take(place, jobs, [one.name for one in BENCHMARKS], pictures)
        made = collect(environment(study.machine)).plain()
    durable.make_folder(target.parent)
    _write(target, rank_record.to_csv(taken.rows))
    record = {
        "command": f"harness ranks {subsets} --pictures {pictures}" + "".join(f" {word}" for word in overrides),
        "sha256": durable.sha256_of(target),
        "trainings": taken.trainings,
        "problems": list(taken.problems),
        "fingerprint": made,
    }
    beside = target.with_suffix(".json")
    _write(beside, json.dumps(record, indent=1, sort_keys=True) + "\n")
    found = rank_table.read(target, pool).plain()
    plain = {**found, "written": [str(target), str(beside)], "trainings": taken.trainings, "problems": taken.problems}
    rows = [
        (
            name,
            *(_told(found["effective_rank"][name][key]) for key in STATIONS),
            *(f"{_told(it)} {it['word'] or ''}".strip() for it in changed.values()),
        )
        for name, changed in found["rank_change"].items()
    ]
    heads = ("encoder", ">before", ">solo", ">joint", ">solo / before", ">joint / solo", ">joint / before")
    caption = "\n".join([f"{found['rank_variant']}; {taken.trainings} trainings; {target}", *taken.problems])
    answer(plain, columns("Effective rank before and after training", heads, rows, caption), as_json)
    return 0


def _told(it: Mapping[str, Any]) -> str:
    if it["value"] is None:
        return ""
    return f"{it['value']:.2f}" + ("" if it["low"] is None else f" [{it['low']:.2f}, {it['high']:.2f}]")


def _write(path: Path, text: str) -> None:
    durable.write_bytes(path, text.encode(), path.with_name(f".{path.name}.partial"))
