"""Studies to report on: a whole planted lattice, a few cells of one, and one whose names mean harm."""

from functools import cache

import numpy as np

from harness.analyse.lattice import build
from harness.analyse.summary import summarise
from harness.report.page import Origin
from tests.harness.analyse.planted import additive, cells

ORIGIN = Origin("table.csv", "0" * 64, "harness report", "0.0.0")
BENCHMARKS = ("chartqa", "gqa", "ai2d", "mmvp")
HOSTILE = '<script>alert("1")</script> & \\textbf{x} | `y` ]]> "=1+1'


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
            cell.value, error=1.0,
        )
        for cell in cells(additive(), ("gqa",), masked=additive())
    ]  # fmt: skip
    return summarise(build(renamed), replicates=200)
