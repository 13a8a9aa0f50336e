"""The curriculum goes on where it stopped, and what is thrown away leaves no trace in the model."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from harness.data.speech import Speech
from harness.train import steering
from harness.train.exercises import Exercises
from harness.train.pretrain_language import LESSONS, MODEL, Lesson, skills, teach, words
from harness.train.seed import settle
from harness.train.symbols import Symbols

TEMPLATE = "{question}\nassistant:"
SHORT = tuple(Lesson(one.name, 2, one.rate, one.ask) for one in LESSONS)
ABOUT = Exercises(7, 20)


class Cut(Exception):
    """End a teaching as a power cut would."""


@pytest.fixture(scope="module")
def speech() -> Speech:
    return Speech(words(TEMPLATE), TEMPLATE)


@pytest.fixture
def pupil(speech: Speech) -> Callable[[], Symbols]:
    def make() -> Symbols:
        settle(3, "pupil")
        small = {**MODEL, "num_hidden_layers": 4, "hidden_size": 64, "intermediate_size": 64}
        return Symbols(LlamaForCausalLM(LlamaConfig(**small, vocab_size=len(speech.tokenizer))), speech, 8, 0.1)

    return make


def test_a_teaching_cut_short_goes_on_to_the_same_weights(pupil, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(steering, "EVERY_S", 0)
    whole, first, second = pupil(), pupil(), pupil()
    teach(whole, SHORT, ABOUT, tmp_path / "whole", lambda done, total, note: None)

    def cut(done: int, total: int, note: str) -> None:
        if done == 3:
            raise Cut

    with pytest.raises(Cut):
        teach(first, SHORT, ABOUT, tmp_path / "cut", cut)
    steps: list[int] = []
    teach(second, SHORT, ABOUT, tmp_path / "cut", lambda done, total, note: steps.append(done))
    assert steps == [4, 5, 6]
    for name, parameter in whole.named_parameters():
        assert torch.equal(parameter, second.get_parameter(name)), name


def test_a_lesson_teaches(pupil, tmp_path: Path):
    symbols = pupil()
    lesson = Lesson("one", 40, 3e-3, lambda about, step: about.captions(0, 2, 0))
    told: list[str] = []
    teach(symbols, [lesson], ABOUT, tmp_path, lambda done, total, note: told.append(note))
    before, after = (float(note.rsplit(" ", 1)[1]) for note in (told[0], told[-1]))
    assert after < before / 2


def test_neighbours_and_hints_are_no_part_of_the_model(pupil):
    symbols = pupil()
    kept = {name for name, _ in symbols.language.named_parameters()}
    assert {name for name, _ in symbols.named_parameters()} == {f"language.{name}" for name in kept} | {
        "left.weight", "left.bias", "above.weight", "above.bias"
    }  # fmt: skip


def test_the_same_noise_has_the_same_name(pupil):
    symbols = pupil()
    laid = symbols.lay(ABOUT.captions(0, 2, 0))
    assert torch.equal(symbols.paint(laid.words, "a", 1), symbols.paint(laid.words, "a", 1))
    assert not torch.equal(symbols.paint(laid.words, "a", 1), symbols.paint(laid.words, "a", 2))


def test_an_untaught_model_knows_nothing_and_every_kind_is_asked(pupil):
    known = skills(pupil().eval(), 20)
    assert len(known) >= 10
    assert max(known.values()) <= 0.5
