import pytest

from benchmarks.card import Picture
from benchmarks.errors import InvalidData
from benchmarks.general.gqa import GQA, IMAGES, QUESTIONS

TYPES = {"structural": "query", "semantic": "attr", "detailed": "material"}


def _sample(answer="yes"):
    row = {"id": "1", "imageId": "n1", "question": "Q?", "answer": answer, "fullAnswer": "F.", "types": TYPES}
    rows = {QUESTIONS: [row], IMAGES: [{"id": "n1", "image": Picture.of(b"x")}]}
    (sample,) = GQA.to_samples(rows)
    return sample


def _values(answer, gold="yes"):
    return [protocol.mark(_sample(gold), answer).value for protocol in GQA.protocols.values()]


def test_questions_are_joined_to_images_by_image_id():
    assert (_sample().cluster, _sample().kind, _sample().category) == ("n1", "material", "query")


def test_a_question_about_an_absent_image_is_invalid():
    row = {"id": "1", "imageId": "n2", "question": "Q?", "answer": "a", "fullAnswer": "F.", "types": TYPES}
    with pytest.raises(InvalidData, match="n2"):
        list(GQA.to_samples({QUESTIONS: [row], IMAGES: []}))


def test_prompts_end_in_the_short_suffix():
    for protocol in GQA.protocols.values():
        assert protocol.prompt(_sample()) == "Q?\nAnswer the question using a single word or phrase."


def test_only_trailing_dots_are_forgiven():
    assert _values("Yes...") == [1, 1, 0]
    assert _values("yes!") == [0, 1, 0]


def test_inflections_are_wrong_although_the_code_has_a_stemmer():
    assert _values("cars", gold="car") == [0, 0, 0]


def test_punctuation_vanishes_without_leaving_a_blank():
    assert _values("t-shirt", gold="tshirt") == [0, 1, 0]
    assert _values("t-shirt", gold="t shirt") == [0, 0, 0]


def test_a_trailing_dot_makes_the_answer_wrong():
    assert _values("yes.")[2] == 0
    assert _values(" Yes ")[2] == 1
