"""Draw the training mixture: conversations about pictures in LLaVA's format, and captions for the projector stage.

`mixture.json` is a list of {"id", "image", "conversations": [{"from": "human" or "gpt", "value"}, ...]}; the first
human turn starts with `<image>` and a line break. `captions.json` has one turn a picture. Format: haotian-liu/LLaVA @
c121f04, docs/Finetune_Custom_Data.md. Questions go through the row readers and the default prompts of the cards
themselves, so a suffix seen in training is the one asked in a test.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from benchmarks.card import Benchmark, Picture, Row
from benchmarks.general.gqa import GQA, IMAGES, QUESTIONS
from benchmarks.knowledge.ai2d import AI2D
from benchmarks.mini import pictures
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import Drawn, Kind
from benchmarks.mini.folder import replaced
from benchmarks.mini.questions import ai2d, chartqa, cv_bench_2d, gqa
from benchmarks.mini.questions.balance import Balance
from benchmarks.ocr_chart.chartqa import CHARTQA
from benchmarks.vision_centric.cv_bench_2d import CV_BENCH_2D

PICTURES = 4000
FEWEST_TURNS = 4
CAPTION_PROMPT = "Describe the picture."
FORMAT = 1
# Ten pictures in turn: scenes serve two benchmarks, charts and diagrams one each.
_CYCLE: tuple[Kind, ...] = 2 * ("scene", "chart", "scene", "diagram") + ("scene", "chart")

Progress = Callable[[int, int], None]
_Balances = dict[str, Balance]


def _turn(benchmark: Benchmark, row: Row, picture: Picture) -> tuple[str, str]:
    """Ask one row through the card: the reader, then the default prompt; the answer is the gold."""
    if benchmark is GQA:
        rows = {QUESTIONS: [{"id": "", "imageId": "", **row}], IMAGES: [{"id": "", "image": picture}]}
    else:
        (config,) = benchmark.source.configs
        rows = {config: [{"idx": 0, "source": "drawn", **row, "image": picture}]}
    (sample,) = benchmark.to_samples(rows)
    return benchmark.protocol().prompt(sample), sample.answers[0]


def _asked(drawn: Drawn, dice: Dice, balances: _Balances) -> Iterator[tuple[Benchmark, Row]]:
    count = dice.between(4, 6)
    if drawn.kind == "chart":
        for row in chartqa.ask(drawn.plan, dice, balances["chartqa"], count):
            yield CHARTQA, row
    elif drawn.kind == "diagram":
        for row in ai2d.ask(drawn.plan, dice, balances["ai2d"], count, "train"):
            yield AI2D, row
    else:
        for row in gqa.ask(drawn.plan, dice, balances["gqa"], count - 2):
            yield GQA, row
        for row in cv_bench_2d.ask(drawn.plan, dice, balances["cv_bench_2d"], 2):
            yield CV_BENCH_2D, row


def _conversation(name: str, image: str, turns: list[tuple[str, str]]) -> dict[str, Any]:
    said = [item for human, gpt in turns for item in ({"from": "human", "value": human}, {"from": "gpt", "value": gpt})]
    said[0]["value"] = f"<image>\n{said[0]['value']}"
    return {"id": name, "image": image, "conversations": said}


def _dump(path: Path, content: list[dict[str, Any]]) -> None:
    lines = ",\n".join(json.dumps(item, ensure_ascii=False) for item in content)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8", newline="\n")


@dataclass(frozen=True, slots=True, eq=False)
class Composed:
    """Hold one picture of the mixture with its encoded bytes and its turns of (question, answer)."""

    drawn: Drawn
    png: bytes
    turns: tuple[tuple[str, str], ...]


def compose(seed: int, count: int) -> Iterator[Composed]:
    """Yield `count` pictures with their questions; no layout occurs twice, and none is a test layout.

    A picture that allows fewer than four questions whose answers are due is left out.
    """
    balances: _Balances = {name: Balance() for name in ("gqa", "ai2d", "chartqa", "cv_bench_2d")}
    seen: set[str] = set()
    made, index = 0, -1
    while made < count:
        index += 1
        drawn = pictures.draw(_CYCLE[made % len(_CYCLE)], "train", seed, index)
        if drawn.key in seen:
            continue
        seen.add(drawn.key)
        png, dice = drawn.png(), Dice("ask", "mixture", seed, index)
        picture = Picture.of(png)
        turns = [_turn(benchmark, row, picture) for benchmark, row in _asked(drawn, dice, balances)]
        if len(turns) >= FEWEST_TURNS:
            made += 1
            yield Composed(drawn, png, tuple(dice.shuffled(turns)))


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
    images = sha256()
    with replaced(folder) as fresh:
        (fresh / "images").mkdir()
        for number, one in enumerate(compose(seed, count)):
            name = f"{number:06d}"
            image = f"images/{name}.png"
            (fresh / image).write_bytes(one.png)
            images.update(sha256(one.png).digest())
            mixture.append(_conversation(name, image, list(one.turns)))
            captions.append(_conversation(name, image, [(CAPTION_PROMPT, one.drawn.caption)]))
            if progress is not None and (len(mixture) % 100 == 0 or len(mixture) == count):
                progress(len(mixture), count)
        _dump(fresh / "mixture.json", mixture)
        _dump(fresh / "captions.json", captions)
        return _manifest(fresh, seed, count, images.hexdigest())


def _manifest(fresh: Path, seed: int, count: int, images: str) -> str:
    files = []
    for name in ("mixture.json", "captions.json"):
        with (fresh / name).open("rb") as stream:
            files.append({"path": name, "sha256": file_digest(stream, "sha256").hexdigest()})
    content = {"format": FORMAT, "seed": seed, "pictures": count, "images_sha256": images, "files": files}
    manifest = json.dumps(content, indent=1).encode()
    (fresh / "manifest.json").write_bytes(manifest)
    return sha256(manifest).hexdigest()
