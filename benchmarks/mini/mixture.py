"""Draw the training mixture: conversations about pictures in LLaVA's format, and the truth to align the projector with.

`mixture.json` is a list of {"id", "image", "conversations": [{"from": "human" or "gpt", "value"}, ...], "tags"}; the
first human turn starts with `<image>` and a line break, and `tags` names the benchmark that each turn is like.
`captions.json` has one turn a picture; `cells.json` is a list of {"id", "image", "cells"}: the words that say what each
of the 64 cells of a picture holds, row by row. Format of the conversations: haotian-liu/LLaVA @ c121f04,
docs/Finetune_Custom_Data.md. Questions go through the row readers and the default prompts of the cards themselves, so a
suffix seen in training is the one asked in a test.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, cast

from benchmarks.card import Benchmark, Picture, Rows
from benchmarks.general.gqa import IMAGES
from benchmarks.mini import cells, pictures
from benchmarks.mini.asking import ASKERS, Cells
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import Drawn, Kind
from benchmarks.mini.folder import replaced
from benchmarks.mini.questions import stated
from benchmarks.mini.questions.balance import Balance
from benchmarks.table import find

PICTURES = 4000
FEWEST_TURNS, MOST_TURNS = 4, 6
CAPTION_PROMPT = "Describe the picture."
FORMAT = 4
TEXT_ONLY_ONE_IN = 8
"""One turn in eight states its own fact."""
PADDING = 2
"""Most such turns that bring a picture with little to ask about to its fewest turns."""

_SHARES: dict[str, dict[Kind, float]] = {
    name: {kind: asker.kinds.count(kind) / len(asker.kinds) for kind in dict.fromkeys(asker.kinds)}
    for name, asker in ASKERS.items()
}
"""Benchmark -> what part of its turns is about each kind of picture."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Said:
    """Hold one turn; `tag` names the benchmark that it is like, or says that it needs no picture."""

    question: str
    answer: str
    tag: str


@dataclass(frozen=True, slots=True, eq=False)
class Composed:
    """Hold one picture of the mixture with its encoded bytes, its turns of (question, answer) and their tags."""

    drawn: Drawn
    png: bytes
    turns: tuple[tuple[str, str], ...]
    tags: tuple[str, ...]


def _turn(benchmark: Benchmark, row: Cells, picture: Picture) -> Said:
    """Ask one row through the card: the reader, then the default prompt; the answer is the gold."""
    completed = ASKERS[benchmark.name].complete(row, 0, 0, picture)
    rows: dict[str, list[Cells]] = {benchmark.source.configs[0]: [completed]}
    if benchmark.name == "gqa":
        rows[IMAGES] = [{"id": completed["imageId"], "image": picture}]
    sample = next(iter(benchmark.to_samples(cast(Rows, rows))))
    return Said(benchmark.protocol().prompt(sample), sample.answers[0], benchmark.name)


class _Composer:
    """Keep count of what was asked, so that every benchmark gets its share and no answer is worth more."""

    def __init__(self):
        self.text_only, self.others = 0, 0
        self._given: dict[tuple[str, Kind], int] = {
            (name, kind): 0 for name, shares in _SHARES.items() for kind in shares
        }
        self._balances = {name: Balance() for name in (*_SHARES, stated.TAG)}

    def _ahead(self, name: str, kind: Kind) -> float:
        """Return the turns of a benchmark about a kind of picture over its share, in turns a benchmark."""
        return self._given[name, kind] / _SHARES[name][kind]

    def wanted(self) -> Kind:
        """Return the kind of picture that some benchmark lacks most."""
        return min(self._given, key=lambda key: self._ahead(*key))[1]

    def ask(self, drawn: Drawn, picture: Picture, dice: Dice) -> list[Said]:
        """Ask four to six questions, each for the benchmark that lacks most among those that can ask one."""
        count, said = dice.between(FEWEST_TURNS, MOST_TURNS), []
        if TEXT_ONLY_ONE_IN * self.text_only <= self.text_only + self.others:
            said.append(self._stated(drawn, dice))
        open_ = {
            name: ASKERS[name].ask(drawn, dice, self._balances[name], count, "train")
            for name, shares in _SHARES.items()
            if drawn.kind in shares
        }
        while open_ and len(said) < count:
            name = min(open_, key=lambda name: self._ahead(name, drawn.kind))
            row = next(open_[name], None)
            if row is None:
                del open_[name]
                # One that has nothing to ask counts as served, else pictures of this kind would be drawn for ever.
                self._given[name, drawn.kind] += name not in {one.tag for one in said}
                continue
            self._given[name, drawn.kind] += 1
            self.others += 1
            said.append(_turn(find(name), row, picture))
        if FEWEST_TURNS - PADDING <= len(said) < FEWEST_TURNS:
            said += [self._stated(drawn, dice) for _ in range(FEWEST_TURNS - len(said))]
        return said

    def _stated(self, drawn: Drawn, dice: Dice) -> Said:
        self.text_only += 1
        return Said(*stated.ask(drawn, dice, self._balances[stated.TAG]), stated.TAG)


