"""Studies to report on: whole planted lattices, a few cells of one, and one whose names mean harm."""

from functools import cache
from itertools import combinations

import numpy as np

from benchmarks.suite import COLUMNS
from harness.analyse.attention_table import Look, Looks
from harness.analyse.cells import Cell
from harness.analyse.lattice import build
from harness.analyse.number import Number
from harness.analyse.ranks import Ranks
from harness.analyse.readout_table import Readouts
from harness.analyse.summary import summarise
from harness.analyse.traits import of_numbers
from harness.report.page import Origin
from tests.harness.analyse.planted import additive, cells

ORIGIN = Origin("table.csv", "0" * 64, "harness report", "0.0.0")
BENCHMARKS = ("chartqa", "gqa", "ai2d", "mmvp")
HOSTILE = '<script>alert("1")</script> & \\textbf{x} | `y` ]]> "=1+1'
FIVE = ("clip", "convnext", "sam", "eva02", "pix2struct")
WORTH = (9.0, 7.0, 2.0, 5.0, 8.0)
SHOCK = {"zero": 6.0, "mean": 2.0, "noise": 3.0}


def lattice_cells(seeds: int = 3) -> list[Cell]:
    """Write a whole table: 31 retrained subsets, 30 views by each of three operators, sixteen benchmarks.

    Full and leave-one-out sets have several seeds; encoders help less the more there are, and read text unlike others.
    """
    noise = np.random.default_rng(11)
    found = []
    for place, column in enumerate(COLUMNS):
        own = np.roll(WORTH, place % 3) + (
            np.array((-4.0, -4.0, -1.0, -3.0, 6.0)) if column.group == "ocr_chart" else 0
        )

        def score(held: tuple[str, ...], own=own, place=place) -> float:
            worth = sorted((own[FIVE.index(name)] for name in held), reverse=True)
            return 28 + 1.7 * place + sum(one * 0.55**turn for turn, one in enumerate(worth))

        subsets = [held for size in range(1, 6) for held in combinations(FIVE, size)]
        common = {"error": 1.9, "blind": 24.0 + place, "chance": 20.0}
        for held in subsets:
            found += [
                Cell(held, held, column.name, str(seed), score(held) + noise.normal(0, 0.5), **common)
                for seed in range(seeds if len(held) >= 4 else 1)
            ]
        for mask, shock in SHOCK.items():
            for held in [(), *subsets[:-1]]:
                lost = shock * (5 - len(held)) ** 0.5
                found.append(
                    Cell(FIVE, held, column.name, "0", score(held) - lost + noise.normal(0, 0.4), mask=mask, **common)
                )
        found.append(Cell(FIVE, (), column.name, "0", 25.0 + place, mask="blind", **common))
    return found


def lattice_ranks(choice: str = "roy_vetterli, centred: no", factor: float = 1.0) -> Ranks:
    """Give ranks that survive, shrink and expand, after training in every subset."""
    noise = np.random.default_rng(12)
    ratios = (1.0, 0.8, 1.5, 1.02, 1.25)
    values = {}
    for place, name in enumerate(FIVE):
        start = factor * (20.0 + 6 * place)
        values[name, 0] = (start,)
        for mask in range(1, 32):
            if mask >> place & 1:
                share = ratios[place] ** ((mask.bit_count() - 1) / 4)
                seeds = 3 if mask.bit_count() >= 4 else 1
                values[name, mask] = tuple(0.9 * start * share * noise.normal(1, 0.01) for _ in range(seeds))
    return Ranks(FIVE, choice, values, dict.fromkeys(FIVE, 96.0 if factor == 1 else 128.0))


@cache
def lattice():
    """Take the measures of the whole table, with ranks in two variants, parameters and attention."""
    ranks = lattice_ranks()
    other = lattice_ranks("stable_rank, centred: yes", 0.3)
    ranks = Ranks(FIVE, ranks.variant, ranks.values, ranks.caps, {other.variant: other})
    views = tuple(
        Look(
            name,
            mask,
            Number(size + 0.12 * place, size + 0.12 * place - 0.05, size + 0.12 * place + 0.05),
            0.4,
            0.31,
            64,
        )
        for mask, size in (("zero", 0.5), ("mean", 0.2))
        for place, name in enumerate(FIVE)
    )
    readouts = Readouts(FIVE, {mask: 0.2 + 0.02 * mask for mask in range(1, 32)})
    traits = of_numbers({"parameters": [0.32e6, 0.43e6, 0.42e6, 0.33e6, 0.40e6]})
    looks = Looks("mme", 1e-6, 0.35, views)
    return summarise(build(lattice_cells()), traits, replicates=400, ranks=ranks, looks=looks, readouts=readouts)


@cache
def whole():
    """Take the measures of a complete lattice of four encoders in both views, three seeds."""
    noise = np.random.default_rng(5)
    turned = additive()[::1] - np.linspace(6.0, 0.0, 16)
    scores = cells(
        additive(), BENCHMARKS, ("0", "1", "2"), masked=turned, noise=lambda: float(noise.normal(0, 0.4)), error=0.5,
        blind=18.0, chance=0.0,
    )  # fmt: skip
    return summarise(build(scores), replicates=200)


@cache
def few():
    """Take the measures of four singles and a pair, one seed, no error: hardly anything can be had."""
    wanted = {("clip",), ("sam",), ("dino",), ("eva",), ("clip", "sam")}
    return summarise(build([cell for cell in cells(additive(), ("gqa",)) if cell.kept in wanted]), replicates=200)


@cache
def hostile():
    """Take the measures of a lattice whose benchmark and encoder are called what a page must not obey."""
    names = {"clip": "a<b>", "sam": "c&d", "dino": 'e"f', "eva": "g'h"}
    renamed = [
        type(cell)(
            tuple(names[one] for one in cell.trained), tuple(names[one] for one in cell.kept), HOSTILE, cell.seed,
            cell.value, error=1.0, mask=HOSTILE[:40],
        )
        for cell in cells(additive(), ("gqa",), masked=additive())
    ]  # fmt: skip
    return summarise(build(renamed), replicates=200)
