"""Conversations and sources are read as they are pinned, or refused by name."""

import json
import shutil

import pytest

from harness.data.conversation import Turn, read_conversations
from harness.data.sources import read
from harness.errors import InvalidEvidence


def record(*said: tuple[str, object], **fields: object) -> dict:
    return {
        "id": "r7",
        "image": "a.png",
        "conversations": [{"from": who, "value": what} for who, what in said],
    } | fields


def written(folder, content: object):
    file = folder / "c.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def test_turns_come_in_order_without_the_picture_mark(tmp_path):
    said = (("human", "<image>\nWhat is it?"), ("gpt", "a ring"), ("human", "And now?\n"), ("gpt", "two\nlines"))
    (one,) = read_conversations(written(tmp_path, [record(*said)]), tmp_path)
    assert one.turns == (Turn("What is it?", "a ring"), Turn("And now?", "two\nlines"))
    assert (one.id, one.picture) == ("r7", tmp_path / "a.png")


def test_a_turn_has_the_tag_of_its_place_or_none(tmp_path):
    said = (("human", "q"), ("gpt", "a"), ("human", "r"), ("gpt", "b"))
    tagged, plain = read_conversations(written(tmp_path, [record(*said, tags=["x", "y"]), record(*said)]), tmp_path)
    assert [turn.tag for turn in tagged.turns] == ["x", "y"]
    assert [turn.tag for turn in plain.turns] == ["", ""]


ASKED, TOLD = ("human", "q"), ("gpt", "a")


@pytest.mark.parametrize(
    "fault",
    [
        record(),
        record(ASKED),
        record(TOLD, ASKED),
        record(ASKED, TOLD, ASKED),
        record(ASKED, ASKED),
        record(("system", "x"), ASKED, TOLD),
        record(("human", None), TOLD),
        record(ASKED, ("gpt", 5)),
        record(ASKED, TOLD, image=None),
        record(ASKED, TOLD, tags="gqa"),
        record(ASKED, TOLD, tags=["gqa", "mme"]),
        record(ASKED, TOLD, tags=[5]),
        {"id": "r7", "image": "a.png"},
        {"id": "r7", "conversations": record(ASKED, TOLD)["conversations"]},
        {"id": "r7", "image": "a.png", "conversations": [{"from": "human"}, {"from": "gpt", "value": "a"}]},
        {"id": "r7", "image": "a.png", "conversations": "words"},
    ],
)
def test_a_faulty_record_is_refused_by_its_name(tmp_path, fault):
    with pytest.raises(InvalidEvidence, match="r7"):
        read_conversations(written(tmp_path, [record(ASKED, TOLD, id="fine"), fault]), tmp_path)


@pytest.mark.parametrize("content", ["", "[", "{}", '"words"', "[5]", "[{}]", "null", "[null]"])
def test_a_file_that_is_no_list_of_conversations_is_refused(tmp_path, content):
    file = written(tmp_path, content)
    with pytest.raises(InvalidEvidence, match=str(file)):
        read_conversations(file, tmp_path)


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    file = tmp_path / "c.json"
    file.write_bytes(b'[{"id": "\xff"}]')
    with pytest.raises(InvalidEvidence, match=str(file)):
        read_conversations(file, tmp_path)


@pytest.fixture
def data(miniature, tmp_path):
    return shutil.copytree(miniature.data, tmp_path / "data")


def test_a_source_is_read_as_it_was_drawn(miniature, data):
    for source in miniature.recipe.stages[1].sources:
        conversations = read(source, data, read_conversations)
        assert len(conversations) == 40
        assert all(one.picture.is_file() and one.turns for one in conversations)


def edit_manifest(data):
    path = data / "manifest.json"
    path.write_bytes(path.read_bytes() + b" ")


def truncate_conversations(data):
    path = data / "mixture.json"
    path.write_bytes(path.read_bytes()[:-40])


def change_an_answer(data):
    path = data / "mixture.json"
    path.write_text(path.read_text().replace('"gpt"', '"gpt" ', 1))


def remove_conversations(data):
    (data / "mixture.json").unlink()


def swap_two_pictures(data):
    first, second = sorted((data / "images").iterdir())[:2]
    one = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(one)


def remove_a_picture(data):
    sorted((data / "images").iterdir())[3].unlink()


@pytest.mark.parametrize(
    "harm",
    [
        edit_manifest,
        truncate_conversations,
        change_an_answer,
        remove_conversations,
        swap_two_pictures,
        remove_a_picture,
    ],
)
def test_a_source_that_is_not_the_pinned_one_is_refused_and_left_alone(miniature, data, harm):
    harm(data)
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    with pytest.raises(InvalidEvidence, match=r"expected .*found|no mixture\.json|cannot be read"):
        read(miniature.recipe.stages[1].sources[0], data, read_conversations)
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before
