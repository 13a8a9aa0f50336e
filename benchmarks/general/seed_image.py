"""SEED-Bench, image part: four-way questions of nine kinds about single pictures.

The hub dataset mixes in 3757 video questions of eight frames each; every row with more than one picture is left out,
as Cambrian does. The pinned commit is that of the hub's own Parquet conversion (its branch refs/convert/parquet, of
main @ 74c4ea0). It has no second witness: no public code was found that states it, or main by all forty digits. The row
count is checked when it is read.
"""

from collections.abc import Iterator

from benchmarks.card import Benchmark, Mark, Picture, Protocol, Rows, Sample, Source, by_name
from benchmarks.errors import InvalidData
from benchmarks.marking.choice import first_character, inferred_option
from benchmarks.marking.initial import initial
from benchmarks.pooling import mean
from benchmarks.prompting import LETTER_SUFFIX, lettered, question_options_letter_suffix, vlmevalkit_choice
from benchmarks.rows import letter_on_offer, text_of
from benchmarks.suite import find_column

CHOICES = ("choice_a", "choice_b", "choice_c", "choice_d")


def _samples(rows: Rows) -> Iterator[Sample]:
    for index, row in enumerate(rows["default"]):
        where = f"seed_image row {index}"
        pictures: list[Picture] = row["image"]
        if not pictures:
            raise InvalidData(f"{where} has no image, expected one, or several frames of a video")
        if len(pictures) > 1:
            continue
        choices = tuple(text_of(row, name, where) for name in CHOICES)
        kind = str(row["question_type_id"])
        yield Sample(
            id=str(index),
            question=text_of(row, "question", where),
            pictures=tuple(pictures),
            choices=choices,
            answers=(letter_on_offer(text_of(row, "answer", where), choices, where),),
            category=kind,
            kind=kind,
            cluster=pictures[0].digest,
            meta={"question_id": str(row["question_id"])},
        )


def _prompt_cambrian(sample: Sample) -> str:
    return f"{sample.question} Options:\n{lettered(sample)}\n{LETTER_SUFFIX}"


def _mark_cambrian(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, first_character(answer, sample.answers[0], sample.letters, trimmed="."))


def _mark_lmms_eval(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, initial(answer, sample.answers[0], sample.letters))


def _mark_vlmevalkit(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, inferred_option(answer, sample.answers[0], sample.choices))


SEED_IMAGE = Benchmark(
    name="seed_image",
    title="SEED-Bench Image",
    group="general",
    version="1",
    source=Source(
        hub_id="lmms-lab/SEED-Bench",
        revision="92acad169cd5ffa23a1db506b3ef235330112b96",
        configs=("default",),
        split="test",
        rows=17990,
        licence="cc-by-nc-4.0 (authors' hub page; Apache-2.0 in their README)",
        aliases=("lmms-lab-encoder/SEED-Bench",),
    ),
    columns={"default": (*CHOICES, "answer", "image", "question", "question_id", "question_type_id")},
    to_samples=_samples,
    protocols=by_name(
        Protocol(
            name="cambrian",
            prompt=_prompt_cambrian,
            mark=_mark_cambrian,
            pool=mean,
            max_new_tokens=512,
            source="cambrian-mllm/cambrian @ 539ffc3, eval/eval/seed/seed_eval.py, seed_test.py",
            quirks=(
                "any word that starts with the letter counts",
                "a colon after the letter is harmless since only the first character is read",
            ),
        ),
        Protocol(
            name="lmms_eval",
            prompt=question_options_letter_suffix,
            mark=_mark_lmms_eval,
            pool=mean,
            max_new_tokens=1024,
            source="EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/seedbench/seedbench.yaml, utils.py (seed_image); "
            "the task sets no limit, models/simple/cambrian.py sets 1024",
            quirks=("a bracket before the letter hides it", "any word that starts with the letter counts"),
        ),
        Protocol(
            name="vlmevalkit",
            prompt=vlmevalkit_choice,
            mark=_mark_vlmevalkit,
            pool=mean,
            max_new_tokens=2048,
            source="open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/image_mcq.py (SEEDBench_IMG), "
            "utils/matching_util.py",
            quirks=(
                "a lower case letter alone goes to the judge and is unparsed here",
                "the article A is taken for option A",
            ),
        ),
    ),
    unit="accuracy, per cent",
    published_scale="0-100",
    chance=25.0,
    cluster_key="image",
    paper="arXiv 2307.16125",
    licence="cc-by-nc-4.0 (authors' hub page); Apache-2.0 (authors' README)",
    label_notes="labels are public; 14,233 of 17,990 rows have one picture",
    column=find_column("SEED Image"),
)