def compose(seed: int, count: int) -> Iterator[Composed]:
    """Yield `count` pictures with their questions; no layout occurs twice, and none is a test layout.

    A picture is of the kind that some benchmark lacks most. One that allows too few questions whose
    answers are due is left out.
    """
    composer = _Composer()
    seen: set[str] = set()
    made, index = 0, -1
    while made < count:
        index += 1
        dice = Dice("ask", "mixture", seed, index)
        drawn = pictures.draw(composer.wanted(), "train", seed, index)
        if drawn.key in seen:
            continue
        png = drawn.png()
        said = composer.ask(drawn, Picture.of(png), dice)
        if len(said) < FEWEST_TURNS:
            continue
        seen.add(drawn.key)
        made += 1
        said = dice.shuffled(said)
        yield Composed(drawn, png, tuple((one.question, one.answer) for one in said), tuple(one.tag for one in said))


def _conversation(name: str, image: str, turns: Sequence[tuple[str, str]]) -> dict[str, Any]:
    said = [item for human, gpt in turns for item in ({"from": "human", "value": human}, {"from": "gpt", "value": gpt})]
    said[0]["value"] = f"<image>\n{said[0]['value']}"
    return {"id": name, "image": image, "conversations": said}


def _dump(path: Path, content: list[dict[str, Any]]) -> None:
    lines = ",\n".join(json.dumps(item, ensure_ascii=False) for item in content)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8", newline="\n")


def draw(folder: Path, seed: int, count: int = PICTURES, progress: Progress | None = None) -> str:
    """Draw `count` pictures with four to six questions each, whole or not at all; return the sha256 of the manifest.

    `progress(done, of)` is called every hundred pictures. The same seed gives the same bytes.

    Raises:
        ValueError: `count` is below 1.
        OSError: the folder cannot be written; what was there before stays.
    """
    if count < 1:
        raise ValueError(f"a mixture of {count} pictures, expected at least 1")
    mixture: list[dict[str, Any]] = []
    captions: list[dict[str, Any]] = []
    held: list[dict[str, Any]] = []
    images = sha256()
    with replaced(folder) as fresh:
        (fresh / "images").mkdir()
        for number, one in enumerate(compose(seed, count)):
            name = f"{number:06d}"
            image = f"images/{name}.png"
            (fresh / image).write_bytes(one.png)
            images.update(sha256(one.png).digest())
            mixture.append({**_conversation(name, image, one.turns), "tags": list(one.tags)})
            captions.append(_conversation(name, image, [(CAPTION_PROMPT, one.drawn.caption)]))
            held.append({"id": name, "image": image, "cells": cells.words(one.drawn)})
            if progress is not None and (len(mixture) % 100 == 0 or len(mixture) == count):
                progress(len(mixture), count)
        _dump(fresh / "mixture.json", mixture)
        _dump(fresh / "captions.json", captions)
        _dump(fresh / "cells.json", held)
        return _manifest(fresh, seed, count, images.hexdigest())


def _manifest(fresh: Path, seed: int, count: int, images: str) -> str:
    files = []
    for name in ("mixture.json", "captions.json", "cells.json"):
        with (fresh / name).open("rb") as stream:
            files.append({"path": name, "sha256": file_digest(stream, "sha256").hexdigest()})
    content = {"format": FORMAT, "seed": seed, "pictures": count, "images_sha256": images, "files": files}
    manifest = json.dumps(content, indent=1).encode()
    (fresh / "manifest.json").write_bytes(manifest)
    return sha256(manifest).hexdigest()
