"""Whatever stands in one cell of a table, a benchmark is read or refused with the place and the remedy: all sixteen."""

from itertools import islice
from pathlib import Path

import pytest

from benchmarks import load as loading
from benchmarks.card import Picture
from benchmarks.errors import InvalidData
from benchmarks.load import load

ODD = (None, float("nan"), "", " ", "\u202e\u05d0", "x" * 1_000_000, "Z", 7, -1, 1.5, True, b"x", [], {}, [None], [""])


class Held:
    """Hold a few rows of a real table in memory."""

    def __init__(self, card, config, mirror):
        table = loading._table(card, config, mirror)
        self.name, self.columns = table.name, table.columns
        self.kept = list(islice(table.rows(card.columns[config]), 4))

    def __len__(self):
        return len(self.kept)

    def rows(self, columns):
        return iter(self.kept)


@pytest.fixture
def tables(benchmark_card, mirror, monkeypatch):
    held = {config: Held(benchmark_card, config, mirror) for config in benchmark_card.source.configs}
    if benchmark_card.name == "gqa":
        questions, images = held.values()
        wanted = {row["imageId"] for row in questions.kept}
        images.kept = [row for row in loading._table(benchmark_card, benchmark_card.source.configs[1], mirror).rows(
            ("id", "image")) if row["id"] in wanted]  # fmt: skip
    monkeypatch.setattr(loading, "_table", lambda card, config, folder: held[config])
    return held


def attempted(card):
    """Return the samples, or none and what was said."""
    try:
        return load(card, Path("mirror")).samples, ""
    except InvalidData as error:
        return (), str(error)


def test_an_odd_cell_is_read_or_named_with_its_place(benchmark_card, tables):
    assert load(benchmark_card, Path("mirror")).samples
    refused = 0
    for config, table in tables.items():
        whole = table.kept
        for column in benchmark_card.columns[config]:
            for odd in ODD:
                table.kept = [*whole[:-1], {**whole[-1], column: odd}]
                samples, said = attempted(benchmark_card)
                if said:
                    refused += 1
                    assert table.name in said
                    assert "Mend the mirror" in said
                    assert len(said) < 3000
                for sample in samples:
                    assert isinstance(sample.id, str)
                    assert all(isinstance(text, str) for text in (sample.question, *sample.choices, *sample.answers))
                    assert all(isinstance(text, str) for text in (sample.category, sample.kind, sample.cluster))
                    assert all(isinstance(picture, Picture) for picture in sample.pictures)
                    assert all(isinstance(one.message(sample), tuple) for one in benchmark_card.protocols.values())
        table.kept = whole
    assert refused


def test_every_column_that_is_missing_is_named(benchmark_card, tables):
    for config, table in tables.items():
        whole = table.columns
        for column in benchmark_card.columns[config]:
            table.columns = tuple(name for name in whole if name != column)
            with pytest.raises(InvalidData, match=f"lacks column {column}"):
                load(benchmark_card, Path("mirror"))
        table.columns = whole
