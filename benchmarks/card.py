"""Name the things of a benchmark: where its rows are, what a sample is, how an answer is asked for and marked."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from string import ascii_uppercase
from struct import error as StructError
from types import MappingProxyType
from typing import Any, Literal

from PIL import Image

from benchmarks.errors import InvalidData, UnknownName
from benchmarks.marking.reading import Reading
from benchmarks.suite import Column, Group

ProtocolName = Literal["cambrian", "lmms_eval", "vlmevalkit"]
PROTOCOL_NAMES: tuple[ProtocolName, ...] = ("cambrian", "lmms_eval", "vlmevalkit")
DEFAULT_PROTOCOL: ProtocolName = "cambrian"

Row = Mapping[str, Any]
Rows = Mapping[str, Iterable[Row]]
"""Configuration name -> its rows; an image cell is a `Picture`, every other cell is what `datasets` yields."""


_UNDECODABLE = (OSError, SyntaxError, ValueError, EOFError, StructError, Image.DecompressionBombError)
"""What Pillow raises on bytes that are no image, on half of one and on one that would fill the memory."""


@lru_cache(maxsize=1)
def _digest_of_image(data: bytes) -> str:
    """Look at an image's header and digest it; the last one is remembered, since its next question often follows."""
    with Image.open(io.BytesIO(data)):
        return sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Picture:
    """Hold one encoded image that stays on disk until it is read.

    `digest` is the sha256 (hex) of the encoded bytes as the dataset stores them; two pictures are equal iff it is.
    `where` names file and row for messages.
    """

    digest: str
    read: Callable[[], bytes] = field(compare=False, repr=False)
    where: str = field(default="a picture", compare=False, repr=False)

    @classmethod
    def of(cls, data: bytes) -> "Picture":
        """Wrap bytes that are in memory already."""
        return cls(sha256(data).hexdigest(), lambda: data)

    @classmethod
    def stored(cls, data: bytes, read: Callable[[], bytes], where: str) -> "Picture":
        """Wrap bytes that `read` gives again when asked; looks at their header now, so that no run ends in a bad file.

        Raises:
            InvalidData: the bytes do not start like an image.
        """
        try:
            return cls(_digest_of_image(data), read, where)
        except _UNDECODABLE as error:
            raise InvalidData(
                f"{where} holds {len(data):,} bytes that are no image. Fetch or draw the file again"
            ) from error

    def open(self) -> Image.Image:
        """Decode to an RGB image.

        Raises:
            InvalidData: the bytes are cut off or garbled.
        """
        try:
            with Image.open(io.BytesIO(self.read())) as image:
                return image.convert("RGB")
        except _UNDECODABLE as error:
            raise InvalidData(
                f"{self.where} cannot be decoded as an image ({error}). Fetch or draw the file again"
            ) from error


@dataclass(frozen=True, slots=True)
class PictureFolder:
    """Say that a dataset is one CSV file and a folder of pictures, not Parquet files.

    The file `table` stands at the top; the picture of a row is `<pictures>/<its cell of name_column><suffix>` and
    becomes the row's column `image`. `misspelt` gives pairs of a column's name in some copies and its right name.
    """

    table: str
    pictures: str
    name_column: str
    suffix: str
    misspelt: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Say where the rows of a benchmark are: a hub dataset at one commit.

    `rows` counts the rows of `split` in the first of `configs`, the one that holds the questions; 0 where no source
    states their number, and then it is not checked. `aliases` are other hub ids under which the same commit is
    published. `folder` is set where the dataset has no Parquet files.
    """

    hub_id: str
    revision: str
    configs: tuple[str, ...]
    split: str
    rows: int
    licence: str
    aliases: tuple[str, ...] = ()
    folder: PictureFolder | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """Hold one question with everything that a prompt or a marking rule may look at.

    `answers` are the gold answers as a model should print them (a letter for choice questions), `kind` is the question
    type of the blind baseline, `cluster` names what the sample shares with others (an image, a document, a pair).
    """

    id: str
    question: str
    pictures: tuple[Picture, ...]
    choices: tuple[str, ...]
    answers: tuple[str, ...]
    category: str
    kind: str
    cluster: str
    meta: Mapping[str, str] = field(default_factory=dict)

    @property
    def letters(self) -> str:
        """Return the letters of the choices: `ABCD` for four."""
        return ascii_uppercase[: len(self.choices)]


@dataclass(frozen=True, slots=True)
class Mark:
    """Hold the mark of one answer: `value` in [0, 1], what was read from it (None: unparsed), which rule fired."""

    sample_id: str
    value: float
    extracted: str | None
    rule: str

    @classmethod
    def of(cls, sample: Sample, reading: Reading) -> "Mark":
        """Give a sample the mark that a rule read from its answer."""
        return cls(sample.id, reading.value, reading.extracted, reading.rule)

    @property
    def parsed(self) -> bool:
        """Tell whether an answer could be read from the text at all."""
        return self.extracted is not None


Part = Picture | str
"""A picture or a piece of words, as they follow each other in a question."""


def pictures_first(sample: Sample, words: str) -> tuple[Part, ...]:
    """Show every picture of a sample, in order, before the words."""
    return (*sample.pictures, words)


@dataclass(frozen=True, slots=True)
class Protocol:
    """Fix how one upstream harness asks, marks and pools one benchmark.

    `prompt` gives the words, `layout` sets the pictures among them, `pool` gives the number on the benchmark's unit.
    `quirks` names every behaviour of the upstream code that a reader would not expect; each has a test of that name.
    """

    name: ProtocolName
    prompt: Callable[[Sample], str]
    mark: Callable[[Sample, str], Mark]
    pool: Callable[[Sequence[Sample], Sequence[Mark]], float]
    max_new_tokens: int
    source: str
    quirks: tuple[str, ...] = ()
    layout: Callable[[Sample, str], tuple[Part, ...]] = pictures_first

    def message(self, sample: Sample) -> tuple[Part, ...]:
        """Return a question as it is shown: pictures and words in reading order."""
        return self.layout(sample, self.prompt(sample))


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Describe one benchmark on one page: its rows, its reader, its three protocols and how it is reported.

    `columns` lists the columns that the reader needs, per configuration. `chance` is the expected value of a uniform
    guess on `unit` over the whole set (0 for open answers; None where it depends on each question's options, see
    `blind.uniform_guess`).
    """

    name: str
    title: str
    group: Group
    version: str
    source: Source
    columns: Mapping[str, tuple[str, ...]]
    to_samples: Callable[[Rows], Iterator[Sample]]
    protocols: Mapping[str, Protocol]
    unit: str
    published_scale: str
    chance: float | None
    cluster_key: str
    paper: str
    licence: str
    label_notes: str
    column: Column

    def protocol(self, name: str = DEFAULT_PROTOCOL) -> Protocol:
        """Return the protocol called `name`.

        Raises:
            UnknownName: this benchmark has no such protocol.
        """
        protocol = self.protocols.get(name)
        if protocol is None:
            raise UnknownName(f"protocol of {self.name}", name, self.protocols)
        return protocol


def by_name(*protocols: Protocol) -> Mapping[str, Protocol]:
    """Index protocols by name, in the order given."""
    return MappingProxyType({protocol.name: protocol for protocol in protocols})
