"""MathVista: mathematical questions about pictures with ready prompts; options, whole numbers, decimals or lists.

lmms-eval and VLMEvalKit let a judge model extract the answer unless it can be taken as it stands; without a judge most
answers in sentences are unparsed there. Cambrian asks no judge and compares the whole answer.
"""

from collections.abc import Iterator
from string import ascii_uppercase

from benchmarks.card import Benchmark, Row, Rows, Sample, Source, by_name
from benchmarks.errors import InvalidData
from benchmarks.rows import options_of, picture_of, text_of
from benchmarks.suite import find_column

CHOICE, FREE = "multi_choice", "free_form"
ANSWER_TYPES = {CHOICE: ("text",), FREE: ("integer", "float", "list")}
DECIMALS = ("one", "two")


def _gold(row: Row, options: tuple[str, ...], where: str) -> str:
    answer = text_of(row, "answer", where)
    if not options:
        return answer
    places = [place for place, option in enumerate(options) if option == answer]
    if not places:
        raise InvalidData(f"{where} has answer {answer!r}, expected one of its choices {options!r}")
    # Of equal options Cambrian takes the last as the gold letter.
    return ascii_uppercase[places[-1]]


def _samples(rows: Rows) -> Iterator[Sample]:
    for index, row in enumerate(rows["default"]):
        where = f"mathvista row {text_of(row, 'pid', f'mathvista row {index}')!r}"
        asked, wanted, precision = row["question_type"], row["answer_type"], row["precision"]
        if wanted not in ANSWER_TYPES.get(asked, ()):
            raise InvalidData(f"{where} is {asked!r} with answer type {wanted!r}, expected one of {ANSWER_TYPES}")
        if wanted == "float" and precision not in (1, 2):
            raise InvalidData(f"{where} has precision {precision!r}, expected one or two decimals")
        options = options_of(row["choices"], "choices", where) if asked == CHOICE else ()
        picture = picture_of(row, "decoded_image", where)
        yield Sample(
            id=row["pid"],
            question=text_of(row, "question", where),
            pictures=(picture,),
            choices=options,
            answers=(_gold(row, options, where),),
            category=row["metadata"]["task"],
            kind=f"{len(options)} options" if options else wanted,
            cluster=picture.digest,
            meta={
                "query": text_of(row, "query", where),
                "unit": row["unit"] or "",
                "answer_type": wanted,
                "precision": "" if precision is None else str(precision),
            },
        )


MATHVISTA = Benchmark(
    name="mathvista",
    title="MathVista-testmini",
    group="knowledge",
    version="1",
    source=Source(
        hub_id="AI4Math/MathVista",
        revision="2b6ad69445fbb5695c9b165475e8decdbeb97747",
        configs=("default",),
        split="testmini",
        rows=1000,
        licence="cc-by-sa-4.0",
    ),
    columns={
        "default": (
            "pid",
            "question",
            "decoded_image",
            "choices",
            "unit",
            "precision",
            "answer",
            "question_type",
            "answer_type",
            "metadata",
            "query",
        )
    },
    to_samples=_samples,
    protocols=by_name(),
    unit="accuracy, per cent",
    published_scale="0-100",
    chance=None,
    cluster_key="image",
    paper="arXiv 2310.02255",
    licence="cc-by-sa-4.0; pictures and original questions keep their authors' licences",
    label_notes="testmini labels are public, those of the 5141 test questions are not",
    column=find_column("MathVista"),
)
