"""State the sixteen columns of the Cambrian-1 suite as published tables print them.

This is the one place of these facts; a card points at its column. A printed value divided by `per_suite_point` is on
0-100; which mean of such values is the category's and which the whole's, an `AverageRule` says.

Sources: S1 the released evaluation code, github.com/cambrian-mllm/cambrian @ 539ffc3, eval/; S2 the project page with
the full tables, same repository, branch site @ 7f5886a; S3 the row counts that evalscope @ fde259d documents; others
inline.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from benchmarks.errors import UnknownName

Group = Literal["general", "knowledge", "ocr_chart", "vision_centric"]
Counting = Literal["items", "pairs", "groups", "soft", "sum", "mean_of_rates"]

GROUPS: tuple[Group, ...] = ("general", "knowledge", "ocr_chart", "vision_centric")
GROUP_TITLES: dict[Group, str] = {
    "general": "General",
    "knowledge": "Knowledge",
    "ocr_chart": "OCR & Chart",
    "vision_centric": "Vision-Centric",
}


@dataclass(frozen=True, slots=True)
class Column:
    """Describe one column of the suite's table.

    `units` is the number of scoring units of the split that Cambrian reports (None: no source states it), and
    `counting` says how they make the value: `items`, `pairs` and `groups` give k / units; `soft` is a mean of marks
    in [0, 1]; `sum` adds rates of several parts; `mean_of_rates` averages rates with different denominators. Only the
    first three make a printed value a multiple of 100 / units.

    `published_max` is the highest value of the benchmark's own scale and `per_suite_point` how much of it is one
    point of the suite. OCRBench is also printed already divided (the suite's own tables do so).

    `grid` is the number of equal steps of the published scale where marks or parts have steps of their own; None says
    that no grid is known beyond `units` (ANLS takes any ratio of lengths). `other_units` lists counts which also
    circulate under the column's labels, each with what it counts.
    """

    name: str
    title: str
    group: Group
    aliases: tuple[str, ...]
    units: int | None
    counting: Counting
    published_max: int
    per_suite_point: int
    source: str
    grid: int | None = None
    other_units: tuple[tuple[int, str], ...] = ()

    @property
    def steps(self) -> int | None:
        """Return s such that every value is published_max x k / s for a whole k, or None where no such s is known."""
        return self.grid if self.counting not in ("items", "pairs", "groups") else self.units


COLUMNS: tuple[Column, ...] = (
    Column("mme", "MME", "general", ("MME-P", "MME^P", "MMEP", "MME perception", "MME Perception score",
            "MME-Perc"), 1057, "sum", 2000, 20,
           "2374 rows, 2114 of them perception, two a picture: per-task counts in cambrian#84. The sum has the grid of "
           "its tasks: rates over 60, 294, 340, 400 and 40 rows, accuracy and both-right alike, so steps of "
           "100 / 999,600 in 2000 points", 19_992_000),
    Column("mmbench", "MMBench", "general", ("MMB", "MMBench-EN", "MMBench-EN dev", "MMBench_DEV_EN", "MMB-EN",
            "MMB dev", "MMB-EN dev", "MMBench dev", "MMBench-dev-EN"), 1164, "groups",
           100, 1,
           "1164 dev questions, each asked once per rotation of its options: github.com/open-compass/MMBench README",
           None,
           ((4329, "rows of one release, each rotation counted alone"), (4377, "rows of another release"))),
    Column("seed_image", "SEED", "general",
           ("SEED-I", "SEED^I", "SEED-Bench", "SEED-Bench-Image", "SEED-Image", "SEEDBench_IMG", "SEED-Img",
            "SEED-Bench-I", "SEED Image"), 14233, "items",
           100, 1,
           "14,233 image rows of 17,990: row count of the hub dataset by a public loader", None,
           ((17990, "image and video rows together"),)),
    Column("gqa", "GQA", "general", ("GQA testdev", "GQA testdev balanced", "GQA test-dev"), 12578, "items", 100, 1,
           "12,578 testdev balanced questions: a public run log of the hub dataset"),
    Column("scienceqa_image", "SQA", "knowledge",
           ("SQA-I", "SQA^I", "ScienceQA", "ScienceQA-IMG", "ScienceQA_TEST", "SQA-IMG", "ScienceQA-I",
            "ScienceQA-Image", "SciQA-IMG", "SQA-Image"), 2017, "items", 100, 1,
           "2017 of 4241 test rows have an image: S3", None, ((4241, "all test rows, with and without an image"),)),
    Column("mmmu", "MMMU", "knowledge", ("MMMU-val", "MMMU^V", "MMMU val", "MMMU validation"), 900, "items", 100, 1,
           "900 validation rows: hub viewer and S3", None,
           ((1050, "development and validation rows together"), (10500, "test rows"))),
    Column("mathvista", "MathVista", "knowledge",
           ("MathVista-testmini", "MathVista^M", "MathVista_MINI", "MathV", "MathVista mini", "Math-Vista",
            "MathVista test-mini"), 1000, "items", 100, 1,
           "1000 testmini rows: hub card of AI4Math/MathVista", None, ((5141, "the hidden test split"),)),
    Column("ai2d", "AI2D", "knowledge", ("AI2D_TEST", "AI2D test", "AI2 Diagrams"), 3088, "items", 100, 1,
            "3088 test rows: S3"),
    Column("chartqa", "ChartQA", "ocr_chart", ("ChartQA_TEST", "ChartQA test"), 2500, "items", 100, 1,
           "1250 human + 1250 augmented test questions: ChartQA paper (arXiv 2203.10244), table 2"),
    Column("ocrbench", "OCRBench", "ocr_chart", ("OCRB",), 1000, "items", 1000, 10,
           "1000 rows: hub card of echo840/OCRBench; printed divided by 10 in S2"),
    Column("textvqa", "TextVQA", "ocr_chart", ("TextVQA-val", "TextVQA_VAL", "VQA^T", "VQAT", "TVQA",
            "TextVQA validation"), 5000, "soft", 100, 1,
           "5000 validation questions, ten answers each: TextVQA paper (arXiv 1904.08920); a mark has steps of "
           "a tenth, in simpler scorers of a third", 150_000),
    Column("docvqa", "DocVQA", "ocr_chart", ("DocVQA-test", "DocVQA_TEST"), 5188, "soft", 100, 1,
           "5188 test questions: DocVQA paper (arXiv 2007.00398), section 3; the hub viewer shows 5.19k", None,
           ((5349, "validation questions"),)),
    Column("mmvp", "MMVP", "vision_centric", ("MMVP pair", "MMVP pairs"), 150, "pairs", 100, 1,
           "150 pairs of 300 items: MMVP paper (arXiv 2401.06209); S1 counts a pair only if both are right", None,
           ((300, "items, each question counted alone"),)),
    Column("realworldqa", "RealWorldQA", "vision_centric", ("RWQA", "RealworldQA", "RW-QA", "RealWorld"), 765,
            "items", 100, 1,
           "765 test rows: hub card of lmms-lab/RealWorldQA"),
    Column("cv_bench_2d", "CV-Bench 2D", "vision_centric",
           ("CV-Bench-2D", "CV-Bench^2D", "CVBench-2D", "CVBench2D", "CV-Bench (2D)", "CVB-2D", "CV-2D"), 1438,
            "mean_of_rates",
           100, 1,
           "mean of the ADE20K (633) and the COCO (805) accuracy: card and rows of nyu-visionx/CV-Bench @ bc284db",
           2 * 633 * 805),
    Column("cv_bench_3d", "CV-Bench 3D", "vision_centric",
           ("CV-Bench-3D", "CV-Bench^3D", "CVBench-3D", "CVBench3D", "CV-Bench (3D)", "CVB-3D", "CV-3D"), 1200,
            "items", 100, 1,
           "accuracy on the Omni3D part: card of nyu-visionx/CV-Bench, 2638 examples less the 1438 of 2D"),
)  # fmt: skip


def _key(label: str) -> str:
    return re.sub(r"[^a-z0-9]", "", label.lower())


_BY_KEY: dict[str, Column] = {
    _key(label): column for column in COLUMNS for label in (column.name, column.title, *column.aliases)
}


def find_column(label: str) -> Column:
    """Find the column that a published table prints under `label`.

    Case, blanks, hyphens and brackets do not matter: `MMBench-EN`, `mmbench en` and `MMB` are one column.

    Raises:
        UnknownName: no column of the suite is printed under that label.
    """
    column = _BY_KEY.get(_key(label))
    if column is None:
        raise UnknownName("column of the suite", label, (column.title for column in COLUMNS))
    return column


@dataclass(frozen=True, slots=True)
class AverageRule:
    """Say how values on 0-100 become the mean of a category and of the whole.

    A category is the plain mean of its members, the whole the plain mean of the four categories. A member is one
    column, or several whose plain mean counts as one.
    """

    name: str
    title: str
    members: Mapping[Group, tuple[tuple[str, ...], ...]]
    source: str

    def weights(self, group: Group | None = None) -> dict[str, Fraction]:
        """Return the weight of each column in the mean of one category, or of the whole; they add up to 1."""
        groups = GROUPS if group is None else (group,)
        return {
            column: Fraction(1, len(groups) * len(self.members[one]) * len(member))
            for one in groups
            for member in self.members[one]
            for column in member
        }


CV_BENCH = ("cv_bench_2d", "cv_bench_3d")
"""The two columns that are printed as one number, their mean, where a table has a single CV-Bench."""

SUITE_RULE = AverageRule(
    "suite",
    "mean of the sixteen",
    MappingProxyType({g: tuple((column.name,) for column in COLUMNS if column.group == g) for g in GROUPS}),
    "S2: MME perception / 20, OCRBench / 10, four columns a category; so the whole is the mean of all sixteen",
)
FIFTEEN_RULE = AverageRule(
    "fifteen",
    "mean of the four category means, CV-Bench as one",
    MappingProxyType({**SUITE_RULE.members, "vision_centric": (("mmvp",), ("realworldqa",), CV_BENCH)}),
    "arXiv 2507.03262, project page: 15 benchmarks, CV-Bench one number; the whole is the mean of category means",
)
AVERAGE_RULES: tuple[AverageRule, ...] = (SUITE_RULE, FIFTEEN_RULE)


def find_rule(name: str) -> AverageRule:
    """Return the rule of averages called `name`.

    Raises:
        UnknownName: there is none.
    """
    for rule in AVERAGE_RULES:
        if rule.name == name:
            return rule
    raise UnknownName("rule of averages", name, (rule.name for rule in AVERAGE_RULES))
