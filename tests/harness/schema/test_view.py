"""A view is what is kept and what stands for the rest; zeros have no name, so old entries keep theirs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from harness.errors import UnknownName, UsageError
from harness.schema.entry import Entry
from harness.schema.frozen import digest_of
from harness.schema.subset import EMPTY, Subset, lattice
from harness.schema.view import View, select
from tests.harness.nouns import POOL, entry

FULL = Subset.parse("all", POOL)
OPERATORS = ("mean", "noise")


def masked(one: Entry, **changes: object) -> Entry:
    return Entry.model_validate({**one.plain(), **changes})


def test_an_entry_of_zeros_has_the_digest_it_had_before_there_were_other_operators():
    plain = entry("clip+sam", kept="clip").plain()
    assert list(plain) == ["trained", "kept", "benchmark", "recipe", "training", "seed"]
    assert entry("clip+sam", kept="clip").digest == digest_of(plain)


@given(st.sampled_from([*lattice(POOL), EMPTY]), st.sampled_from((None, *OPERATORS)))
def test_every_view_has_a_digest_and_a_file_name_of_its_own(kept, mask):
    if kept == FULL:
        return
    one = masked(entry("clip+convnext+sam+eva02+pix2struct"), kept=kept.slug, mask=mask)
    others = [masked(one, mask=other) for other in (None, *OPERATORS) if other != mask]
    assert one.view == "masked"
    assert all(one.digest != other.digest and one.slug != other.slug for other in others)
    assert Entry.from_json(one.model_dump_json(), "here") == one


def test_views_are_named_by_what_they_keep():
    two = entry("clip+sam", "chartqa")
    assert masked(two, kept="none").slug == "tiny.clip+sam-keeps-none.chartqa.s0"
    assert masked(two, kept="sam", mask="mean").slug == "tiny.clip+sam-keeps-sam-by-mean.chartqa.s0"
    assert masked(two, kept="none", mask="blind").slug == "tiny.clip+sam-blind.chartqa.s0"
    assert masked(two, kept="none", mask="blind").view == "masked"


@pytest.mark.parametrize(
    ("kept", "mask", "words"),
    [("clip+sam", "mean", "keeps all of its own"), ("clip", "blind", "keeps 'none'"), ("clip", "zero", "mask")],
)
def test_an_operator_that_stands_for_nothing_is_refused(kept, mask, words):
    with pytest.raises(ValidationError, match=words):
        masked(entry("clip+sam"), kept=kept, mask=mask)


def test_all_masks_of_five_are_30_views_the_floor_and_the_blind_baseline():
    views = select("all-masks", "zero", FULL, POOL)
    assert len(views) == len(set(views)) == 32
    assert {view.kept for view in views} == {*lattice(POOL), EMPTY} - {FULL}
    assert views[-2:] == (View(EMPTY), View(EMPTY, "blind"))


@pytest.mark.parametrize("mask", OPERATORS)
def test_another_operator_has_the_same_views_but_the_blind_one(mask):
    views = select("all-masks", mask, FULL, POOL)
    zeros = select("all-masks", "zero", FULL, POOL)
    assert views == tuple(View(view.kept, mask) for view in zeros[:-1])


@pytest.mark.parametrize(
    ("word", "kept"),
    [
        ("", "clip+sam"),
        ("all", "clip+sam"),
        ("none", "none"),
        ("sam", "sam"),
        ("size:1", "clip sam"),
        ("lattice", "clip sam clip+sam"),
        ("with:sam", "sam clip+sam"),
        ("all-masks", "sam clip none none"),
    ],
)
def test_a_word_keeps_what_it_says_of_what_is_trained(word, kept):
    assert [str(view.kept) for view in select(word, "zero", Subset.parse("clip+sam", POOL), POOL)] == kept.split()


@pytest.mark.parametrize(
    ("word", "mask", "said"),
    [
        ("eva02", "zero", "--keep eva02 is not inside the trained subset clip"),
        ("", "mean", "--mask mean masks nothing in 'clip'"),
        ("blind", "noise", "--mask noise masks nothing in 'blind'"),
        ("size:2", "zero", "size:k needs k from 1 to 1"),
    ],
)
def test_a_view_that_cannot_be_is_wrong_use(word, mask, said):
    with pytest.raises(UsageError, match=said):
        select(word, mask, Subset.parse("clip", POOL), POOL)


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UnknownName, match="Did you mean 'clip'"):
        select("clips", "zero", FULL, POOL)
