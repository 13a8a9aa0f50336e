"""State the columns that published tables print beside the sixteen of the suite.

They must be known so that they are not mistaken: `MMBench-CN` is not MMBench, `MME-C` is not MME perception, a DocVQA
validation score has other questions than a test score. Nothing here is run by the harness.

Sources: V the documents of lmms-eval @ 75571cf and VLMEvalKit @ e8e78f0; L the model zoo of LLaVA @ c121f04; others
inline.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Describe one such column: its labels, its highest value, and the grid its values lie on, where one is known."""

    name: str
    title: str
    aliases: tuple[str, ...]
    published_max: int = 100
    steps: int | None = None
    source: str = "L"


NEIGHBOURS: tuple[Neighbour, ...] = (
    Neighbour("mme_cognition", "MME cognition", ("MME-C", "MME^C", "MME-cog", "MME-cognition", "MMEC"), 800, 2240,
              "four tasks of 20, 70, 20 and 20 pairs (cambrian#84): steps of 100 / 280 in 800 points"),
    Neighbour("mme_total", "MME total", ("MME-sum", "MME^T", "MME total", "MME all", "MME-full", "MME (P+C)"), 2800),
    Neighbour("mmbench_cn", "MMBench-CN", ("MMB-CN", "MMB^CN", "MMBench CN dev", "MMBench_DEV_CN"), 100, 1164,
              "the dev questions of MMBench in Chinese"),
    Neighbour("mmbench_v11", "MMBench V1.1", ("MMBench-EN V1.1", "MMB-V1.1", "MMB1.1", "MMBench_V11", "MMBench v11"),
              source="V"),
    Neighbour("mmbench_test", "MMBench test", ("MMBench-EN test", "MMBench_TEST_EN", "MMB test", "MMB^test"),
              source="V"),
    Neighbour("seed_all", "SEED-Bench-All", ("SEED all", "SEED^A", "SEED-Bench (all)"), 100, 17990,
              "17,990 rows, image and video: row count of the hub dataset by a public loader"),
    Neighbour("seed_video", "SEED-Bench-Video", ("SEED-V", "SEED^V", "SEED video"), source="V"),
    Neighbour("seed_2", "SEED-Bench-2", ("SEED2", "SEED-Bench-2-Plus", "SEED-2-Plus"), source="V"),
    Neighbour("scienceqa_all", "ScienceQA all", ("SQA all", "ScienceQA-full", "ScienceQA avg"), 100, 4241,
              "4241 test rows with and without a picture: evalscope @ fde259d"),
    Neighbour("mmmu_test", "MMMU test", ("MMMU^T", "MMMU-test", "MMMU^test"), 100, 10500,
              "10,500 test questions: MMMU README @ 00fc28a"),
    Neighbour("mmmu_pro", "MMMU-Pro", ("MMMU Pro", "MMMUPro"), source="V"),
    Neighbour("mmmu_reasoning", "MMMU-val reasoning", ("MMMU-val-reasoning",), 100, 900, "the 900 validation rows: V"),
    Neighbour("mathvista_test", "MathVista test", ("MathVista^T",), 100, 5141, "5141 hidden rows: its hub card"),
    Neighbour("textvqa_test", "TextVQA test", ("TextVQA-test", "VQA^T test"), source="V"),
    Neighbour("docvqa_val", "DocVQA val", ("DocVQA-val", "DocVQA_VAL", "DocVQA^val"), source="V"),
    Neighbour("chartqa_human", "ChartQA human", ("ChartQA-H", "ChartQA (human)"), 100, 1250,
              "1250 human test questions: arXiv 2203.10244, table 2"),
    Neighbour("chartqa_augmented", "ChartQA augmented", ("ChartQA-M", "ChartQA-A", "ChartQA aug"), 100, 1250,
              "1250 augmented test questions: arXiv 2203.10244, table 2"),
    Neighbour("cv_bench", "CV-Bench", ("CVBench", "CV Bench", "CVB", "CV-Bench avg", "CV-Bench overall"),
              source="mean of the 2D and the 3D score: card of nyu-visionx/CV-Bench"),
    Neighbour("pope", "POPE", ("POPE F1", "POPE acc")),
    Neighbour("vqav2", "VQAv2", ("VQA^v2", "VQA-v2", "VQAv2 test-dev")),
    Neighbour("vizwiz", "VizWiz", ("VisWiz", "VizWiz-VQA", "VQA^VizWiz")),
    Neighbour("okvqa", "OK-VQA", ("OKVQA",), source="V"),
    Neighbour("infovqa", "InfoVQA", ("InfographicVQA", "InfoVQA test", "InfoVQA val", "InfoQA"), source="V"),
    Neighbour("mmvet", "MM-Vet", ("MMVet", "MM Vet")),
    Neighbour("llava_wild", "LLaVA-Bench-Wild", ("LLaVA-W", "LLaVA^W", "LLaVA-Bench", "LLaVABench"), 200),
    Neighbour("mmstar", "MMStar", ("MM-Star",), source="V"),
    Neighbour("hallusion", "HallusionBench", ("HallBench", "Hallusion"), source="V"),
    Neighbour("blink", "BLINK", (), source="V"),
    Neighbour("mathverse", "MathVerse", ("Math-Verse",), source="V"),
    Neighbour("stvqa", "ST-VQA", ("STVQA",), source="V"),
    Neighbour("flickr", "Flickr30k", ("Flickr", "Flickr 30k"), 200, source="V"),
)  # fmt: skip


def _key(label: str) -> str:
    return re.sub(r"[^a-z0-9]", "", label.lower())


_BY_KEY: dict[str, Neighbour] = {
    _key(label): found for found in NEIGHBOURS for label in (found.name, found.title, *found.aliases)
}


def find_neighbour(label: str) -> Neighbour | None:
    """Find the neighbour that a published table prints under `label`, or None."""
    return _BY_KEY.get(_key(label))
