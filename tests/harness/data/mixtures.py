"""Make small mixtures in LLaVA's format, some of whose records nobody can train on."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image


def picture(seed: int, side_px: int = 32) -> bytes:
    """Draw noise, another one for every seed."""
    stream = io.BytesIO()
    noise = np.random.default_rng(seed).integers(0, 256, (side_px, side_px, 3), dtype=np.uint8)
    Image.fromarray(noise).save(stream, "PNG")
    return stream.getvalue()


def record(name: str, image: Any = None, turns: int = 1) -> dict[str, Any]:
    """Write a record of so many turns; the words hold letters of several bytes."""
    said = [{"from": who, "value": f"{who} {n}: wörter 字 {name}"} for n in range(turns) for who in ("human", "gpt")]
    return {"id": name, "conversations": said} | ({} if image is None else {"image": image})


def whole(folder: Path, count: int) -> list[dict[str, Any]]:
    """Write `count` pictures into a folder, and return a record of each."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / "images" / f"{number}.png").write_bytes(picture(number))
    return [record(f"r{number}", f"images/{number}.png", 1 + number % 3) for number in range(count)]


def spoiled(folder: Path) -> list[tuple[dict[str, Any], str]]:
    """Return one record of each kind that is left out, with why."""
    (folder / "images" / "torn.png").write_bytes(picture(99)[:200])
    (folder / "images" / "words.png").write_text("no picture at all")
    odd = record("odd", "images/0.png")
    odd["conversations"].pop()
    return [
        (record("text"), "no picture"),
        (record("both", ["images/0.png", "images/1.png"]), "several pictures"),
        (odd, "turns"),
        (record("gone", "images/gone.png"), "absent picture"),
        (record("torn", "images/torn.png"), "broken picture"),
        (record("words", "images/words.png"), "broken picture"),
    ]


def write(file: Path, records: Sequence[dict[str, Any]], lines: bool = False) -> None:
    """Write records as one list, or one a line."""
    if lines:
        file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), encoding="utf-8")
    else:
        file.write_text(json.dumps(records, ensure_ascii=False, indent=1), encoding="utf-8")
