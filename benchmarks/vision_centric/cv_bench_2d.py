"""CV-Bench 2D: how many, and where relative to what, on images of ADE20K and COCO; ready prompts with choices.

The suite reports the mean of the two sources' accuracies, which is not the pooled accuracy: the sources differ in size.
Cambrian's own runs read two unpublished files, one a source; this card reads the published set, which holds both.
"""

from collections.abc import Iterator
from string import ascii_uppercase

from benchmarks.card import Benchmark, Mark, Protocol, Rows, Sample, Source, by_name
from benchmarks.errors import InvalidData
from benchmarks.marking.choice import first_character, inferred_option, leading_letter
from benchmarks.pooling import mean, mean_of_groups
from benchmarks.prompting import LETTER_SUFFIX
from benchmarks.suite import find_column


def _samples(rows: Rows) -> Iterator[Sample]:
    for row in rows["2D"]:
        choices, answer = tuple(row["choices"]), row["answer"].strip("()")
        if len(answer) != 1 or answer not in ascii_uppercase[: len(choices)]:
            raise InvalidData(f"cv_bench_2d row {row['idx']} has answer {row['answer']!r} for {len(choices)} choices")
        yield Sample(
            id=str(row["idx"]),
            question=row["question"],
            pictures=(row["image"],),
            choices=choices,
            answers=(answer,),
            category=row["task"],
            kind=f"{row['task']}, {len(choices)} choices",
            cluster=row["image"].digest,
            meta={"prompt": row["prompt"], "source": row["source"]},
        )


_LETTERS_IN_NOTE = 5
"""lmms-eval's note lists at most five letters; 139 questions have six choices."""


def _prompt_cambrian(sample: Sample) -> str:
    return f"{sample.meta['prompt']}\n{LETTER_SUFFIX}"


def _prompt_lmms_eval(sample: Sample) -> str:
    letters = ", ".join(sample.letters[:_LETTERS_IN_NOTE])
    note = f"Note: You only need to respond with {letters} without providing any additional information."
    return f"{note}\n\n{sample.meta['prompt']}"


def _prompt_vlmevalkit(sample: Sample) -> str:
    return sample.meta["prompt"]


def _mark_cambrian(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, first_character(answer, sample.answers[0], sample.letters, trimmed="."))


def _mark_lmms_eval(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, leading_letter(answer, sample.answers[0], sample.letters))


def _mark_vlmevalkit(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, inferred_option(answer, sample.answers[0], sample.choices))


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
    columns={"2D": ("idx", "task", "image", "question", "choices", "answer", "prompt", "source")},
    to_samples=_samples,
    protocols=by_name(
        Protocol(
            name="cambrian",
            prompt=_prompt_cambrian,
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
            prompt=_prompt_lmms_eval,
            mark=_mark_lmms_eval,
            pool=mean,
            max_new_tokens=1024,
            source="EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/cv_bench/utils.py, _default_template_yaml",
            quirks=(
                "any word that starts with the letter counts",
                "the note names no letter beyond e",
                "the score is the share of right answers although the file has the mean of two sources",
            ),
        ),
        Protocol(
            name="vlmevalkit",
            prompt=_prompt_vlmevalkit,
            mark=_mark_vlmevalkit,
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
