"""Read LLaVA's conversation format: a picture and turns of question and answer."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import InvalidEvidence

PICTURE = "<image>"


@dataclass(frozen=True, slots=True)
class Turn:
    """Hold one question and its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """Hold the turns about one picture; `picture` is its file."""

    id: str
    picture: Path
    turns: tuple[Turn, ...]


def read_conversations(file: Path, pictures: Path) -> tuple[Conversation, ...]:
    """Read a JSON list of {"id", "image", "conversations": [{"from": "human" | "gpt", "value"}, ...]}.

    The picture mark `<image>` of the first turn is dropped: the picture always stands before the words.

    Raises:
        InvalidEvidence: the file is no such list; the message names the record.
    """
    try:
        records = json.loads(file.read_bytes())
        return tuple(_conversation(record, pictures) for record in records)
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise InvalidEvidence(f"{file} is not in the LLaVA conversation format: {error!r}") from error


def _conversation(record: dict[str, Any], pictures: Path) -> Conversation:
    said = record["conversations"]
    roles = [turn["from"] for turn in said]
    if not said or roles != ["human", "gpt"] * (len(said) // 2):
        raise ValueError(f"record '{record['id']}': turns must alternate human, gpt; came {roles}")
    turns = tuple(
        Turn(asked["value"].replace(PICTURE, "").strip("\n"), told["value"])
        for asked, told in zip(said[::2], said[1::2], strict=True)
    )
    return Conversation(str(record["id"]), pictures / record["image"], turns)
