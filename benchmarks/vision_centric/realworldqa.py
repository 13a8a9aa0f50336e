"""RealWorldQA: questions about street scenes and other photographs; a letter, a word or a number answers them.

The question holds its options, if any, and how to answer. VLMEvalKit reads a copy of its own in which every question
has options; those of the open questions are not published with the data, see its quirk.
"""

import re
from collections.abc import Iterator
from string import ascii_uppercase

from benchmarks.card import Benchmark, Mark, Protocol, Rows, Sample, Source, by_name
from benchmarks.marking.choice import first_word, inferred_option
from benchmarks.marking.exact import exact
from benchmarks.marking.normalise import lowered
from benchmarks.marking.ranked_choice import ranked_letter
from benchmarks.opening import opening_word
from benchmarks.pooling import mean
from benchmarks.prompting import vlmevalkit_choice
from benchmarks.rows import picture_of, text_of
from benchmarks.suite import find_column

_OPTION = re.compile(r"^[ \t]*\(?([A-Z])[.):][ \t]+(\S.*?)[ \t]*$", re.MULTILINE)
LETTERS = "ABCD"


def _options(question: str, answer: str) -> tuple[str, tuple[str, ...]]:
    """Part a question from its options: A, B, ... one a line and the answer among them, else there are none."""
    found = list(_OPTION.finditer(question))
    letters = "".join(option[1] for option in found)
    if len(found) < 2 or letters != ascii_uppercase[: len(found)] or len(answer) != 1 or answer not in letters:
        return question.strip(), ()
    return question[: found[0].start()].strip(), tuple(option[2] for option in found)


def _samples(rows: Rows) -> Iterator[Sample]:
    for index, row in enumerate(rows["default"]):
        where = f"realworldqa row {index}"
        prompt, answer = text_of(row, "question", where), text_of(row, "answer", where).strip()
        question, choices = _options(prompt, answer)
        picture = picture_of(row, "image", where)
        yield Sample(
            id=str(index),
            question=question,
            pictures=(picture,),
            choices=choices,
            answers=(answer,),
            category="",
            kind=f"{len(choices)} options" if choices else f"open, {opening_word(question)}",
            cluster=picture.digest,
            meta={"prompt": prompt},
        )


def _prompt_cambrian(sample: Sample) -> str:
    return sample.meta["prompt"]


def _prompt_lmms_eval(sample: Sample) -> str:
    return sample.meta["prompt"].strip()


def _prompt_vlmevalkit(sample: Sample) -> str:
    return vlmevalkit_choice(sample) if sample.choices else f"Question: {sample.question}\n"


def _mark_cambrian(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, first_word(answer, sample.answers[0]))


def _open_lmms_eval(text: str) -> str:
    return text.lower().strip().rstrip(".")


def _mark_lmms_eval(sample: Sample, answer: str) -> Mark:
    gold = sample.answers[0].strip()
    if gold.upper() in tuple(LETTERS):
        return Mark.of(sample, ranked_letter(answer, gold.upper(), LETTERS))
    return Mark.of(sample, exact(answer, (gold,), _open_lmms_eval, str.lower))


def _mark_vlmevalkit(sample: Sample, answer: str) -> Mark:
    if sample.choices:
        return Mark.of(sample, inferred_option(answer, sample.answers[0], sample.choices))
    return Mark.of(sample, exact(answer, sample.answers, lowered))


REALWORLDQA = Benchmark(
    name="realworldqa",
    title="RealWorldQA",
    group="vision_centric",
    version="1",
    source=Source(
        hub_id="lmms-lab/RealWorldQA",
        revision="907c4e5228fd1703c710ed937601cb5f89ab8d5c",
        configs=("default",),
        split="test",
        rows=765,
        licence="cc-by-4.0",
        aliases=("lmms-lab-encoder/RealWorldQA",),
    ),
    columns={"default": ("question", "answer", "image")},
    to_samples=_samples,
    protocols=by_name(
        Protocol(
            name="cambrian",
            prompt=_prompt_cambrian,
            mark=_mark_cambrian,
            pool=mean,
            max_new_tokens=512,
            source="cambrian-mllm/cambrian @ 539ffc3, eval/eval/realworldqa/realworldqa_eval.py, realworldqa_test.py",
            quirks=(
                "a letter with a dot and its text is wrong",
                "a gold of two words is never met",
                "nothing after the phrase crashes upstream and is unparsed here",
            ),
        ),
        Protocol(
            name="lmms_eval",
            prompt=_prompt_lmms_eval,
            mark=_mark_lmms_eval,
            pool=mean,
            max_new_tokens=16,
            source="EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/realworldqa/utils.py, _task_utils/mcq_extract.py",
            quirks=(
                "a capital letter inside a word after the phrase counts",
                "a lower case letter is no answer",
                "a number word is not the number",
            ),
        ),
        Protocol(
            name="vlmevalkit",
            prompt=_prompt_vlmevalkit,
            mark=_mark_vlmevalkit,
            pool=mean,
            max_new_tokens=2048,
            source="open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/image_mcq.py, utils/matching_util.py",
            quirks=("an open question has no options here and is marked by equality",),
        ),
    ),
    unit="accuracy, per cent",
    published_scale="0-100",
    chance=None,
    cluster_key="image",
    paper="no paper: x.ai/blog/grok-1.5v, April 2024",
    licence="cc-by-4.0 (mirror); cc-by-nd-4.0 at xai-org/RealworldQA",
    label_notes="labels are public: letters, words and numbers, to be given as the question says",
    column=find_column("RealWorldQA"),
)
