import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.marking.contains import contains, half_width_on_one_line, on_one_line, without_blanks

NORMALS = [on_one_line, half_width_on_one_line, without_blanks]

# answer, golds, mark as words on one line, folded to half width, without blanks
GOLDEN = [
    ("Coca-Cola", ["coca-cola"], 1, 1, 0),
    ("It says STOP.", ["stop"], 1, 1, 0),
    ("1234", ["23"], 1, 1, 1),
    ("stop", ["stopped"], 0, 0, 0),
    ("New\nYork", ["new york"], 1, 1, 0),
    ("New\nYork", ["NewYork"], 0, 0, 1),
    ("New  York", ["New York"], 0, 0, 1),
    ("New\tYork", ["New York"], 0, 0, 0),
    ("\\frac { 1 } { 2 }", ["\\frac{1}{2}"], 0, 0, 1),
    ("ＡＢＣ　１", ["abc 1"], 0, 1, 0),
    ("abc 1", ["ＡＢＣ　１"], 0, 1, 0),
    ("two", ["one", "two"], 1, 1, 1),
    ("nothing", ["one", "two"], 0, 0, 0),
]


@pytest.mark.parametrize(("answer", "golds", "line", "folded", "blanks"), GOLDEN)
def test_golden_vectors_of_the_contained_gold(answer, golds, line, folded, blanks):
    assert [contains(answer, golds, normal).value for normal in NORMALS] == [line, folded, blanks]


@pytest.mark.parametrize("normal", NORMALS)
@given(gold=st.text(min_size=1).filter(str.strip), before=st.text(), after=st.text())
def test_a_gold_counts_wherever_it_stands(normal, gold, before, after):
    bare = gold.strip()
    if normal(before + bare + after).find(normal(bare)) >= 0:
        assert contains(before + bare + after, [bare], normal).value == 1.0
    assert contains(bare, [bare], normal).value == 1.0


@pytest.mark.parametrize("normal", NORMALS)
@given(answer=st.text(), golds=st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=4))
def test_the_order_of_the_golds_does_not_matter_and_only_blanks_are_unparsed(normal, answer, golds):
    reading = contains(answer, golds, normal)
    assert reading == contains(answer, golds[::-1], normal)
    assert reading.value in (0.0, 1.0)
    assert reading.value == max(contains(answer, [gold], normal).value for gold in golds)
    assert (reading.extracted is None) == (not answer.strip())


@pytest.mark.parametrize("normal", NORMALS)
@given(text=st.text())
def test_reading_on_one_line_twice_changes_nothing(normal, text):
    assert normal(normal(text)) == normal(text)


@pytest.mark.parametrize("normal", NORMALS)
def test_a_million_characters_are_searched_in_no_time(normal):
    start = time.process_time()
    assert contains("a" * 1_000_000, ["a" * 200 + "b"], normal).value == 0.0
    assert time.process_time() - start < 2.0
