"""CV-Bench 2D: how many, and where relative to what, on images of ADE20K and COCO; ready prompts with choices.

The suite reports the mean of the two sources' accuracies, which is not the pooled accuracy: the sources differ in size.
Cambrian's own runs read two unpublished files, one a source; this card reads the published set, which holds both.
"""

from benchmarks.card import Benchmark, Mark, Protocol, Sample, Source, by_name
from benchmarks.marking.choice import first_character
from benchmarks.pooling import mean, mean_of_groups
from benchmarks.suite import find_column
from benchmarks.vision_centric import cv_bench


def _mark_cambrian(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, first_character(answer, sample.answers[0], sample.letters, trimmed="."))


CV_BENCH_2D = Benchmark(
    name="cv_bench_2d",
    title="CV-Bench 2D",
    group="vision_centric",
    version="1",
    source=Source(
        hub_id="nyu-visionx/CV-Bench",
        revision="bc284db50d036958861cb60cdd7b77612052ce0d",
        configs=("2D",),
        split="test",
        rows=1438,
        licence="apache-2.0",
    ),
    columns={"2D": cv_bench.COLUMNS},
    to_samples=cv_bench.reader("cv_bench_2d", "2D"),
    protocols=by_name(
        Protocol(
            name="cambrian",
            prompt=cv_bench.prompt_cambrian,
            mark=_mark_cambrian,
            pool=mean_of_groups("source"),
            max_new_tokens=512,
            source="cambrian-mllm/cambrian @ 539ffc3, eval/eval/coco, eval/eval/ade; the mean of the two: dataset card",
            quirks=(
                "any word that starts with the letter counts",
                "a colon after the letter is harmless since only the first character is read",
                "the score is the mean of two sources, not the share of right answers",
            ),
        ),
        Protocol(
            name="lmms_eval",
            prompt=cv_bench.prompt_lmms_eval,
            mark=cv_bench.mark_lmms_eval,
            pool=mean,
            max_new_tokens=1024,
            source="EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/cv_bench/utils.py, _default_template_yaml",
            quirks=(
                "any word that starts with the letter counts",
                "the score is the share of right answers although the file has the mean of two sources",
            ),
        ),
        Protocol(
            name="vlmevalkit",
            prompt=cv_bench.prompt_vlmevalkit,
            mark=cv_bench.mark_vlmevalkit,
            pool=mean_of_groups("source"),
            max_new_tokens=2048,
            source="open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/image_mcq.py (CVBench), utils/matching_util.py",
            quirks=(
                "a number in a sentence answers the option it spells",
                "the score is the mean of two sources, not the share of right answers",
            ),
        ),
    ),
    unit="accuracy, per cent",
    published_scale="0-100",
    chance=None,
    cluster_key="image",
    paper="arXiv 2406.16860",
    licence="apache-2.0",
    label_notes="labels are public; 633 questions on ADE20K and 805 on COCO, 650 of them with two choices",
    column=find_column("CV-Bench 2D"),
)
