import pytest

from benchmarks.card import Picture, Sample, pictures_first
from benchmarks.layout import first_picture_only, marked_pictures_first, pictures_at_marks

ONE, TWO, THREE = (Picture.of(data) for data in (b"1", b"2", b"3"))
LAYOUTS = [pictures_first, first_picture_only, marked_pictures_first, pictures_at_marks]


def _sample(*pictures):
    return Sample("s", "q?", pictures, (), ("a",), "", "", "")


def test_all_pictures_stand_before_the_words_by_default():
    assert pictures_first(_sample(ONE, TWO), "see <image 2>") == (ONE, TWO, "see <image 2>")


def test_only_the_first_picture_is_shown():
    assert first_picture_only(_sample(ONE, TWO), "see <image 2>") == (ONE, "see <image 2>")
    assert first_picture_only(_sample(), "words") == ("words",)


def test_marked_pictures_stand_first_in_order_and_each_once():
    words = "<image 3> after <image 1>, again <image 3>"
    assert marked_pictures_first(_sample(ONE, TWO, THREE), words) == (ONE, THREE, words)


def test_words_without_marks_show_no_marked_picture():
    assert marked_pictures_first(_sample(ONE), "words") == ("words",)


def test_each_picture_takes_the_place_of_its_mark_as_often_as_it_is_marked():
    words = "<image 2> or <image 1>? <image 2>"
    assert pictures_at_marks(_sample(ONE, TWO), words) == (TWO, " or ", ONE, "? ", TWO)


def test_words_without_marks_follow_all_pictures():
    assert pictures_at_marks(_sample(ONE, TWO), "words") == (ONE, TWO, "words")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_sample_without_pictures_is_its_words(layout):
    assert layout(_sample(), "words") == ("words",)
