"""No threat ends as MATCH, and the page that says so is the one that the corpus writes."""

import pytest

from benchmarks.errors import BenchmarkError
from harness.errors import InvalidEvidence
from tests.harness.verify.bundles import made
from tests.house.sources import ROOT
from tests.threats.attacks import answers, checked, judged
from tests.threats.corpus import THREATS
from tests.threats.matrix import text

ATTACKS = [(threat, attack) for threat in THREATS for attack in threat.attacks]


@pytest.mark.parametrize(("threat", "attack"), ATTACKS, ids=[attack.__name__ for _, attack in ATTACKS])
def test_no_threat_ends_as_a_match(threat, attack, tmp_path):
    try:
        outcome = attack(tmp_path)
    except (InvalidEvidence, BenchmarkError) as error:
        outcome = {40: "INVALID"}.get(error.exit_code)
    assert outcome == "INVALID"


def test_without_an_attack_the_same_evidence_matches(tmp_path):
    assert judged(answers()) == "MATCH"
    assert checked(made(tmp_path)) == "MATCH"


def test_every_row_of_the_survey_is_answered():
    assert [threat.number for threat in THREATS] == list(range(1, 33))
    assert all(threat.attacks or threat.elsewhere for threat in THREATS)


def test_the_page_is_up_to_date():
    assert (ROOT / "docs" / "threats.md").read_text(encoding="utf-8") == text()
