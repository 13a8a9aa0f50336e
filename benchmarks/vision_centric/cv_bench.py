"""Hold what CV-Bench 2D and 3D share: one row format, ready prompts with choices, and two of three marks."""

from collections.abc import Callable, Iterator

from benchmarks.card import Mark, Rows, Sample
from benchmarks.errors import InvalidData
from benchmarks.marking.choice import inferred_option, leading_letter
from benchmarks.prompting import LETTER_SUFFIX
from benchmarks.rows import letter_on_offer, name_of, picture_of, text_of, texts_of

COLUMNS = ("idx", "task", "image", "question", "choices", "answer", "prompt", "source")


def reader(benchmark: str, config: str) -> Callable[[Rows], Iterator[Sample]]:
    """Give the reader of one configuration; `benchmark` names the row in messages."""

    def to_samples(rows: Rows) -> Iterator[Sample]:
        for row in rows[config]:
            where = f"{benchmark} row {row['idx']}"
            choices, task = texts_of(row, "choices", where), text_of(row, "task", where)
            answer, picture = text_of(row, "answer", where), picture_of(row, "image", where)
            if (answer[:1], answer[-1:]) != ("(", ")"):
                raise InvalidData(f"{where} has answer {answer!r}, expected a letter in brackets, as in '(A)'")
            yield Sample(
                id=name_of(row, "idx", where),
                question=text_of(row, "question", where),
                pictures=(picture,),
                choices=choices,
                answers=(letter_on_offer(answer[1:-1], choices, where),),
                category=task,
                kind=f"{task}, {len(choices)} choices",
                cluster=picture.digest,
                meta={"prompt": text_of(row, "prompt", where), "source": text_of(row, "source", where)},
            )

    return to_samples


def prompt_cambrian(sample: Sample) -> str:
    """Ask with the ready prompt and Cambrian's letter suffix."""
    return f"{sample.meta['prompt']}\n{LETTER_SUFFIX}"


def prompt_lmms_eval(sample: Sample) -> str:
    """Ask with a note that lists the letters before the ready prompt."""
    letters = ", ".join(sample.letters)
    note = f"Note: You only need to respond with {letters} without providing any additional information."
    return f"{note}\n\n{sample.meta['prompt']}"


def prompt_vlmevalkit(sample: Sample) -> str:
    """Ask with the ready prompt alone."""
    return sample.meta["prompt"]


def mark_lmms_eval(sample: Sample, answer: str) -> Mark:
    """Mark by the first letter."""
    return Mark.of(sample, leading_letter(answer, sample.answers[0], sample.letters))


def mark_vlmevalkit(sample: Sample, answer: str) -> Mark:
    """Mark by VLMEvalKit's rules for choices."""
    return Mark.of(sample, inferred_option(answer, sample.answers[0], sample.choices))
