"""A benchmark's questions among the training data are found by picture and words together."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.card import Picture
from harness.errors import InvalidEvidence
from harness.verify.contamination import demand_unseen, overlap
from tests.harness.nouns import digest, samples

ASKED = tuple(
    replace(one, question=f"What is in {place}?", pictures=(Picture(digest(str(place)), bytes),))
    for place, one in enumerate(samples(6, 2))
)


def shown(place, question=None, picture=None):
    one = ASKED[place]
    return picture or one.pictures[0].digest, one.question if question is None else question


def test_a_question_counts_as_seen_only_with_its_own_picture():
    assert overlap(ASKED, [shown(1)]) == (ASKED[1].id,)
    assert overlap(ASKED, [shown(1, question="What else?"), shown(1, picture=digest("none"))]) == ()
    assert overlap(ASKED, [shown(1, question=ASKED[2].question)]) == ()
    assert overlap(ASKED, []) == overlap((), [shown(1)]) == ()


@pytest.mark.parametrize("question", ["what is in 1?", " What\tis\nin 1 ? ", "WHATISIN1?"])
def test_case_and_spaces_hide_nothing(question):
    assert overlap(ASKED, [shown(1, question=question)]) == (ASKED[1].id,)


def test_any_of_a_question_s_pictures_is_enough():
    two = replace(ASKED[0], pictures=(Picture(digest("unseen"), bytes), *ASKED[0].pictures))
    assert overlap([two], [shown(0)]) == (two.id,)


@given(st.sets(st.integers(0, 5)), st.randoms())
def test_what_training_showed_is_found_in_the_benchmark_s_order_however_it_came(places, random):
    seen = [shown(place) for place in places] * 2 + [(digest("other"), "What is in 1?")]
    random.shuffle(seen)
    assert overlap(ASKED, iter(seen)) == tuple(ASKED[place].id for place in sorted(places))


def test_a_refusal_counts_all_and_names_some():
    demand_unseen("gqa", ASKED, [shown(1, question="What else?")])
    with pytest.raises(InvalidEvidence, match="hold 5 of the 6 questions of gqa") as refused:
        demand_unseen("gqa", ASKED, [shown(place) for place in range(5)])
    assert [one.id in str(refused.value) for one in ASKED] == [True, True, True, False, False, False]


def test_a_question_without_a_picture_cannot_be_found_by_one():
    bare = replace(ASKED[0], pictures=())
    assert overlap([bare], [shown(0), ("", bare.question)]) == ()
