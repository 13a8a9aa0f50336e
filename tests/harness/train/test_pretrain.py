"""A part is the same however often its making is looked at or cut short, and its course is kept whole."""

import math
from hashlib import sha256

import pytest

from harness.train import pretrain, steering
from harness.train.pretrain import MIXES, Made, pretrain_encoder

STEPS = 4


class Cut(Exception):
    """End a training as a power cut would."""


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(pretrain, "STEPS", {"sam": STEPS})
    monkeypatch.setattr(pretrain, "BATCH", 8)
    monkeypatch.setattr(steering, "EVERY_S", 0)


def digest(made: Made) -> str:
    return sha256(made.files["sam.safetensors"].read_bytes()).hexdigest()


def quiet(done: int, total: int, note: str) -> None:
    """Hear nothing."""


def test_looking_on_changes_no_weight(monkeypatch, tmp_path):
    seen = pretrain_encoder("sam", tmp_path / "seen", quiet)
    monkeypatch.setattr(pretrain, "LOOKS", 1)
    rarely = pretrain_encoder("sam", tmp_path / "rarely", quiet)
    assert digest(seen) == digest(rarely)
    assert len(rarely.course["sam"]["effective_rank"]) < len(seen.course["sam"]["effective_rank"]) == STEPS


def test_what_is_cut_short_ends_in_the_same_weights_and_the_same_course(tmp_path):
    whole = pretrain_encoder("sam", tmp_path / "whole", quiet)

    def cut(done: int, total: int, note: str) -> None:
        if done == 2:
            raise Cut

    with pytest.raises(Cut):
        pretrain_encoder("sam", tmp_path / "cut", cut)
    again = pretrain_encoder("sam", tmp_path / "cut", quiet)
    assert digest(again) == digest(whole)
    assert again.course == whole.course


def test_a_course_tells_loss_skill_and_rank_by_kind_of_picture(tmp_path):
    (course,) = pretrain_encoder("sam", tmp_path, quiet).course.values()
    kinds = set(MIXES["sam"])
    assert {name.removeprefix("skill/") for name in course if name.startswith("skill/")} == kinds
    assert {name.removeprefix("loss/") for name in course if name.startswith("loss/")} == kinds
    assert {"loss", "effective_rank"} <= set(course)
    assert "seconds" not in course
    for name, points in course.items():
        assert [step for step, _ in points] == sorted({step for step, _ in points})
        assert all(math.isfinite(value) for _, value in points)
        assert not name.startswith("skill/") or all(0 <= value <= 1 for _, value in points)
