"""The ledger keeps every verdict, in a chain that shows what was edited or removed."""

from datetime import UTC, datetime

import pytest

from harness.errors import InvalidEvidence
from harness.record import ledger
from harness.schema.verdict import Verdict
from tests.harness.nouns import digest, entry

AT = datetime(2026, 11, 22, tzinfo=UTC)


def verdict(outcome, regime="retrain", one=None):
    return Verdict(entry=one or entry(), regime=regime, outcome=outcome, why="a test", policy=digest("policy"))


@pytest.fixture
def kept(tmp_path):
    path = tmp_path / "store" / "ledger.jsonl"
    for outcome, rerun in (("MISMATCH", "a"), ("MISMATCH", "a"), ("INVALID", "b"), ("MATCH", "c")):
        ledger.append(path, [(verdict(outcome), digest(rerun))], AT)
    return path


def test_every_different_re_run_counts_as_an_attempt(kept):
    lines = ledger.read(kept)
    assert [line.outcome for line in lines] == ["MISMATCH", "MISMATCH", "INVALID", "MATCH"]
    (again,) = ledger.append(kept, [(verdict("MATCH"), digest("c"))], AT)
    assert again.attempts == 3
    (other,) = ledger.append(kept, [(verdict("MATCH", one=entry("sam")), digest("c"))], AT)
    assert other.attempts == 1
    (rung,) = ledger.append(kept, [(verdict("MATCH", "repredict"), digest("c"))], AT)
    assert rung.attempts == 1


def test_the_head_names_the_last_line_and_an_absent_ledger_is_empty(kept, tmp_path):
    lines = ledger.read(kept)
    assert ledger.head(lines) != ledger.head(lines[:-1])
    assert ledger.read(tmp_path / "none.jsonl") == ()
    assert ledger.head(()) == ledger.FIRST


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[1:],
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: [lines[1], lines[0], *lines[2:]],
        lambda lines: [lines[0].replace(b"MISMATCH", b"MATCH"), *lines[1:]],
        lambda lines: [*lines[:-1], lines[-1].rstrip(b"\n")],
        lambda lines: [*lines, b"{}\n"],
        lambda lines: [*lines, b"\n"],
    ],
)
def test_a_line_edited_removed_or_moved_breaks_the_chain(kept, change):
    kept.write_bytes(b"".join(change(kept.read_bytes().splitlines(keepends=True))))
    with pytest.raises(InvalidEvidence):
        ledger.read(kept)
    before = kept.read_bytes()
    with pytest.raises(InvalidEvidence):
        ledger.append(kept, [(verdict("MATCH"), digest("d"))], AT)
    assert kept.read_bytes() == before
