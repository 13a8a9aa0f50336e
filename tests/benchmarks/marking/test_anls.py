import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.marking.anls import anls

GOLDS = st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=4)
NEAR = st.text(alphabet="ab \n\u0130\u00df", max_size=12)

GOLDEN = [
    ("hello", ["hello"], 1.0),
    ("HELLO", ["hello"], 1.0),
    (" hello  world ", ["Hello World"], 1.0),
    ("hallo", ["hello"], 0.8),
    ("hallo", ["x", "hello", "hullo"], 0.8),
    ("ab", ["a"], 0.5),
    ("abc", ["a"], 0.0),
    ("kitten", ["sitting"], 1 - 3 / 7),
    ("12/10/99", ["12/10/98"], 0.875),
    ("June 1", ["july"], 0.0),
    ("hallo     ", ["hello"], 0.9),
    ("a b", ["a  c"], 0.75),
    ("stra\u00dfx", ["stra\u00dfe"], 1 - 1 / 7),
    ("5" * 10, ["5"], 0.0),
]


def _table(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        above, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            above, row[j] = row[j], min(above + (a != b), row[j] + 1, row[j - 1] + 1)
    return row[-1]


def _plain(answer: str, golds: list[str]) -> float:
    """Work the mark out cell by cell, without a library and without early exits."""

    def similarity(gold: str) -> float:
        read, target = (" ".join(text.lower().split()) for text in (answer, gold))
        return 1 - _table(read, target) / max(len(answer.upper()), len(gold.upper()))

    best = max(map(similarity, golds))
    return best if best >= 0.5 else 0.0


@pytest.mark.parametrize(("answer", "golds", "expected"), GOLDEN)
def test_golden_vectors_of_the_similarity(answer, golds, expected):
    assert anls(answer, golds).value == expected


@given(
    answer=st.one_of(NEAR, st.text(max_size=20)), golds=st.one_of(GOLDS, st.lists(NEAR.filter(str.strip), min_size=1))
)
def test_the_mark_is_that_of_a_table_worked_out_cell_by_cell(answer, golds):
    if answer.strip():
        assert anls(answer, golds).value == _plain(answer, golds)


@given(golds=GOLDS)
def test_any_gold_is_worth_one_whatever_its_case_and_blanks(golds):
    for gold in golds:
        assert anls(gold, golds).value == 1.0
        assert anls(f" {gold}\n", golds).value == 1.0


@given(answer=st.text(), golds=GOLDS)
def test_marks_are_zero_or_at_least_one_half_and_the_order_of_the_golds_does_not_matter(answer, golds):
    reading = anls(answer, golds)
    assert reading.value == 0.0 or 0.5 <= reading.value <= 1.0
    assert reading == anls(answer, golds[::-1])
    assert (reading.extracted is None) == (not answer.strip())


@given(answer=st.text(), golds=GOLDS, more=st.text(min_size=1).filter(str.strip))
def test_one_more_gold_never_costs_a_mark(answer, golds, more):
    assert anls(answer, [*golds, more]).value >= anls(answer, golds).value


@pytest.mark.parametrize("gold", ["5", "a" * 500, "ab " * 100])
@pytest.mark.parametrize("piece", ["a", "ab ", "\u00df", " "])
def test_a_million_characters_cost_no_square(gold, piece):
    start = time.process_time()
    assert anls((piece * 1_000_000)[:1_000_000], [gold]).value <= 0.5
    assert time.process_time() - start < 2.0
