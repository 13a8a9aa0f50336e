"""A subset is a value: 31 of them in a pool of five, each with one written form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from harness.errors import UnknownName, UsageError
from harness.schema.entry import Entry
from harness.schema.subset import Subset, lattice
from tests.harness.nouns import POOL, digest, entry

ALL = lattice(POOL)


def test_a_pool_of_five_has_31_subsets_with_31_masks():
    assert len(ALL) == 31
    assert {subset.mask(POOL) for subset in ALL} == set(range(1, 32))
    assert [len(subset) for subset in ALL] == sorted(len(subset) for subset in ALL)


@pytest.mark.parametrize("subset", ALL, ids=str)
def test_parse_undoes_format(subset):
    assert Subset.parse(str(subset), POOL) == subset
    assert Subset.parse("+".join(reversed(subset.names)), POOL) == subset
    assert Subset.model_validate_json(subset.model_dump_json()) == subset


@given(st.sampled_from(ALL), st.sampled_from(POOL))
def test_adding_and_removing_a_member_undo_each_other(subset, name):
    if name not in subset:
        assert subset.with_(name, POOL).without(name) == subset
    elif len(subset) > 1:
        assert subset.without(name).with_(name, POOL) == subset
        assert subset.without(name) <= subset
        assert not subset <= subset.without(name)


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("lattice", 31),
        ("all", 1),
        ("size:2", 10),
        ("size:5", 1),
        ("with:sam", 16),
        ("without:sam", 15),
        ("sam+clip", 1),
    ],
)
def test_a_word_stands_for_as_many_subsets_as_it_says(word, count):
    assert len(Subset.select(word, POOL)) == count


@pytest.mark.parametrize("word", ["", "clip+", "+clip", "clip+clip", "size:0", "size:6", "size:", "size:x"])
def test_a_malformed_word_is_wrong_use(word):
    with pytest.raises(UsageError) as refused:
        Subset.select(word, POOL)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize("word", ["clips", "clip+sham", "with:clips", "without:clips", "Clip"])
def test_an_unknown_name_is_answered_with_the_known_ones(word):
    with pytest.raises(UnknownName, match="Known: clip, convnext, sam, eva02, pix2struct"):
        Subset.select(word, POOL)


def test_the_empty_subset_is_reached_by_its_name_alone():
    with pytest.raises(UsageError, match="the empty subset is written 'none'"):
        Subset.parse("clip", POOL).without("clip")
    nothing = Subset.parse("none", POOL)
    assert (nothing.names, len(nothing), nothing.mask(POOL), str(nothing)) == ((), 0, 0, "none")
    assert all(nothing <= subset and not subset <= nothing for subset in ALL)
    assert nothing.with_("sam", POOL) == Subset.parse("sam", POOL)


@pytest.mark.parametrize("text", ["", "a++b", "a+a", "a+none"])
def test_a_stored_subset_is_checked_too(text):
    with pytest.raises(ValidationError):
        Subset.model_validate(text)


@given(st.sampled_from(ALL), st.sampled_from(ALL))
def test_kept_lies_inside_trained(trained, kept):
    fields = {
        "trained": trained,
        "kept": kept,
        "benchmark": "gqa",
        "recipe": "tiny",
        "training": digest("t"),
        "seed": 0,
    }
    if not kept <= trained:
        with pytest.raises(ValidationError, match="is not inside trained"):
            Entry.model_validate(fields)
    else:
        assert (Entry.model_validate(fields).view == "retrained") == (kept == trained)


def test_every_entry_has_its_own_slug():
    slugs = [entry(str(trained), kept=str(kept)).slug for trained in ALL for kept in ALL if kept <= trained]
    assert len(set(slugs)) == len(slugs) == 211
    assert entry("clip+sam", "chartqa").slug == "tiny.clip+sam.chartqa.s0"
    assert entry("clip+sam", "chartqa", "sam").slug == "tiny.clip+sam-keeps-sam.chartqa.s0"
