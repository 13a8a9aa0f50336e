"""Overrides become one checked study, or a refusal that says what is known."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.config.compose import choices, compose
from harness.errors import UnknownName, UsageError

# Hydra takes a tenth of a second to compose.
a_few = settings(max_examples=8)


def test_no_override_is_the_miniature():
    study = compose()
    assert (study.recipe_name, study.machine.accelerator, study.decoding.engine) == ("tiny", "cpu", "vllm")


@pytest.mark.parametrize("group", ["recipe", "machine", "decoding", "store"])
def test_every_choice_of_a_group_composes(group):
    assert choices(group)
    for choice in choices(group):
        assert compose([f"{group}={choice}"])


@a_few
@given(st.integers(0, 10**6), st.integers(1, 500))
def test_an_override_sets_what_it_names_and_nothing_else(seed, steps):
    study, plain = compose([f"seed={seed}", f"recipe.stages.1.steps={steps}"]), compose()
    assert (study.seed, study.recipe.stages[1].steps) == (seed, steps)
    stage = study.recipe.stages[1].model_copy(update={"steps": plain.recipe.stages[1].steps})
    recipe = study.recipe.model_copy(update={"stages": (study.recipe.stages[0], stage)})
    assert study.model_copy(update={"seed": plain.seed, "recipe": recipe}) == plain


def test_composing_leaves_no_trace():
    first = compose()
    compose(["seed=7", "decoding=reference"])
    assert compose() == first


def test_the_machine_and_the_store_change_no_digest():
    plain = compose()
    other = compose(["machine.workers=3", "machine.threads=2", "store=folder", "store.folder=elsewhere"])
    assert other.recipe.digest == plain.recipe.digest
    assert other.decoding.digest == plain.decoding.digest


@pytest.mark.parametrize(
    ("override", "known"),
    [
        ("sed=1", "Did you mean 'seed'"),
        ("recipe.stages.1.step=5", r"Did you mean 'recipe\.stages\.1\.steps'"),
        ("recipe.stages.2.steps=5", r"Did you mean 'recipe\.stages\.[01]\.steps'"),
        ("recipe=tinny", "Did you mean 'tiny'"),
        ("decoding=vlm", "Did you mean 'vllm'"),
        ("machine=gpu", "Known: .*cpu"),
        ("+seed=1", "Did you mean 'seed'"),
        ("~seed=1", "Did you mean 'seed'"),
    ],
)
def test_an_unknown_key_or_choice_is_refused_with_the_nearest(override, known):
    with pytest.raises(UnknownName, match=known) as refusal:
        compose([override])
    assert refusal.value.exit_code == 2


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("seed", "is no override"),
        ("=1", "is no override"),
        ("", "is no override"),
        ("seed=abc", "seed"),
        ("seed=-1", "seed"),
        ("seed=", "seed"),
        ("seed={", "cannot compose"),
        ("seed=${nowhere}", "cannot compose"),
        ("machine.instruction_set=avx9", "instruction_set"),
        ("recipe.stages.0.steps=0", r"recipe\.stages\.0\.steps"),
        ("recipe.stages.0.rates.projector=.nan", "rates"),
        ("recipe.pool=[clip,clip]", "names an encoder twice"),
        ("recipe.pool=clip", "pool"),
        ("recipe.stages=[]", "stages"),
        ("recipe=[tiny,tiny]", "Known: cambrian_8b"),
    ],
)
def test_a_value_that_makes_no_study_is_refused_with_its_place(override, said):
    with pytest.raises(UsageError, match=said) as refusal:
        compose([override])
    assert refusal.value.exit_code == 2


@a_few
@given(st.text(max_size=12), st.text(max_size=12))
def test_no_override_whatsoever_ends_in_anything_but_a_study_or_a_refusal(key, value):
    for override in (f"{key}={value}", f"seed={value}", f"store.folder={value}"):
        with suppress(UsageError):
            compose([override])


def test_a_key_of_the_chosen_recipe_may_be_overridden_though_the_default_one_lacks_it():
    digest = "a" * 64
    study = compose([f"recipe.pins.clip.sha256={digest}", "recipe=eagle_x5_7b"])
    assert study.recipe.pins is not None
    assert study.recipe.pins["clip"].sha256 == digest
    with pytest.raises(UnknownName, match="no key"):
        compose([f"recipe.pins.clip.sha256={digest}"])


def test_what_a_recipe_leaves_unstated_can_be_stated_on_the_command_line():
    stated = ["recipe.fusion.kind=prune", "recipe.fusion.budget=24", "recipe.fusion.dropout=0.25"]
    with pytest.raises(UsageError, match="'prune' has no token for each"):
        compose(stated)
    fusion = compose([stated[2]]).recipe.fusion
    assert (fusion.kind, fusion.dropout, fusion.budget) == ("channel_concat", 0.25, None)
    with pytest.raises(UsageError, match="'budget' belongs to the fusion 'prune'"):
        compose([stated[1]])
    with pytest.raises(UnknownName, match=r"Did you mean 'recipe\.fusion\.budget'"):
        compose(["recipe.fusion.budge=24"])


def test_a_key_that_is_not_there_names_those_that_stand_beside_it_and_no_others():
    with pytest.raises(UnknownName) as told:
        compose(["store.root=elsewhere"])
    known = str(told.value).rpartition("Known: ")[2].split(", ")
    assert known == ["store.folder", "store.live_s", "store.mirror", "store.tracker"]
    with pytest.raises(UnknownName) as told:
        compose(["sede=1"])
    known = str(told.value).rpartition("Known: ")[2].split(", ")
    assert "Did you mean 'seed'" in str(told.value)
    assert {"seed", "recipe", "machine", "store"} <= set(known)
    assert not any("." in key for key in known)


def test_what_a_machine_or_a_store_need_not_state_may_be_stated():
    study = compose(["machine.features_gb=2.5", "machine.recompute=true", "store.live_s=30"])
    assert (study.machine.features_gb, study.machine.recompute, study.store.live_s) == (2.5, True, 30)
    plain = compose()
    assert (plain.machine.features_gb, plain.store.live_s) == (0, 0)
    assert study.recipe.digest == plain.recipe.digest


BY_CAPTIONS = ["recipe.stages.0.objective=language", "recipe.stages.0.sources.0.file=captions.json"]


@pytest.mark.parametrize(
    ("words", "tokens"),
    [
        (["recipe.fusion.kind=project_sum"], 64),
        (["recipe.fusion.kind=route"], 64),
        (["recipe.fusion.dropout=0.3"], 64),
        (["recipe.fusion.kind=append", *BY_CAPTIONS], 128),
        (["recipe.fusion.kind=interleave", *BY_CAPTIONS], 128),
        (["recipe.fusion.kind=aggregate", "recipe.fusion.queries=4", "recipe.fusion.layers=1", *BY_CAPTIONS], 16),
        (["recipe.fusion.kind=prune", "recipe.fusion.budget=64", *BY_CAPTIONS], 64),
    ],
)
def test_every_arm_is_a_few_words_on_the_miniature(words, tokens):
    """The words are those of docs/fusion.md; two encoders on the grid of 8 x 8."""
    assert compose(words).recipe.fusion.visual_tokens(2) == tokens
