"""Reports count nothing among the passed that was not shown, and hold whatever a stranger's evidence says."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.verdicts import Whole, annotations, junit, markdown
from harness.schema.verdict import EXIT_CODES, Verdict
from tests.harness.nouns import digest, entry


def verdict(outcome, why="a reason", **changes):
    return Verdict(entry=entry(), regime="retrain", outcome=outcome, why=why, policy=digest("policy"), **changes)


@pytest.mark.parametrize("outcome", EXIT_CODES)
def test_only_a_match_passes(outcome):
    suite = ElementTree.fromstring(junit([verdict(outcome)]))
    (case,) = suite
    passed = outcome == "MATCH"
    assert (len(case) == 0) == passed
    assert int(suite.get("failures", -1)) + int(suite.get("errors", -1)) == (not passed)
    assert suite.get("skipped") == "0"
    assert bool(annotations([verdict(outcome)])) != passed
    assert f"**{outcome}**" in markdown([verdict(outcome)])


def test_no_verdict_is_no_success():
    assert "**INVALID**" in markdown([])
    suite = ElementTree.fromstring(junit([]))
    assert (suite.get("tests"), suite.get("errors", -1)) == ("1", "1")
    assert annotations([]).startswith("::error ")


@pytest.mark.parametrize("outcome", EXIT_CODES)
def test_a_whole_that_is_no_match_is_red_though_every_entry_is_green(outcome):
    rows, whole = [verdict("MATCH"), verdict("MATCH")], Whole(outcome, "one model moved everywhere")
    suite, passed = ElementTree.fromstring(junit(rows, whole)), outcome == "MATCH"
    assert (suite.get("tests"), len(suite)) == ("3", 3)
    assert int(suite.get("failures", -1)) + int(suite.get("errors", -1)) == (not passed)
    assert annotations(rows, whole).count("one model moved everywhere") == (not passed)
    assert markdown(rows, whole).startswith(f"**{outcome}** one model moved everywhere\n")
    refused = ElementTree.fromstring(junit([], whole))
    assert int(refused.get("failures", -1)) + int(refused.get("errors", -1)) == (not passed)


def test_the_table_speaks_with_the_worst_word():
    rows = [verdict("MATCH"), verdict("INCONCLUSIVE"), verdict("MISMATCH")]
    assert markdown(rows).startswith("**MISMATCH**\n")


@given(st.text(min_size=1))
def test_any_text_stays_where_it_is_put(why):
    rows = [verdict("MISMATCH", why, notes=(why,))]
    (case,) = ElementTree.fromstring(junit(rows))
    assert case[0].get("type") == "MISMATCH"
    assert len(annotations(rows).splitlines()) == 1
    table = markdown(rows).split("\n")
    assert len(table) == 6
    assert table[4].replace("\\|", "").count("|") == 8


def test_an_annotation_is_one_line_with_an_escaped_title():
    said = annotations([verdict("INVALID", "50 % gone\n::error::forged")])
    assert said == "::error title=INVALID tiny.clip+sam.gqa.s0::50 %25 gone%0A::error::forged\n"
