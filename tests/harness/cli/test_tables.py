"""A verdict on a terminal says everything that its JSON says: what was redrawn, how often it was tried, every note."""

import pytest

from harness.cli.screen import answer
from harness.cli.tables import verdicts
from harness.schema.verdict import Verdict
from tests.harness.nouns import digest, entry

NOTE = "too good: 0 of 480 answers changed where 10.0% do between honest runs; the answers may be copied"


def verdict(seed=0, **fields) -> Verdict:
    stated = {"regime": "repredict", "outcome": "MATCH", "why": "small", "policy": digest("policy"), **fields}
    return Verdict.model_validate({"entry": entry(seed=seed), **stated})


@pytest.fixture
def shown(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")

    def told(*rows: Verdict) -> str:
        answer(None, verdicts(rows), as_json=False)
        return capsys.readouterr().out

    return told


def test_one_verdict_shows_setting_test_tries_and_notes(shown):
    told = shown(verdict(setting="R1", test="sign flips, exact mid-p", p_value=0.25, attempts=3, notes=[NOTE, "other"]))
    for words in (
        "R1: answered again on the same image",
        "exact mid-p: p = 0.25",
        "re-runs so far",
        NOTE[:40],
        "other",
    ):
        assert words in told


def test_a_match_that_is_too_good_is_warned_of_in_a_table_too(shown):
    told = shown(verdict(), verdict(1, notes=["canaries: all 32 the same", NOTE]))
    assert NOTE[:40] in told
    assert "canaries" not in told
