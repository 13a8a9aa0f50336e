"""List the benchmarks in the suite's column order, and resolve the words a user types for them.

A variant is a benchmark of its own (another prompt, other labels, other pictures) that stands in no column: `all` and
the groups leave it out, its name finds it.
"""

from collections.abc import Sequence

from benchmarks.card import Benchmark
from benchmarks.errors import UnknownName
from benchmarks.general.gqa import GQA
from benchmarks.general.mmbench import MMBENCH
from benchmarks.general.mme import MME
from benchmarks.general.seed_image import SEED_IMAGE
from benchmarks.knowledge.ai2d import AI2D, AI2D_NO_MASK
from benchmarks.knowledge.mathvista import MATHVISTA
from benchmarks.knowledge.mmmu import MMMU
from benchmarks.knowledge.scienceqa_image import SCIENCEQA_IMAGE
from benchmarks.ocr_chart.chartqa import CHARTQA
from benchmarks.ocr_chart.docvqa import DOCVQA
from benchmarks.ocr_chart.ocrbench import OCRBENCH
from benchmarks.ocr_chart.textvqa import TEXTVQA, TEXTVQA_OCR
from benchmarks.suite import GROUPS
from benchmarks.vision_centric.cv_bench_2d import CV_BENCH_2D
from benchmarks.vision_centric.cv_bench_3d import CV_BENCH_3D
from benchmarks.vision_centric.mmvp import MMVP, MMVP_CORRECTED
from benchmarks.vision_centric.realworldqa import REALWORLDQA

__all__ = ["BENCHMARKS", "GROUPS", "VARIANTS", "find", "select"]

BENCHMARKS: tuple[Benchmark, ...] = (
    *(MME, MMBENCH, SEED_IMAGE, GQA),
    *(SCIENCEQA_IMAGE, MMMU, MATHVISTA, AI2D),
    *(CHARTQA, OCRBENCH, TEXTVQA, DOCVQA),
    *(MMVP, REALWORLDQA, CV_BENCH_2D, CV_BENCH_3D),
)

VARIANTS: tuple[Benchmark, ...] = (AI2D_NO_MASK, TEXTVQA_OCR, MMVP_CORRECTED)


def find(name: str) -> Benchmark:
    """Return the benchmark or variant called `name`.

    Raises:
        UnknownName: there is none; the message names the nearest.
    """
    for benchmark in (*BENCHMARKS, *VARIANTS):
        if benchmark.name == name:
            return benchmark
    raise UnknownName("benchmark", name, (benchmark.name for benchmark in (*BENCHMARKS, *VARIANTS)))


def select(words: str | Sequence[str]) -> tuple[Benchmark, ...]:
    """Resolve words to benchmarks in table order, each once: a name, a group, `all` (no variants); commas part words.

    Raises:
        UnknownName: a word is none of them, or there is no word.
    """
    parts = [words] if isinstance(words, str) else list(words)
    asked = [word.strip() for part in parts for word in part.split(",") if word.strip()]
    variants = tuple(variant.name for variant in VARIANTS)
    known = ("all", *GROUPS, *(benchmark.name for benchmark in BENCHMARKS), *variants)
    for word in asked or [""]:
        if word not in known:
            raise UnknownName("benchmark or group", word, known)
    chosen = (b for b in BENCHMARKS if "all" in asked or b.group in asked or b.name in asked)
    return (*chosen, *(variant for variant in VARIANTS if variant.name in asked))
