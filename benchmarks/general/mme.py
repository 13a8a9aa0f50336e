"""MME, perception: two yes/no questions about each picture, one of each answer, in ten tasks.

A task is worth 100 x accuracy + 100 x the share of pictures with both questions right, so the whole is on 0-2000 and a
constant answer earns 500. Four of the ten tasks hold thirty pictures each: most of the score's noise is theirs. The
rows of the other half, cognition, are no part of the suite and are left out.
"""

from collections.abc import Iterator

from benchmarks.card import Benchmark, Mark, Protocol, Rows, Sample, Source, by_name
from benchmarks.errors import InvalidData
from benchmarks.marking.yes_no import early_yes_no, lone_yes_no, whole_yes_no
from benchmarks.pooling import SumOfTasks
from benchmarks.prompting import SHORT_SUFFIX
from benchmarks.rows import picture_of, text_of
from benchmarks.suite import find_column

PERCEPTION = (
    "existence",
    "count",
    "position",
    "color",
    "posters",
    "celebrity",
    "scene",
    "landmark",
    "artwork",
    "OCR",
)
PLEA = " Please answer yes or no."
COGNITION = ("commonsense_reasoning", "numerical_calculation", "text_translation", "code_reasoning")


def _samples(rows: Rows) -> Iterator[Sample]:
    for index, row in enumerate(rows["default"]):
        where = f"mme row {index}"
        task, answer = row["category"], row["answer"]
        if task in COGNITION:
            continue
        if task not in PERCEPTION or answer not in ("Yes", "No"):
            raise InvalidData(
                f"{where} has answer {answer!r} in task {task!r}, expected Yes or No in one of "
                f"{', '.join((*PERCEPTION, *COGNITION))}"
            )
        pair = f"{task}/{text_of(row, 'question_id', where)}"
        prompt = text_of(row, "question", where)
        yield Sample(
            id=str(index),
            question=prompt.strip().replace(PLEA, ""),
            pictures=(picture_of(row, "image", where),),
            choices=(),
            answers=(answer,),
            category=task,
            kind=task,
            cluster=pair,
            meta={"task": task, "pair": pair, "prompt": prompt},
        )


def _prompt_cambrian(sample: Sample) -> str:
    return f"{sample.meta['prompt']}\n{SHORT_SUFFIX}"


def _prompt_lmms_eval(sample: Sample) -> str:
    return f"{sample.question}\n{SHORT_SUFFIX}"


def _prompt_vlmevalkit(sample: Sample) -> str:
    return sample.meta["prompt"]


def _mark_cambrian(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, whole_yes_no(answer, sample.answers[0]))


def _mark_lmms_eval(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, early_yes_no(answer, sample.answers[0]))


def _mark_vlmevalkit(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, lone_yes_no(answer, sample.answers[0]))


MME = Benchmark(
    name="mme",
    title="MME perception",
    group="general",
    version="1",
    source=Source(
        hub_id="lmms-lab/MME",
        revision="d6c9023f017b564f7b3ccccf5348166bce8fdbcd",
        configs=("default",),
        split="test",
        rows=2374,
        licence="not stated on the hub",
        aliases=("lmms-lab-encoder/MME",),
    ),
    columns={"default": ("question_id", "image", "question", "answer", "category")},
    to_samples=_samples,
    protocols=by_name(
        Protocol(
            name="cambrian",
            prompt=_prompt_cambrian,
            mark=_mark_cambrian,
            pool=SumOfTasks("task", "pair"),
            max_new_tokens=32,
            source="cambrian-mllm/cambrian @ 539ffc3, eval/eval/mme/mme_eval.py, mme_test.py",
            quirks=(
                "yes followed by anything but dots is wrong",
                "upstream pairs rows by their parity and here a pair is told by its question id",
            ),
        ),
        Protocol(
            name="lmms_eval",
            prompt=_prompt_lmms_eval,
            mark=_mark_lmms_eval,
            pool=SumOfTasks("task", "pair"),
            max_new_tokens=16,
            source="EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/mme/mme.yaml, utils.py",
            quirks=(
                "the request for yes or no is cut out of the question",
                "not sure answers no",
                "only the first four characters are read",
            ),
        ),
        Protocol(
            name="vlmevalkit",
            prompt=_prompt_vlmevalkit,
            mark=_mark_vlmevalkit,
            pool=SumOfTasks("task", "pair"),
            max_new_tokens=2048,
            source="open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/image_yorn.py, utils/yorn.py, smp/misc.py",
            quirks=(
                "there is no doubt answers no",
                "an answer with both yes and no goes to the judge and is unparsed here",
            ),
        ),
    ),
    unit="sum of ten tasks, 0-2000",
    published_scale="0-2000; the suite divides by 20",
    chance=750.0,
    cluster_key="question_id",
    paper="arXiv 2306.13394",
    licence="not stated on the hub; asked there in June 2024, unanswered",
    label_notes="labels are public",
    column=find_column("MME"),
)
