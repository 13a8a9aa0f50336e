"""A score is complete or refused, and a pure function of the answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import pooling
from harness.errors import InvalidEvidence
from harness.score.score import score
from tests.harness.nouns import benchmark, digest, header, predictions, samples

ASKED = samples(12, 3)
TEXTS = ["yes"] * 7 + ["no"] * 3 + ["...", ""]


def scored(answers, head=None, pool=pooling.mean, asked=ASKED):
    return score(head or header(len(answers)), answers, benchmark(pool), asked, digest("samples"))


def test_a_score_known_by_hand():
    found = scored(predictions(ASKED, TEXTS)).score
    assert (found.value, found.n, found.clusters, found.unparsed) == (100 * 7 / 12, 12, 4, 2)
    assert (found.blind, found.chance) == (100.0, 50.0)
    assert found.signature.line == (
        f"gqa|v1|test|n:12|data:{digest('samples')[:8]}|prompt:{digest('prompts')[:8]}|cambrian|reference 1.0|"
        f"dec:{found.signature.decoding[:8]}"
    )


@given(st.permutations(range(12)))
def test_the_order_of_answers_changes_no_bit(order):
    answers = predictions(ASKED, TEXTS)
    assert scored([answers[place] for place in order]) == scored(answers)


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda rows: rows[1:], "1 missing (q00000)"),
        (lambda rows: rows[4:], "4 missing (q00000, q00001, q00002, ...)"),
        (lambda rows: [*rows[:-1], rows[0]], "1 missing (q00011); 1 more than once (q00000)"),
        (lambda rows: [*rows, *predictions(samples(13)[12:], ["yes"])], "1 unknown (q00012)"),
        (lambda rows: [], "12 missing"),
    ],
)
def test_anything_but_one_answer_each_is_refused_by_name(change, names):
    rows = change(predictions(ASKED, TEXTS))
    with pytest.raises(InvalidEvidence) as refused:
        scored(rows, header(max(1, len(rows))))
    assert names in str(refused.value)


def test_a_header_with_another_count_is_refused():
    with pytest.raises(InvalidEvidence, match="the count is wrong"):
        scored(predictions(ASKED, TEXTS), header(13))


def test_answers_to_other_questions_are_refused_by_digest():
    with pytest.raises(InvalidEvidence, match=digest("other")):
        scored(predictions(ASKED, TEXTS), header(12, samples=digest("other")))


def test_answers_to_another_benchmark_are_refused():
    with pytest.raises(InvalidEvidence, match="expected predictions for 'ai2d'; these are for 'gqa'"):
        score(header(12), predictions(ASKED, TEXTS), benchmark(name="ai2d"), ASKED, digest("samples"))
