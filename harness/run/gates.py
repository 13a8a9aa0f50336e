"""Let no subset train on a shared part that has not passed its gate: look the part up before a training starts.

`harness prepare --check` measures the parts that the project makes itself and writes what it found to
`results/parts/gates.json`, by the digest of their weights (harness/run/gauging.py); what is demanded of them stands in
harness/run/bars.py. Here that record is read, which takes no time: a part that is not in it, that has changed since, or
that fell short is refused. Full-size recipes have no gates: their parts are published models, measured by others.
"""

from collections.abc import Mapping
from pathlib import Path

from harness.config.places import ROOT
from harness.encoders import table
from harness.errors import InvalidEvidence
from harness.record import durable
from harness.run.bars import BARS, LANGUAGE, VERSION, Bar
from harness.schema.encoder import Weights
from harness.schema.gate import GateRecord, Gauged
from harness.schema.recipe import TrainRecipe

PARTS = Path("results", "parts")
RECORD = PARTS / "gates.json"
CHECK = "harness prepare --check"
REMEDY = f"To measure the parts: {CHECK}"
SPOKEN = ("config.json", "tokenizer.json", "tokenizer_config.json")
"""Files that decide, beside its weights, what a language model says."""


def demand(recipe: TrainRecipe, root: Path = ROOT) -> None:
    """Hold every part of a recipe that the project made itself to its gate.

    Raises:
        InvalidEvidence: a part was not measured, has changed since, or fell short.
    """
    pinned = {spec.name: spec.weights for spec in table.specs(recipe.pool, recipe.encoder_size)}
    made = {name: one for name, one in {**pinned, LANGUAGE: recipe.language.weights}.items() if made_here(one)}
    if made:
        record = read(root)
        for name, weights in made.items():
            _demand_passed(record, name, weights, root)


def made_here(weights: Weights) -> bool:
    """Tell whether weights are a part that the project makes itself."""
    return weights.file is None and Path(weights.location).is_relative_to(PARTS)


def read(root: Path) -> GateRecord:
    """Read what was measured of the parts.

    Raises:
        InvalidEvidence: there is no record, or it was edited.
    """
    path = root / RECORD
    if not path.is_file():
        raise InvalidEvidence(f"no {path}, so nobody knows what the shared parts can do. {REMEDY}")
    try:
        return GateRecord.from_json(path.read_bytes(), str(path))
    except InvalidEvidence as error:
        raise InvalidEvidence(f"{error} {REMEDY}") from error


def files_of(name: str, weights: Weights) -> tuple[str, ...]:
    """Name the files that a part is read from, by path below the project."""
    folder = Path(weights.location).parent
    return (weights.location, *(str(folder / one) for one in SPOKEN if name == LANGUAGE))


def short(part: str, measured: Mapping[str, float]) -> list[Bar]:
    """List the bars of a part that what was measured does not reach; a figure that is absent reaches none."""
    return [bar for bar in BARS[part] if measured.get(bar.figure, -1.0) < bar.at_least]


def _demand_passed(record: GateRecord, name: str, weights: Weights, root: Path) -> None:
    part = f"shared part '{name}' (sha256 {weights.sha256})"
    found = record.parts.get(weights.sha256)
    if found is None or found.part != name:
        known = [digest for digest, one in record.parts.items() if one.part == name]
        raise InvalidEvidence(
            f"{part} is not in {root / RECORD}, which holds {', '.join(known) or 'none'} of that name. {REMEDY}"
        )
    if found.version != VERSION:
        raise InvalidEvidence(f"{part} was measured by version {found.version}; this is {VERSION}. {REMEDY}")
    _demand_same_files(part, found, files_of(name, weights), root)
    for bar in BARS[name]:
        if found.demanded.get(bar.figure, -1.0) < bar.at_least:
            raise InvalidEvidence(
                f"{part} was held to {bar.figure} >= {found.demanded.get(bar.figure)}, and {bar.at_least} is "
                f"demanded: {bar.why}. {REMEDY}"
            )
    if missed := short(name, found.measured):
        told = "; ".join(
            f"{bar.figure} is {found.measured.get(bar.figure)}, at least {bar.at_least} is demanded ({bar.why})"
            for bar in missed
        )
        raise InvalidEvidence(
            f"{part} failed its gate, and nothing trains on it: {told}. Restore the accepted part, or make a better "
            f"one (harness prepare --pretrain {name}), pin it, and then: {CHECK}"
        )


def _demand_same_files(part: str, found: Gauged, names: tuple[str, ...], root: Path) -> None:
    for name in names:
        path = root / name
        came = durable.sha256_of(path) if path.is_file() else "nothing"
        if found.files.get(name) != came:
            raise InvalidEvidence.digest(
                f"{path}, read when {part} was measured",
                found.files.get(name, "nothing"),
                came,
                f"Restore the file from the repository (git checkout), or measure anew: {CHECK}",
            )
