"""What the language model is asked is a function of the step; a hint stands where the options are not yet read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.mini import mixture
from harness.data.conversation import Turn
from harness.data.order import generator
from harness.data.speech import Speech
from harness.train import letters
from harness.train.exercises import Exercises, hint, in_words
from harness.train.pretrain_language import words

TEMPLATE = "{question}\nassistant:"
ABOUT = Exercises(5, 60)


@pytest.fixture(scope="module")
def speech() -> Speech:
    return Speech(words(TEMPLATE), TEMPLATE)


@pytest.mark.parametrize("ask", [ABOUT.letters, lambda step, n: ABOUT.captions(step, n, 1)])
def test_a_step_asks_the_same_whenever_it_is_asked(ask):
    assert ask(3, 4) == ask(3, 4)
    assert ask(3, 4) != ask(4, 4)
    assert ABOUT.questions(7, 4, 1) == Exercises(5, 60).questions(7, 4, 1)


def test_a_turn_in_words_has_the_text_of_the_right_option():
    asked = Turn("What color is it? Options:\nA. red\nB. blue\nAnswer with the option's letter.", "B")
    said = in_words(asked)
    assert said is not None
    assert (said.answer, "A. red\nB. blue\n" in said.question) == ("blue", True)
    assert in_words(Turn("How many?\nAnswer with a number.", "3")) is None


def test_a_hint_points_at_the_last_token_before_the_options(speech):
    asked = Turn("Which kind of thing is purple? Options:\nA. tool\nB. animal\nAnswer.", "B")
    found = hint(asked, speech)
    assert found is not None
    tokens = speech.question(asked.question)
    assert speech.text(tokens[: found.place + 1]).endswith("is purple?")
    assert speech.text([found.token]) == "animal"


def test_every_choice_question_of_the_mixture_has_a_hint_and_no_other(speech):
    seen = 0
    for one in mixture.compose(6, 60):
        for question, answer in one.turns:
            found = hint(Turn(question, answer), speech)
            assert (found is not None) == ("\nA. " in question or "\n(A) " in question)
            if found is not None:
                before = speech.text(speech.question(question)[: found.place + 1])
                assert question.strip().startswith(before)
                assert "\nA." not in before
                assert "\n(A)" not in before
                seen += 1
    assert seen > 50


@given(st.integers(0, 10_000))
def test_a_question_on_letters_names_its_answer_once(number):
    asked = letters.ask(generator("letters", number))
    told = in_words(asked)
    assert told is not None
    assert asked.question.split("?")[0].endswith(f"is {told.answer}")
