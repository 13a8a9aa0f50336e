import copy

import pytest

from benchmarks.errors import BenchmarkError, InvalidData, UnknownName


def test_an_unknown_name_says_what_came_what_is_known_and_what_was_meant():
    error = UnknownName("encoder", "clips", ["clip", "siglip"])
    assert str(error) == "no encoder 'clips'. Did you mean 'clip'? Known: clip, siglip"


def test_a_far_name_gets_no_guess():
    assert "Did you mean" not in str(UnknownName("benchmark", "zzz", ["gqa", "ai2d"]))


@pytest.mark.parametrize(("error", "code"), [(UnknownName("benchmark", "x", ["y"]), 2), (InvalidData("bad"), 40)])
def test_errors_carry_their_exit_code_and_survive_copying(error, code):
    again = copy.copy(error)
    assert isinstance(error, BenchmarkError)
    assert isinstance(error, ValueError)
    assert error.exit_code == again.exit_code == code
    assert str(again) == str(error)
