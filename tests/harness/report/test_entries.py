"""Entries with verdicts: every one is shown, and one that nobody judged says so."""

import json
import re

import pytest

from harness.errors import InvalidEvidence
from harness.report.entries import NOT_JUDGED, counted, joined, read_verdicts, table, to_html
from harness.report.table import to_csv
from harness.schema.score import Score, Signature
from harness.schema.verdict import Verdict
from tests.harness.nouns import digest, entry


def score(benchmark="chartqa"):
    signature = Signature(
        benchmark=benchmark, version="1", split="test", n=480, samples=digest("s"), prompts=digest("p"),
        protocol="cambrian", engine="reference", decoding=digest("d"),
    )  # fmt: skip
    return Score(
        entry=entry(benchmark=benchmark), value=49.5, unit="per cent", n=480, clusters=120, standard_error=2.0,
        blind=22.9, chance=0.0, unparsed=0, signature=signature,
    )  # fmt: skip


def verdict(outcome, stored, **fields):
    return Verdict(
        entry=stored.entry, regime="rescore", outcome=outcome, why="a <b> reason", policy="p", stored=stored, **fields
    )


def test_scores_without_a_verdict_are_not_judged_and_verdicts_without_a_score_are_shown():
    one, other = score(), score(benchmark="gqa")
    rows = joined([one], [verdict("MISMATCH", other)])
    assert [row.outcome for row in rows] == [NOT_JUDGED, "MISMATCH"]
    assert counted(rows) == "1 not judged, 1 MISMATCH"


def test_the_table_escapes_sorts_by_number_and_hides_its_controls_until_the_script_works():
    stored = score()
    written = to_html(joined([stored], [verdict("DRIFT", stored, difference=-1.25, allowed=2.0)]))
    assert "a &lt;b&gt; reason" in written
    assert 'data-value="-1.25"' in written
    assert 'class="verdict bad"' in written
    assert re.search(r'id="entries-controls" hidden', written)
    assert "DRIFT" in to_csv(table(joined([stored], [verdict("DRIFT", stored)])))


def test_what_verify_printed_is_read_back(tmp_path):
    stored = score()
    plain = {**verdict("MATCH", stored, difference=0.0).plain(), "exit_code": 0, "signature": "x"}
    path = tmp_path / "verdicts.json"
    for written in ({"verdict": "MATCH", "entries": [plain]}, plain):
        path.write_text(json.dumps(written))
        assert [one.outcome for one in read_verdicts(path)] == ["MATCH"]


@pytest.mark.parametrize("text", ["", "[1]", '{"entries": [{"outcome": "MATCH"}]}', "null", "[" * 100_000])
def test_what_is_no_list_of_verdicts_is_refused(tmp_path, text):
    path = tmp_path / "verdicts.json"
    path.write_text(text)
    with pytest.raises(InvalidEvidence, match="verdicts"):
        read_verdicts(path)


def test_an_absent_file_of_verdicts_is_refused(tmp_path):
    with pytest.raises(InvalidEvidence, match="absent"):
        read_verdicts(tmp_path / "none.json")
