"""Columns are the sequence of the rows that they were made of."""

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.schema.columns import Columns, ids_of, texts_of
from harness.schema.prediction import Prediction

TOKENS = st.lists(st.integers(0, 2**31 - 1), max_size=4).map(tuple)
MARGINS = st.lists(st.floats(allow_nan=False), max_size=4).map(tuple)
ROWS = st.lists(
    st.builds(Prediction, st.text(), st.text(), TOKENS, MARGINS, st.sampled_from(["stop", "length"])), max_size=6
).map(tuple)


@given(ROWS)
def test_rows_come_back_as_they_were(rows):
    columns = Columns.of(rows)
    assert columns == rows
    assert repr(tuple(columns)) == repr(rows)
    assert (len(columns), hash(columns), columns[1:]) == (len(rows), hash(rows), rows[1:])
    assert Columns.of(columns) is columns


@given(ROWS, ROWS)
def test_columns_are_equal_where_their_rows_are(rows, others):
    assert (Columns.of(rows) == Columns.of(others)) == (rows == others)


@given(ROWS)
def test_ids_and_texts_are_the_same_from_rows_and_columns(rows):
    assert ids_of(Columns.of(rows)) == ids_of(rows) == [one.sample_id for one in rows]
    assert texts_of(Columns.of(rows)) == texts_of(rows) == [one.text for one in rows]


@given(st.lists(TOKENS, max_size=6))
def test_two_lists_of_tokens_have_one_key_exactly_where_they_are_equal(lists):
    keys = Columns.of([Prediction("q", "", one, (), "stop") for one in lists]).tokens.keys()
    assert [[one == other for other in lists] for one in lists] == [[one == other for other in keys] for one in keys]


@pytest.mark.parametrize("searching", [True, False])
def test_making_rows_leaves_the_search_for_cycles_as_it_was(searching):
    columns, before = Columns.of([Prediction("q", "yes", (1,), (0.5,), "stop")]), gc.isenabled()
    (gc.enable if searching else gc.disable)()
    try:
        assert columns.rows
        assert gc.isenabled() == searching
    finally:
        (gc.enable if before else gc.disable)()
