"""The cards of the benchmarks: whoever reads a number can find the questions, the paper and the licence behind it."""

import re
from dataclasses import replace

import pytest

from benchmarks.table import BENCHMARKS

COMMIT = re.compile(r"[0-9a-f]{40}")


def gaps(benchmark) -> list[str]:
    """List what a card leaves out."""
    said = {
        "title": bool(benchmark.title.strip()),
        "paper": bool(benchmark.paper.strip()),
        "licence": bool(benchmark.licence.strip()),
        "revision": bool(COMMIT.fullmatch(benchmark.source.revision)),
        "rows": benchmark.source.rows > 0,
        "columns": bool(benchmark.columns),
        "protocols": bool(benchmark.protocols),
    }
    return [f"{benchmark.name} has no {what}" for what, there in said.items() if not there]


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda benchmark: benchmark.name)
def test_a_card_is_complete(benchmark):
    assert gaps(benchmark) == []


def test_no_two_cards_have_one_name():
    names = [benchmark.name for benchmark in BENCHMARKS]
    assert names == list(dict.fromkeys(names))


def test_a_gap_is_found():
    card = BENCHMARKS[0]
    torn = replace(card, paper=" ", source=replace(card.source, revision="main"))
    assert gaps(torn) == [f"{card.name} has no paper", f"{card.name} has no revision"]
