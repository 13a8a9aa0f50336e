"""Read LLaVA's conversation format: a picture and turns of question and answer."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.data.records import stream
from harness.errors import InvalidEvidence

PICTURE = "<image>"


@dataclass(frozen=True, slots=True)
class Turn:
    """Hold one question and its answer; `tag` names its kind, where the source tells kinds apart."""

    question: str
    answer: str
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Hold the turns about one picture; `picture` is its file, `sha256` its digest where a manifest pins each."""

    id: str
    picture: Path
    turns: tuple[Turn, ...]
    sha256: str = ""


def read_conversations(file: Path, pictures: Path) -> tuple[Conversation, ...]:
    """Read a JSON list of {"id", "image", "conversations": [{"from": "human" | "gpt", "value"}, ...]}.

    A record may bring "tags", one for each turn: the kinds that losses are told apart by. The picture mark `<image>` of
    the first turn is dropped: the picture always stands before the words.

    Raises:
        InvalidEvidence: the file holds no such records; the message names the first that is none.
    """
    return tuple(conversation(record, pictures, f"{file}, record {at}") for at, record in enumerate(stream(file)))


def conversation(record: Any, pictures: Path, where: str) -> Conversation:
    """Read one record; `where` names it in a refusal.

    Raises:
        InvalidEvidence: it is not in the format.
    """
    try:
        name, picture = str(record["id"]), pictures / record["image"]
        said = [(turn["from"], turn["value"]) for turn in record["conversations"]]
    except (KeyError, TypeError) as error:
        raise InvalidEvidence(
            f"{where} is not in the LLaVA conversation format ({error!r}): {str(record)[:80]}"
        ) from error
    roles = [role for role, _ in said]
    if not said or roles != ["human", "gpt"] * (len(said) // 2):
        raise InvalidEvidence(f"{where}, '{name}': turns must alternate human, gpt; came {roles}")
    for _, words in said:
        if not isinstance(words, str):
            raise InvalidEvidence(f"{where}, '{name}': a turn says {words!r}, which is no text")
    tags = record.get("tags", [""] * (len(said) // 2))
    if not isinstance(tags, list) or len(tags) != len(said) // 2 or not all(isinstance(tag, str) for tag in tags):
        raise InvalidEvidence(f"{where}, '{name}': expected a text in tags for each of {len(said) // 2} turns: {tags}")
    turns = tuple(
        Turn(asked.replace(PICTURE, "").strip("\n"), told, tag)
        for (_, asked), (_, told), tag in zip(said[::2], said[1::2], tags, strict=True)
    )
    return Conversation(name, picture, turns)
