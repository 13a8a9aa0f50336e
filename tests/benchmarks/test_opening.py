import pytest

from benchmarks.opening import opening_word


@pytest.mark.parametrize(
    ("question", "opening"),
    [("What is it?", "what"), ("  how\nmany?", "how"), ("Count them", "other"), ("", "other"), ("\u3000", "other")],
)
def test_a_common_opening_word_is_the_type_and_every_other_is_one(question, opening):
    assert opening_word(question) == opening
