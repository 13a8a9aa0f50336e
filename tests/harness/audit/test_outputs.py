import json

import pytest

from harness.audit.outputs import LEVELS, as_json, as_sarif
from harness.audit.page import as_markdown
from harness.cli.audit import audit
from harness.errors import InvalidEvidence, UsageError
from tests.harness.audit.control import report_of

FAULTY = "model,MMVP,GQA\nA,51.5,63.3\nB,51.3,-\n"
CLEAN = "model,MMVP,GQA\nA,51.3,63.3\n"


def test_json_is_a_list_of_findings_with_five_fields():
    findings = json.loads(as_json(report_of(FAULTY)))
    assert findings[0]["severity"] == "impossible"
    assert all(set(finding) == {"check", "severity", "cells", "arithmetic", "explanation"} for finding in findings)
    (cell,) = findings[0]["cells"]
    assert cell == {"table": "table", "row": "A", "column": "MMVP", "printed": "51.5", "line": 2}


def test_sarif_names_rules_levels_and_lines():
    log = json.loads(as_sarif(report_of(FAULTY), "results/my table.csv"))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    for result in run["results"]:
        assert result["ruleId"] in rules
        assert result["level"] in set(LEVELS.values())
        for location in result["locations"]:
            assert location["physicalLocation"]["artifactLocation"]["uri"] == "results/my%20table.csv"
            assert location["physicalLocation"]["region"]["startLine"] >= 1


def test_the_page_says_what_was_read_as_what():
    page = as_markdown(report_of(FAULTY))
    assert "| MMVP | mmvp | 100 | 150 | its label | 1 |" in page
    assert "51.5 x 150 / 100 = 77.25" in page


def test_a_hostile_label_cannot_write_the_page():
    page = as_markdown(report_of("model,MMVP,GQA\n<script>|x`[a](b),51.5,63.3\nB,51.3,60.0\n"))
    assert "<script>" not in page
    assert "](b)" not in page.replace("\\]", "")


@pytest.mark.parametrize("words", [{}, {"json": True}, {"format": "json"}, {"format": "markdown"}, {"format": "sarif"}])
def test_the_exit_code_is_20_for_faults_and_0_without(tmp_path, capsys, words):
    faulty, clean = tmp_path / "faulty.csv", tmp_path / "clean.csv"
    faulty.write_text(FAULTY)
    clean.write_text(CLEAN)
    assert audit(faulty, **words) == 20
    assert audit(clean, **words) == 0
    spoken = capsys.readouterr()
    assert spoken.out
    assert "faulty.csv: 3 numbers in 1 table" in spoken.err


def test_the_terminal_shows_markup_of_a_file_as_text(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text("model,MMVP,GQA\n[bold]A[/bold] [red],51.5,63.3\n")
    audit(path)
    assert "[bold]A[/bold] [red]" in capsys.readouterr().out


def test_a_wrong_file_and_a_wrong_mapping_end_in_their_errors(tmp_path):
    with pytest.raises(UsageError):
        audit(tmp_path / "absent.csv")
    path = tmp_path / "t.csv"
    path.write_text("words\nonly\n")
    with pytest.raises(InvalidEvidence):
        audit(path)
    path.write_text(CLEAN)
    with pytest.raises(UsageError):
        audit(path, mapping=tmp_path / "absent.toml")


def test_two_audits_of_one_file_are_the_same_bytes():
    assert as_markdown(report_of(FAULTY)) == as_markdown(report_of(FAULTY))
