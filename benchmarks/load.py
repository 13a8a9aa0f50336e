"""Open the samples of a benchmark, from the hub at its pinned commit or from a local mirror, and check them.

Both sources give the same rows to the same reader. From the hub the card's row count is checked, in a mirror the
manifest's.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from benchmarks.card import Benchmark, Row, Sample
from benchmarks.errors import InvalidData, shortened
from benchmarks.hub import HubTable
from benchmarks.hub import open_listing as open_hub
from benchmarks.mirror import MirrorTable
from benchmarks.mirror import open_listing as open_mirror


@dataclass(frozen=True, slots=True)
class Loaded:
    """Hold the samples in the dataset's order and the digest of everything in them that may change a number."""

    samples: tuple[Sample, ...]
    digest: str


class _Table(Protocol):
    name: str

    @property
    def columns(self) -> tuple[str, ...]: ...

    def __len__(self) -> int: ...

    def rows(self, columns: tuple[str, ...]) -> Iterator[Row]: ...


def _table(benchmark: Benchmark, config: str, mirror: Path | None) -> _Table:
    source = benchmark.source
    if source.folder is not None:
        return open_hub(source, source.folder) if mirror is None else open_mirror(mirror, source, source.folder)
    return HubTable(source, config) if mirror is None else MirrorTable(mirror, source, config)


def digest_of(samples: tuple[Sample, ...]) -> str:
    """Digest ids, questions, choices, answers and pictures, in order (sha256, hex)."""
    whole = sha256()
    for sample in samples:
        pictures = [picture.digest for picture in sample.pictures]
        line = [sample.id, sample.question, sample.choices, sample.answers, pictures]
        whole.update(json.dumps(line, ensure_ascii=True, separators=(",", ":")).encode() + b"\n")
    return whole.hexdigest()


def _checked(benchmark: Benchmark, tables: dict[str, _Table], from_hub: bool) -> None:
    for config, table in tables.items():
        missing = [column for column in benchmark.columns[config] if column not in table.columns]
        if missing:
            raise InvalidData(
                f"{table.name} lacks column {', '.join(missing)}: expected {', '.join(benchmark.columns[config])}, "
                f"found {', '.join(table.columns)}. {_remedy(not from_hub)}"
            )
        if not len(table):
            raise InvalidData(f"{table.name} has no rows. {_remedy(not from_hub)}")
    source = benchmark.source
    found = len(tables[source.configs[0]])
    if from_hub and source.rows and found != source.rows:
        raise InvalidData(
            f"{benchmark.name} at revision {source.revision} has {found:,} rows, the card says {source.rows:,}. "
            f"{_remedy(mirrored=False)}: see harness doctor"
        )


def _remedy(mirrored: bool) -> str:
    return "Mend the mirror: draw or fetch it again" if mirrored else "Either the hub moved or the card is wrong"


def _read(benchmark: Benchmark, tables: dict[str, _Table], mirrored: bool) -> tuple[Sample, ...]:
    at: dict[str, int] = {}

    def watched(config: str, table: _Table) -> Iterator[Row]:
        for index, row in enumerate(table.rows(benchmark.columns[config])):
            at[config] = index
            yield row

    try:
        return tuple(benchmark.to_samples({config: watched(config, table) for config, table in tables.items()}))
    except InvalidData as error:
        names = " and ".join(table.name for table in tables.values())
        raise InvalidData(f"{shortened(str(error))}. Read from {names}. {_remedy(mirrored)}") from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        places = ", ".join(f"row {index} of {tables[config].name}" for config, index in at.items())
        raise InvalidData(
            f"{benchmark.name}: {places or 'the first row'} is not what the card expects "
            f"({type(error).__name__}: {shortened(str(error))}). {_remedy(mirrored)}"
        ) from error


def _checked_samples(
    benchmark: Benchmark, samples: tuple[Sample, ...], where: str, mirrored: bool, golds: bool
) -> None:
    if not samples:
        raise InvalidData(f"{benchmark.name}: no row of {where} is a question of this benchmark. {_remedy(mirrored)}")
    seen: set[str] = set()
    for sample in samples:
        if sample.id in seen:
            raise InvalidData(
                f"{benchmark.name}: id {shortened(repr(sample.id))} stands twice in {where}, expected each id once. "
                f"{_remedy(mirrored)}"
            )
        seen.add(sample.id)
        if golds and not (sample.answers and all(answer.strip() for answer in sample.answers)):
            raise InvalidData(
                f"{benchmark.name}: sample {sample.id!r} in {where} has the gold answers "
                f"{shortened(repr(sample.answers))}, expected at least one and none of them blank. {_remedy(mirrored)}"
            )


def load(benchmark: Benchmark, mirror: Path | None = None) -> Loaded:
    """Load every sample of a benchmark; images stay encoded and on disk until a picture is read.

    Raises:
        InvalidData: a file, digest, column, row count, row, image, id or gold answer is not what the card or the
            manifest states; the message names the file and the row, what was expected, what was found and what to do.
    """
    return _load(benchmark, mirror, golds=True)


def load_questions(benchmark: Benchmark, mirror: Path | None = None) -> Loaded:
    """Load as `load` does, also a split whose gold answers only a server knows.

    Raises:
        InvalidData: as `load`, but for gold answers.
    """
    return _load(benchmark, mirror, golds=False)


def _load(benchmark: Benchmark, mirror: Path | None, golds: bool) -> Loaded:
    configs, mirrored = benchmark.source.configs, mirror is not None
    tables = {config: _table(benchmark, config, mirror) for config in configs}
    _checked(benchmark, tables, from_hub=not mirrored)
    samples = _read(benchmark, tables, mirrored)
    _checked_samples(benchmark, samples, tables[configs[0]].name, mirrored, golds)
    return Loaded(samples, digest_of(samples))
