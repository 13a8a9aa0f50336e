"""Fill the tables of the test sets: pictures of a seed, questions about them, rows as the hub has them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from benchmarks.card import Benchmark
from benchmarks.mini import columns, pictures
from benchmarks.mini.asking import ASKERS, Cells
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import Drawn, Kind
from benchmarks.mini.questions import mmbench, mme, mmmu, mmvp
from benchmarks.mini.questions.balance import Balance

PICTURES = {
    "mmbench": (80, 2),
    "seed_image": (120, 4),
    "gqa": (124, 4),
    "scienceqa_image": (160, 3),
    "mathvista": (110, 4),
    "ai2d": (120, 4),
    "chartqa": (120, 4),
    "ocrbench": (440, 1),
    "textvqa": (180, 3),
    "docvqa": (120, 4),
    "realworldqa": (120, 4),
    "cv_bench_2d": (232, 3),
    "cv_bench_3d": (120, 4),
}
"""Benchmark -> pictures, and most questions a picture."""

MME_PAIRS, MMVP_PAIRS = 20, 200
"""Pairs a task of MME (ten tasks), pairs of MMVP."""
MMMU_PICTURES, MMMU_QUESTIONS = 6, 3
"""Pictures a subject of MMMU (thirty subjects), most questions a picture."""
SECOND = 4
"""A question of MMMU with two pictures has the picture of four questions before as its second."""


@dataclass(frozen=True, slots=True)
class Table:
    """Hold one configuration of a dataset."""

    config: str
    schema: pa.Schema
    rows: list[Cells]


def image_cell(drawn: Drawn, name: str) -> Cells:
    """Return an image as a dataset stores it."""
    return {"bytes": drawn.png(), "path": name}


class Stream:
    """Give the pictures of one benchmark, no layout twice."""

    def __init__(self, name: str, seed: int):
        self.name, self.seed = name, seed
        # A stream per benchmark: a seed of its own keeps GQA's and CV-Bench's scenes apart.
        self._seed = Dice("mirror", name, seed).below(2**32)
        self._seen: set[str] = set()
        self.index = -1

    def next(self, kind: Kind) -> Drawn:
        """Return the next picture of a kind."""
        while True:
            self.index += 1
            drawn = pictures.draw(kind, "test", self._seed, self.index)
            if drawn.key not in self._seen:
                self._seen.add(drawn.key)
                return drawn

    def dice(self, number: int) -> Dice:
        """Return the dice for asking about picture `number`."""
        return Dice("ask", self.name, self.seed, number)


def asked(name: str, seed: int) -> Iterator[tuple[int, Cells, list[Cells]]]:
    """Yield, picture by picture, its number, its image cell and the rows asked about it."""
    count, most = PICTURES[name]
    stream, asker, balance = Stream(name, seed), ASKERS[name], Balance()
    for number in range(count):
        drawn = stream.next(asker.kinds[number % len(asker.kinds)])
        rows = list(asker.ask(drawn, stream.dice(number), balance, most, "test"))
        yield number, image_cell(drawn, f"{number}.png"), rows


def plain_rows(name: str, seed: int) -> list[Cells]:
    """Ask about each picture of a benchmark; a row a question."""
    rows: list[Cells] = []
    for number, image, found in asked(name, seed):
        rows += [ASKERS[name].complete(row, len(rows) + at, number, image) for at, row in enumerate(found)]
    return rows


def mmbench_rows(seed: int) -> list[Cells]:
    """Ask each question in four rotations; those of a question lie a million apart in `index`, as in the original."""
    rows: list[Cells] = []
    questions = [(number, image, row) for number, image, found in asked("mmbench", seed) for row in found]
    for at, (number, image, first) in enumerate(questions):
        turned = enumerate(mmbench.rotations(first))
        rows += [ASKERS["mmbench"].complete(row, at + 1_000_000 * turn, number, image) for turn, row in turned]
    return rows


def gqa_images(seed: int) -> list[Cells]:
    """Return the images that the questions name."""
    return [{"id": f"n{number:06d}", "image": image} for number, image, _ in asked("gqa", seed)]


def mme_rows(seed: int) -> list[Cells]:
    """Ask two questions a picture, yes and no in either order."""
    stream, balance = Stream("mme", seed), Balance()
    rows: list[Cells] = []
    for task, (kinds, _) in mme.TASKS.items():
        made = 0
        while made < MME_PAIRS:
            drawn, dice = stream.next(kinds[made % len(kinds)]), stream.dice(stream.index)
            for _, yes, no in mme.pairs(drawn, dice, balance, 1, (task,)):
                for question, answer in dice.shuffled(((yes, "Yes"), (no, "No"))):
                    row = {"question": question, "answer": answer, "category": task}
                    rows.append(ASKERS["mme"].complete(row, len(rows), made, image_cell(drawn, f"{made}.png")))
                made += 1
    return rows


def mmmu_rows(seed: int) -> list[Cells]:
    """Ask as many questions of each subject, a few of them with the picture of another question beside their own."""
    stream, balance = Stream("mmmu", seed), Balance()
    rows: list[Cells] = []
    images: list[Any] = []
    for subject, kind in mmmu.KIND_OF_SUBJECT.items():
        before = len(rows)
        for _ in range(MMMU_PICTURES):
            drawn, dice = stream.next(kind), stream.dice(len(images))
            images.append(image_cell(drawn, f"{len(images)}.png"))
            for row in mmmu.ask(drawn, dice, balance, MMMU_QUESTIONS, "test", subject):
                second = images[-SECOND] if len(images) >= SECOND else None
                rows.append(
                    mmmu.complete(
                        {**row, "second": row["second"] and second is not None},
                        len(rows) - before + 1,
                        images[-1],
                        second,
                    )
                )
    return rows


def mmvp_rows(seed: int) -> list[Cells]:
    """Ask one question about two pictures in turn, every figure as often."""
    stream, balance = Stream("mmvp", seed), Balance()
    rows: list[Cells] = []
    names = tuple(mmvp.QUESTIONS)
    while len(rows) < 2 * MMVP_PAIRS:
        number = len(rows) // 2
        drawn, dice = stream.next("pose"), stream.dice(stream.index)
        pair = mmvp.pair(drawn, dice, balance, names[number % len(names)])
        if pair is not None:
            first, second, other = pair
            for row, one in ((first, drawn), (second, other)):
                rows.append(ASKERS["mmvp"].complete(row, len(rows), number, one.png()))
    return rows


SCHEMAS: dict[str, pa.Schema] = {
    "mme": columns.MME,
    "mmbench": columns.MMBENCH,
    "seed_image": columns.SEED_IMAGE,
    "gqa": columns.GQA_QUESTIONS,
    "scienceqa_image": columns.SCIENCEQA_IMAGE,
    "mmmu": columns.MMMU,
    "mathvista": columns.MATHVISTA,
    "ai2d": columns.AI2D,
    "chartqa": columns.CHARTQA,
    "ocrbench": columns.OCRBENCH,
    "textvqa": columns.TEXTVQA,
    "docvqa": columns.DOCVQA,
    "realworldqa": columns.REALWORLDQA,
    "cv_bench_2d": columns.CV_BENCH,
    "cv_bench_3d": columns.CV_BENCH,
}
"""Benchmark -> columns of its first configuration; MMVP is a listing with a folder of pictures."""

_ROWS: dict[str, Callable[[int], list[Cells]]] = {"mme": mme_rows, "mmbench": mmbench_rows, "mmmu": mmmu_rows}


def tables(benchmark: Benchmark, seed: int) -> Iterator[Table]:
    """Yield the tables of a benchmark that has Parquet files: one a configuration."""
    name, configs = benchmark.name, benchmark.source.configs
    rows = _ROWS[name](seed) if name in _ROWS else plain_rows(name, seed)
    yield Table(configs[0], SCHEMAS[name], rows)
    if name == "gqa":
        yield Table(configs[1], columns.GQA_IMAGES, gqa_images(seed))
