"""AI2D: multiple-choice questions about grade-school science diagrams.

The hub dataset shows the diagrams with their labels masked by letters. A set without masks exists too (`AI2D_NO_MASK`)
and is a different benchmark; papers seldom say which one they used.
"""

from collections.abc import Iterator
from dataclasses import replace

from benchmarks.card import Benchmark, Mark, Protocol, Rows, Sample, Source, by_name
from benchmarks.marking.choice import dotted_letter, first_character_or_index, inferred_option
from benchmarks.pooling import mean
from benchmarks.prompting import question_options_letter_suffix, vlmevalkit_choice
from benchmarks.rows import letter_at, options_of, picture_of, text_of
from benchmarks.suite import find_column


def _samples(rows: Rows) -> Iterator[Sample]:
    for index, row in enumerate(rows["default"]):
        where = f"ai2d row {index}"
        options, answer = options_of(row["options"], "options", where), text_of(row, "answer", where)
        picture = picture_of(row, "image", where)
        yield Sample(
            id=str(index),
            question=text_of(row, "question", where),
            pictures=(picture,),
            choices=options,
            answers=(letter_at(int(answer) if answer.isdecimal() else answer, options, where),),
            category="",
            kind=f"{len(options)} options",
            cluster=picture.digest,
        )


def _mark_cambrian(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, first_character_or_index(answer, sample.answers[0], sample.letters))


def _mark_lmms_eval(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, dotted_letter(answer, sample.answers[0], sample.letters))


def _mark_vlmevalkit(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, inferred_option(answer, sample.answers[0], sample.choices))


AI2D = Benchmark(
    name="ai2d",
    title="AI2D",
    group="knowledge",
    version="1",
    source=Source(
        hub_id="lmms-lab/ai2d",
        revision="c83a9b9692933aff8349157c88a413df9d02c4e5",
        configs=("default",),
        split="test",
        rows=3088,
        licence="not stated on the hub",
        aliases=("lmms-lab-encoder/ai2d",),
    ),
    columns={"default": ("question", "options", "answer", "image")},
    to_samples=_samples,
    protocols=by_name(
        Protocol(
            name="cambrian",
            prompt=question_options_letter_suffix,
            mark=_mark_cambrian,
            pool=mean,
            max_new_tokens=512,
            source="cambrian-mllm/cambrian @ 539ffc3, eval/eval/ai2d/ai2d_eval.py, ai2d_test.py",
            quirks=(
                "any word that starts with the letter counts",
                "a digit counts as the index of an option",
                "a colon after answer is hides the letter",
            ),
        ),
        Protocol(
            name="lmms_eval",
            prompt=question_options_letter_suffix,
            mark=_mark_lmms_eval,
            pool=mean,
            max_new_tokens=16,
            source="EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/ai2d/ai2d.yaml, utils.py",
            quirks=("a letter followed by anything but a dot is wrong", "a sentence with the letter is wrong"),
        ),
        Protocol(
            name="vlmevalkit",
            prompt=vlmevalkit_choice,
            mark=_mark_vlmevalkit,
            pool=mean,
            max_new_tokens=2048,
            source="open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/image_mcq.py, utils/matching_util.py",
            quirks=(
                "a lower case letter alone goes to the judge and is unparsed here",
                "answer is about answers a",
                "the article A is taken for option A",
            ),
        ),
    ),
    unit="accuracy, per cent",
    published_scale="0-100",
    chance=25.0,
    cluster_key="image",
    paper="arXiv 1603.07396",
    licence="not stated on the hub",
    label_notes="test labels are public; masked (this card) and unmasked diagrams are different benchmarks",
    column=find_column("AI2D"),
)

AI2D_NO_MASK = replace(
    AI2D,
    name="ai2d_no_mask",
    title="AI2D without masks",
    source=Source(
        hub_id="Efficient-Large-Model/ai2d-no-mask",
        # No source at hand states a commit of this dataset, and one that nobody saw is not written down.
        revision="main",
        configs=("default",),
        split="test",
        rows=3088,
        licence="not stated on the hub",
        aliases=("lmms-lab/ai2d-no-mask",),
    ),
    label_notes="test labels are public; the diagrams keep their own labels; the commit is not pinned yet; "
    "VLMEvalKit pins its AI2D_TEST_NO_MASK by the MD5 fd8f463634d4fe9fbd23b876e8eea5be",
)
"""The same questions on the diagrams as they are, as lmms-eval's task ai2d_no_mask reads them (tasks/ai2d)."""
