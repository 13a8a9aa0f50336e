"""Questions are pinned by everything that marks, pools or clusters an answer, and a pin never changes."""

from dataclasses import replace

import pytest

from benchmarks.card import Picture
from harness.errors import InvalidEvidence
from harness.record import pins
from tests.harness.nouns import digest, samples

ASKED = samples(4, 2)
NAME, DIGEST = "gqa", digest("samples")


def pinned(tmp_path, asked=ASKED):
    path = tmp_path / "questions.csv"
    pins.add(path, NAME, DIGEST, asked)
    return path


def test_what_was_pinned_is_known_again(tmp_path):
    path = pinned(tmp_path)
    pins.demand_pinned(pins.read(path), NAME, DIGEST, ASKED)
    assert pins.read(path) == {(NAME, DIGEST): pins.content(ASKED)}


def test_pinning_again_changes_no_byte_and_the_order_of_pinning_is_irrelevant(tmp_path):
    path = pinned(tmp_path)
    before = path.read_bytes()
    pins.add(path, NAME, DIGEST, ASKED)
    assert path.read_bytes() == before
    (tmp_path / "other").mkdir()
    both = [("mme", digest("others"), ASKED[:2]), (NAME, DIGEST, ASKED)]
    for folder, order in ((tmp_path, both), (tmp_path / "other", both[::-1])):
        for one in order:
            pins.add(folder / "questions.csv", *one)
    assert path.read_bytes() == (tmp_path / "other" / "questions.csv").read_bytes()
    assert len(pins.read(path)) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"question": "what else?"},
        {"answers": ("yes", "no")},
        {"choices": ("no", "yes")},
        {"category": "easy"},
        {"kind": "easy"},
        {"cluster": "of its own"},
        {"meta": {"source": "easy"}},
        {"id": "another"},
    ],
)
def test_a_question_with_anything_else_in_it_is_not_the_pinned_one(tmp_path, change):
    bent = (replace(ASKED[0], **change), *ASKED[1:])
    assert bent != ASKED
    with pytest.raises(InvalidEvidence, match="what marks an answer was changed"):
        pins.demand_pinned(pins.read(pinned(tmp_path)), NAME, DIGEST, bent)


def test_a_question_left_out_or_put_elsewhere_is_not_the_pinned_set(tmp_path):
    known = pins.read(pinned(tmp_path))
    for bent in (ASKED[1:], ASKED[::-1], (*ASKED, ASKED[0]), ()):
        with pytest.raises(InvalidEvidence):
            pins.demand_pinned(known, NAME, DIGEST, bent)


def test_another_picture_is_another_question(tmp_path):
    shown = (replace(ASKED[0], pictures=(Picture(digest("one"), bytes),)), *ASKED[1:])
    other = (replace(ASKED[0], pictures=(Picture(digest("other"), bytes),)), *ASKED[1:])
    with pytest.raises(InvalidEvidence):
        pins.demand_pinned(pins.read(pinned(tmp_path, shown)), NAME, DIGEST, other)


@pytest.mark.parametrize(("name", "samples_digest"), [("mme", DIGEST), (NAME, digest("others"))])
def test_questions_under_another_name_or_digest_are_pinned_nowhere(tmp_path, name, samples_digest):
    with pytest.raises(InvalidEvidence, match="pinned nowhere here"):
        pins.demand_pinned(pins.read(pinned(tmp_path)), name, samples_digest, ASKED)


def test_a_pin_is_never_changed(tmp_path):
    path = pinned(tmp_path)
    before = path.read_bytes()
    with pytest.raises(InvalidEvidence, match=r"questions\.csv"):
        pins.add(path, NAME, DIGEST, ASKED[1:])
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "bend",
    [
        lambda text: "",
        lambda text: text.splitlines(keepends=True)[0],
        lambda text: text.replace("samples", "sample", 1),
        lambda text: text + text.splitlines(keepends=True)[1],
        lambda text: text + "gqa\n",
        lambda text: text + "gqa,a,b,c\n",
        lambda text: text + '"gqa,a,b\n',
        lambda text: text.replace("benchmark,samples,content", "content,samples,benchmark"),
        lambda text: text.replace("gqa", "\udcff"),
        lambda text: text.replace("gqa,", ","),
        lambda text: text[:-10] + "\n",
        lambda text: text.replace(DIGEST, DIGEST.upper()),
        lambda text: text.replace("gqa", "gqa\0"),
        lambda text: text.replace("gqa", "../gqa"),
    ],
)
def test_a_table_of_pins_that_was_bent_is_refused(tmp_path, bend):
    path = pinned(tmp_path)
    path.write_bytes(bend(path.read_text()).encode(errors="surrogateescape"))
    with pytest.raises(InvalidEvidence, match=r"questions\.csv"):
        pins.read(path)


def test_an_absent_or_endless_table_pins_nothing(tmp_path, monkeypatch):
    with pytest.raises(InvalidEvidence, match="absent"):
        pins.read(tmp_path / "questions.csv")
    monkeypatch.setattr(pins, "SIZE_LIMIT", 10)
    with pytest.raises(InvalidEvidence, match="larger than 10 bytes"):
        pins.read(pinned(tmp_path))
