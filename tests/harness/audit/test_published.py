import shutil
import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.suite import COLUMNS
from harness.audit.audit import audit_file
from harness.audit.mapping import read_mapping
from harness.audit.page import as_markdown
from harness.audit.published import Ours, Repeats, compare, rows_of
from harness.audit.transcribed import read_published
from harness.errors import InvalidEvidence, UsageError
from harness.schema.verdict import EXIT_CODES

FOLDER = Path(__file__).resolve().parents[3] / "results" / "published"
ROWS = read_published(FOLDER)
MAPPING = read_mapping(FOLDER / "models.toml")


def row(model, benchmark, source):
    return next(it for it in rows_of(model, benchmark, ROWS, MAPPING) if it.source == source)


CAMBRIAN = row("Cambrian-1-8B", "chartqa", "cambrian-page-main")


def test_every_published_score_is_there_with_its_address():
    assert len(ROWS) == 973
    assert len({it.model for it in ROWS}) == 67
    assert all(it.address for it in ROWS)


def test_suite_values_are_exact():
    assert row("Cambrian-1-8B", "mme", "cambrian-page-main").suite == Fraction("1547.1") / 20
    assert row("Eagle-X5-7B", "ocrbench", "eagle-readme-1.8m").suite == Fraction("52.9")
    assert {it.column for it in ROWS if it.column} == set(COLUMNS)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (",1432.02,0-2000,71.601,", ",1432.02,0-2000,71.60,"),
        (",1432.02,0-2000,71.601,", ",1432.02,0-1000,71.601,"),
        (",mme,MME,", ",mmx,MME,"),
        ("cambrian-page-combinations\n", "somewhere\n"),
        (",1432.02,", ",1432;02,"),
        ("model,benchmark,", "model,bench,"),
    ],
)
def test_an_edited_transcription_is_refused(tmp_path, old, new):
    for name in ("scores.csv", "SOURCES.md"):
        shutil.copy(FOLDER / name, tmp_path / name)
    text = (tmp_path / "scores.csv").read_text()
    assert old in text
    (tmp_path / "scores.csv").write_text(text.replace(old, new, 1))
    with pytest.raises(InvalidEvidence):
        read_published(tmp_path)


def test_the_committed_audit_is_what_the_auditor_says_and_takes_seconds():
    started = time.process_time()
    report = audit_file(FOLDER / "scores.csv", MAPPING)
    assert time.process_time() - started < 5
    assert (FOLDER / "AUDIT.md").read_text(encoding="utf-8") == as_markdown(report)


def test_nothing_published_is_called_impossible():
    # Cambrian's MMMU column fits another count as a whole; no cell of any table is beyond every explanation.
    report = audit_file(FOLDER / "scores.csv", MAPPING)
    assert report.count("impossible") == 0
    assert report.exit_code == 20


def test_models_of_several_names_are_found_under_each():
    assert rows_of("Cambrian-1 [Llama 3-8B]", "mmvp", ROWS, MAPPING) == rows_of("Cambrian-1-8B", "mmvp", ROWS, MAPPING)


def test_the_three_verdicts_follow_from_the_interval():
    far, near = Ours("chartqa", 60.0, 2500), Ours("chartqa", 73.0, 2500)
    assert compare(far, CAMBRIAN, 5).agreement == "MISMATCH"
    assert compare(near, CAMBRIAN, 5).agreement == "CONSISTENT"
    assert compare(near, CAMBRIAN, 1).agreement == "INCONCLUSIVE"


def test_unlike_protocols_and_questions_are_never_compared():
    assert CAMBRIAN.protocol == "cambrian"
    elsewhere = compare(Ours("chartqa", 60.0, 2500, protocol="vlmevalkit"), CAMBRIAN, 5)
    assert (elsewhere.agreement, "marked by vlmevalkit" in elsewhere.why) == ("INCONCLUSIVE", True)
    assert compare(Ours("chartqa", 60.0, 480, unlike="another set"), CAMBRIAN, 5).agreement == "INCONCLUSIVE"
    alike = compare(Ours("chartqa", 73.0, 2500, protocol="cambrian"), CAMBRIAN, 5)
    assert (alike.agreement, "not stated" in alike.why) == ("CONSISTENT", False)


