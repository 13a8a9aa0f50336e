"""Scan a training mixture for the questions of benchmarks: the same picture, one that looks the same, the same words.

| what is found | how |
|---|---|
| `same picture` | SHA-256 of the encoded bytes |
| `like picture` | perceptual hash, then correlation (harness/data/likeness.py) |
| `like question` | words alone: at least `LONG` of them, and a ratio of `LIKE` or more of the longer one's letters |

A finding on a picture says as well whether one of its turns asks the sample's question: `asked` is the best ratio of
their words, 0 to 100 (Levenshtein, rapidfuzz). Short questions ("What is this?") are asked everywhere and prove nothing
alone, so words without a picture count from `LONG` on, and are looked up by their runs of `RUN` words. The mixture is
streamed: memory holds the benchmarks and what was found, never the mixture. A picture of the mixture that is absent or
broken is counted and named, since nothing can be said about it.

Findings are to be looked at, not counted alone. Pictures and questions made from one template are alike without being
copies: 400 records of the miniature's own mixture, which shares templates with its benchmarks and no picture, give 229
findings of a like picture and none of the same.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from PIL import UnidentifiedImageError
from rapidfuzz import fuzz

from benchmarks.card import Sample
from harness.data.likeness import Gallery, Looks, looks
from harness.errors import InvalidEvidence

How = Literal["same picture", "like picture", "like question"]
LONG, RUN, LIKE = 8, 5, 90.0
UNREADABLE = (OSError, UnidentifiedImageError, ValueError)


@dataclass(frozen=True, slots=True)
class Finding:
    """Say that a record of the mixture holds a benchmark's sample, or something like it."""

    benchmark: str
    sample: str
    record: str
    how: How
    likeness: float
    asked: float


@dataclass(slots=True)
class Scan:
    """Hold what a scan found: findings in the mixture's order, and pictures that nothing can be said about."""

    records: int = 0
    pictures: int = 0
    findings: list[Finding] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def taken(self) -> dict[str, set[str]]:
        """Return the samples of each benchmark whose picture and question the mixture holds."""
        told: dict[str, set[str]] = defaultdict(set)
        for one in self.findings:
            if one.how != "like question" and one.asked >= LIKE:
                told[one.benchmark].add(one.sample)
        return dict(told)


class Scanner:
    """Hold the samples of some benchmarks, ready to be looked for."""

    def __init__(self, benchmarks: Iterable[tuple[str, Sequence[Sample]]]):
        self.samples = [(name, sample) for name, samples in benchmarks for sample in samples]
        self.words = [_words(sample.question) for _, sample in self.samples]
        self.by_digest: dict[str, list[int]] = defaultdict(list)
        self.by_run: dict[tuple[str, ...], list[int]] = defaultdict(list)
        shown: dict[str, Looks] = {}
        for number, (name, sample) in enumerate(self.samples):
            for picture in sample.pictures:
                self.by_digest[picture.digest].append(number)
                if picture.digest not in shown:
                    shown[picture.digest] = _looks(picture.read, f"{name}, {sample.id}")
            for run in _runs(self.words[number]):
                self.by_run[run].append(number)
        self.digests = list(shown)
        self.gallery = Gallery(list(shown.values()))

    def scan(
        self, records: Iterable[dict[str, Any]], folder: Path, told: Callable[[int], None] = lambda _: None
    ) -> Scan:
        """Scan records in LLaVA's format, whose pictures are named below `folder`; `told` hears of every one.

        Raises:
            InvalidEvidence: a record has no turns.
        """
        found, seen = Scan(), {}
        for number, record in enumerate(records, start=1):
            found.records = number
            name, asked = str(record.get("id", number)), _asked(record, number)
            picture = record.get("image")
            if isinstance(picture, str):
                if picture not in seen:
                    seen[picture] = self._like(folder / picture, found)
                self._add(found, name, asked, seen[picture])
            pictured = {number for number, _, _ in seen.get(picture, ())} if isinstance(picture, str) else set()
            self._add_words(found, name, asked, pictured)
            told(number)
        return found

    def _like(self, file: Path, found: Scan) -> list[tuple[int, How, float]]:
        """Return the samples whose picture a file holds or looks like; remember it where it cannot be read."""
        found.pictures += 1
        try:
            data = file.read_bytes()
            digest = sha256(data).hexdigest()
            alike = self.gallery.like(looks(data))
        except UNREADABLE as error:
            found.unread.append(f"{file}: {error}")
            return []
        same: list[tuple[int, How, float]] = [
            (number, "same picture", 1.0) for number in self.by_digest.get(digest, ())
        ]
        return same + [
            (number, "like picture", likeness)
            for at, likeness in sorted(alike.items())
            if self.digests[at] != digest
            for number in self.by_digest[self.digests[at]]
        ]

    def _add(self, found: Scan, record: str, asked: list[str], like: list[tuple[int, How, float]]) -> None:
        for number, how, likeness in like:
            benchmark, sample = self.samples[number]
            best = max((fuzz.ratio(self.words[number], words) for words in asked), default=0.0)
            found.findings.append(Finding(benchmark, sample.id, record, how, likeness, best))

    def _add_words(self, found: Scan, record: str, asked: list[str], pictured: set[int]) -> None:
        for words in asked:
            near = {number for run in _runs(words) for number in self.by_run.get(run, ())} - pictured
            for number in sorted(near):
                ratio = fuzz.ratio(self.words[number], words)
                if ratio >= LIKE:
                    benchmark, sample = self.samples[number]
                    found.findings.append(Finding(benchmark, sample.id, record, "like question", ratio / 100, ratio))


def _words(question: str) -> str:
    """Return a question's words in lower case, without signs, the picture's mark and what follows the first line."""
    first = question.replace("<image>", " ").strip().partition("\n")[0]
    return " ".join(re.findall(r"\w+", first.casefold()))


def _runs(words: str) -> set[tuple[str, ...]]:
    """Return the runs of five words of a long question, none of a short one."""
    parts = words.split()
    if len(parts) < LONG:
        return set()
    return {tuple(parts[at : at + RUN]) for at in range(len(parts) - RUN + 1)}


def _asked(record: dict[str, Any], number: int) -> list[str]:
    turns = record.get("conversations")
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        raise InvalidEvidence(f"record {number:,} has no conversations; expected LLaVA's format: {str(record)[:80]}")
    return [_words(str(turn.get("value", ""))) for turn in turns if turn.get("from") == "human"]


def _looks(read: Callable[[], bytes], where: str) -> Looks:
    try:
        return looks(read())
    except UNREADABLE as error:
        raise InvalidEvidence(
            f"a picture of {where} cannot be read: {error}. Fetch or draw the mirror again"
        ) from error
