"""State what is demanded of the shared parts before a subset trains on them: every threshold, and why it stands there.

The figures are those of harness/train/gauge.py. A bar stands well below what the accepted part was measured at, so that
an equally good one passes whatever its seed, and well above what a part gives that has not learned its task.
"""

from dataclasses import dataclass

LANGUAGE = "language"
VERSION = 1
"""Counts the versions of the code that measures; raised by hand in the commit that changes a figure."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Demand at least so much of one figure."""

    figure: str
    at_least: float
    why: str


_LEARNED = "pre-training gave more than the architecture has by itself"

_ENCODERS = {
    "clip": (
        Bar("skill", 0.60, "a picture's caption is told from those of its kind: facts, not only what kind it is"),
        Bar("gain", 0.10, _LEARNED),
    ),
    "convnext": (
        Bar("skill", 0.60, "most things shown are named, without which object kinds have no eye of their own"),
        Bar("gain", 0.15, _LEARNED),
    ),
    "sam": (
        Bar("skill", 0.80, "shapes and their edges are told; a prototype at 0.56 was called too short"),
        Bar("gain", 0.30, _LEARNED),
    ),
    "eva02": (
        Bar("skill", 0.75, "what stands in a cell is known in that cell, which layout and counting live on"),
        Bar("gain", 0.20, _LEARNED),
    ),
    "pix2struct": (
        Bar("skill", 0.60, "words are read, not only single characters; one that reads a third kept OCR at blind"),
        Bar("gain", 0.40, _LEARNED),
    ),
}

_LEAD = 0.20
"""A kind that the language model answers less than this above blind, from perfect symbols, no picture can lift."""
_WEAK = {"mme": 0.10, "cv_bench_2d": -0.05}
"""Yes or no, half of it given; and counts and relations, which this model has not learned: it may not do harm."""
_KINDS = (
    *("gqa", "mmbench", "mme", "seed_image"),
    *("ai2d", "mathvista", "mmmu", "scienceqa_image"),
    *("chartqa", "docvqa", "ocrbench", "textvqa"),
    *("cv_bench_2d", "cv_bench_3d", "mmvp", "realworldqa"),
)

BARS: dict[str, tuple[Bar, ...]] = {
    **_ENCODERS,
    LANGUAGE: (
        Bar("mean", 0.60, "no subset answers better than its language model does when it sees perfectly"),
        *(Bar(f"lead/{kind}", _WEAK.get(kind, _LEAD), "above the commonest answer") for kind in _KINDS),
    ),
}
"""Part -> its bars."""