def test_a_real_difference_inside_the_margin_is_named():
    found = compare(Ours("chartqa", 72.0, 2500), CAMBRIAN, 5, repeats=Repeats(0.3, 63))
    assert found.agreement == "CONSISTENT"
    assert "real but inside the margin of 5 points" in found.why


@given(st.floats(0, 100), st.integers(1, 10_000), st.floats(0.01, 99), st.none() | st.floats(0.01, 9))
def test_nothing_published_alone_ever_matches(value, n, margin, spread):
    found = compare(Ours("chartqa", value, n), CAMBRIAN, margin, repeats=Repeats(spread, 3) if spread else None)
    assert found.agreement in ("CONSISTENT", "INCONCLUSIVE", "MISMATCH")
    assert EXIT_CODES[found.agreement] != 0


@example(79.0, 151, 9.0)
@given(st.floats(0, 100), st.integers(1, 10_000), st.floats(0.5, 20))
def test_few_questions_never_say_what_many_would_not(value, n, margin):
    fewer = compare(Ours("chartqa", value, n), CAMBRIAN, margin)
    more = compare(Ours("chartqa", value, 4 * n), CAMBRIAN, margin)
    assert fewer.interval.low <= more.interval.low
    # A real difference whose interval reached beyond the margin may turn out to lie inside it; never the other way.
    turns = {"INCONCLUSIVE": ("INCONCLUSIVE", "CONSISTENT", "MISMATCH"), "MISMATCH": ("MISMATCH", "CONSISTENT")}
    assert more.agreement in turns.get(fewer.agreement, ("CONSISTENT",))


@given(st.floats(0, 100), st.integers(1, 10_000), st.floats(0.5, 10), st.floats(0, 10))
def test_a_wider_margin_never_turns_agreement_into_doubt(value, n, margin, more):
    narrow = compare(Ours("chartqa", value, n), CAMBRIAN, margin).agreement
    wide = compare(Ours("chartqa", value, n), CAMBRIAN, margin + more).agreement
    assert wide in (narrow, "CONSISTENT")


@pytest.mark.parametrize(("runs", "half"), [(3, 2.920 * 2**0.5 * 0.3 + 0.05), (63, 1.670 * 2**0.5 * 0.3 + 0.05)])
def test_a_spread_over_runs_replaces_the_sizes(runs, half):
    # Student's t at 0.95 with 2 and 62 degrees of freedom: 2.920 and 1.670; 73.3 is printed to one decimal.
    found = compare(Ours("chartqa", 72.0, 480), CAMBRIAN, 5, repeats=Repeats(0.3, runs))
    assert found.interval.high - found.difference == pytest.approx(half, abs=1e-3)


def test_docvqa_on_validation_is_held_against_validation_only():
    rows = [it for it in ROWS if it.what == "docvqa_val"]
    assert rows
    assert rows_of(rows[0].model, "DocVQA val", ROWS, MAPPING)[0].what == "docvqa_val"
    assert all(it.what == "docvqa" for it in rows_of("Cambrian-1-8B", "docvqa", ROWS, MAPPING))


@pytest.mark.parametrize(("benchmark", "margin"), [("mmvp", 5), ("chartqa", 0)])
def test_unlike_benchmarks_and_empty_margins_are_wrong_use(benchmark, margin):
    with pytest.raises(UsageError):
        compare(Ours(benchmark, 50.0, 100), CAMBRIAN, margin)


@pytest.mark.parametrize(("value", "n"), [(-1.0, 10), (101.0, 10), (float("nan"), 10), (50.0, 0)])
def test_scores_that_are_none_are_wrong_use(value, n):
    with pytest.raises(UsageError):
        Ours("chartqa", value, n)
