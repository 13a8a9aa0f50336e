"""ScienceQA-IMG: school science questions with a picture, two to five options, some with a hint.

The hub dataset holds questions with and without a picture; the card reads those with one, and a sample's id is its
place among all of them, as Cambrian counts. lmms-eval reads the same questions from lmms-lab-encoder/ScienceQA
(ScienceQA-IMG), VLMEvalKit from a table of its own (ScienceQA_TEST).
"""

from collections.abc import Iterator

from benchmarks.card import Benchmark, Mark, Protocol, Rows, Sample, Source, by_name
from benchmarks.marking.choice import inferred_option
from benchmarks.marking.letter_or_text import letter_alone_or_dotted, letter_before_dot_or_text
from benchmarks.pooling import mean
from benchmarks.prompting import lettered, question_options_letter_suffix, vlmevalkit_choice
from benchmarks.rows import letter_at, options_of, picture_of, text_of
from benchmarks.suite import find_column

ONLY_THE_LETTER = "Please answer directly with only the letter of the correct option and nothing else."


def _samples(rows: Rows) -> Iterator[Sample]:
    for index, row in enumerate(rows["default"]):
        if row["image"] is None:
            continue
        where = f"scienceqa_image row {index}"
        options, subject = options_of(row["choices"], "choices", where), text_of(row, "subject", where)
        picture = picture_of(row, "image", where)
        yield Sample(
            id=str(index),
            question=text_of(row, "question", where),
            pictures=(picture,),
            choices=options,
            answers=(letter_at(row["answer"], options, where),),
            category=subject,
            kind=f"{subject}, {len(options)} options",
            cluster=picture.digest,
            meta={"hint": row["hint"] or "", "grade": text_of(row, "grade", where)},
        )


def _prompt_cambrian(sample: Sample) -> str:
    hint = f"{sample.meta['hint']} " if sample.meta["hint"] else ""
    return f"{hint}{sample.question}\n{lettered(sample)}\n{ONLY_THE_LETTER}"


def _prompt_lmms_eval(sample: Sample) -> str:
    context = f"Context: {sample.meta['hint']}\n" if sample.meta["hint"] else ""
    return context + question_options_letter_suffix(sample)


def _prompt_vlmevalkit(sample: Sample) -> str:
    hint = f"Hint: {sample.meta['hint']}\n" if sample.meta["hint"] else ""
    return hint + vlmevalkit_choice(sample)


def _mark_cambrian(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, letter_before_dot_or_text(answer, sample.answers[0], sample.choices))


def _mark_lmms_eval(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, letter_alone_or_dotted(answer, sample.answers[0], sample.letters))


def _mark_vlmevalkit(sample: Sample, answer: str) -> Mark:
    return Mark.of(sample, inferred_option(answer, sample.answers[0], sample.choices))


SCIENCEQA_IMAGE = Benchmark(
    name="scienceqa_image",
    title="ScienceQA-IMG",
    group="knowledge",
    version="1",
    source=Source(
        hub_id="derek-thomas/ScienceQA",
        revision="f18b0a70359ebfb41f658fd564208d0355b013f4",
        configs=("default",),
        split="test",
        rows=4241,
        licence="cc-by-sa-4.0",
    ),
    columns={"default": ("image", "question", "choices", "answer", "hint", "grade", "subject")},
    to_samples=_samples,
    protocols=by_name(
        Protocol(
            name="cambrian",
            prompt=_prompt_cambrian,
            mark=_mark_cambrian,
            pool=mean,
            max_new_tokens=512,
            source="cambrian-mllm/cambrian @ 539ffc3, eval/eval/scienceqa/scienceqa_eval.py, scienceqa_test.py "
            "(multimodal_acc)",
            quirks=(
                "the text of the option counts but not with its letter in brackets",
                "a bracketed letter is wrong",
                "a colon after answer is hides the letter",
            ),
        ),
        Protocol(
            name="lmms_eval",
            prompt=_prompt_lmms_eval,
            mark=_mark_lmms_eval,
            pool=mean,
            max_new_tokens=16,
            source="EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/scienceqa/scienceqa_img.yaml, utils.py",
            quirks=(
                "a letter followed by anything but a dot is wrong",
                "a lower case letter with a dot is wrong",
                "a sentence with the letter is wrong",
            ),
        ),
        Protocol(
            name="vlmevalkit",
            prompt=_prompt_vlmevalkit,
            mark=_mark_vlmevalkit,
            pool=mean,
            max_new_tokens=2048,
            source="open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/image_mcq.py (ScienceQA_TEST), "
            "utils/matching_util.py",
            quirks=(
                "a lower case letter alone goes to the judge and is unparsed here",
                "answer is about answers a",
                "the article A is taken for option A",
            ),
        ),
    ),
    unit="accuracy, per cent",
    published_scale="0-100",
    chance=None,
    cluster_key="image",
    paper="arXiv 2209.09513",
    licence="cc-by-sa-4.0 (hub); CC BY-NC-SA 4.0 at the authors' site",
    label_notes="test labels are public; 2017 of 4241 test questions have a picture (evalscope @ fde259d)",
    column=find_column("ScienceQA-IMG"),
)
