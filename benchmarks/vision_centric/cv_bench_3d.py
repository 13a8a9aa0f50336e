"""CV-Bench 3D: which object is closer to the camera, and which to another object, on images of Omni3D.

Cambrian's own run reads a file that was never published; this card reads the published set. Two options a question.
"""

from benchmarks.card import Benchmark, Mark, Protocol, Sample, Source, by_name
from benchmarks.marking.choice import first_character_or_text
from benchmarks.pooling import mean
from benchmarks.suite import find_column
from benchmarks.vision_centric import cv_bench


def _mark_cambrian(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, first_character_or_text(answer, sample.answers[0], sample.choices))


CV_BENCH_3D = Benchmark(
    name="cv_bench_3d",
    title="CV-Bench 3D",
    group="vision_centric",
    version="1",
    source=Source(
        hub_id="nyu-visionx/CV-Bench",
        revision="bc284db50d036958861cb60cdd7b77612052ce0d",
        configs=("3D",),
        split="test",
        rows=1200,
        licence="apache-2.0",
    ),
    columns={"3D": cv_bench.COLUMNS},
    to_samples=cv_bench.reader("cv_bench_3d", "3D"),
    protocols=by_name(
        Protocol(
            name="cambrian",
            prompt=cv_bench.prompt_cambrian,
            mark=_mark_cambrian,
            pool=mean,
            max_new_tokens=512,
            source="cambrian-mllm/cambrian @ 539ffc3, eval/eval/omni/omni_eval.py, omni_test.py",
            quirks=(
                "any word that starts with the letter counts",
                "an option of one character counts as its own letter",
            ),
        ),
        Protocol(
            name="lmms_eval",
            prompt=cv_bench.prompt_lmms_eval,
            mark=cv_bench.mark_lmms_eval,
            pool=mean,
            max_new_tokens=1024,
            source="EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/cv_bench/utils.py, _default_template_yaml",
            quirks=("any word that starts with the letter counts",),
        ),
        Protocol(
            name="vlmevalkit",
            prompt=cv_bench.prompt_vlmevalkit,
            mark=cv_bench.mark_vlmevalkit,
            pool=mean,
            max_new_tokens=2048,
            source="open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/image_mcq.py (CVBench), utils/matching_util.py",
            quirks=("a sentence that names one option alone answers it",),
        ),
    ),
    unit="accuracy, per cent",
    published_scale="0-100",
    chance=50.0,
    cluster_key="image",
    paper="arXiv 2406.16860",
    licence="apache-2.0",
    label_notes="labels are public; depth order and relative distance, two options each",
    column=find_column("CV-Bench 3D"),
)
