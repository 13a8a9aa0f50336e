"""A digest changes exactly when a field that may change the number changes."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from harness.errors import InvalidEvidence
from harness.schema.decoding import DecodingSpec
from harness.schema.frozen import Frozen, Stated, digest_of
from harness.schema.machine import MachineSpec
from harness.schema.recipe import Training
from tests.harness.nouns import DECODING, digest, entry

ENCODER = {
    "name": "clip",
    "family": "clip",
    "architecture": {"hidden_size": 96, "layers": [1, 2], "act": "gelu"},
    "weights": {"location": "hub/clip", "revision": "abc", "sha256": digest("clip")},
    "side_px": 64,
    "stride_px": 8,
    "grid": 8,
    "channels": 96,
    "mean": [0.5, 0.5, 0.5],
    "std": [0.25, 0.25, 0.25],
}
SOURCE = {
    "name": "mix",
    "location": "mini",
    "file": "a.json",
    "revision": "1",
    "manifest": digest("mix"),
    "weight": 1.0,
}
STAGE = {
    "name": "align",
    "objective": "language",
    "sources": [SOURCE],
    "rates": {"projector": 1e-3, "encoders": 2e-5},
    "steps": 100,
    "global_batch": 16,
    "turns": "independent",
    "max_turns": 4,
    "schedule": "cosine",
    "warmup": 0.03,
    "weight_decay": 0.0,
    "clip": 1.0,
    "precision": "float32",
}
RECIPE = {
    "encoder_size": "tiny",
    "pool": ["clip", "sam"],
    "canvas": {"side_px": 64, "fit": "pad", "fill": [0.5, 0.5, 0.5]},
    "language": {
        "folder": "llama",
        "weights": {"location": "hub/llama", "revision": "def", "sha256": digest("llama")},
        "template": "{question} ",
        "max_length": 256,
    },
    "fusion": {"kind": "channel_concat", "grid": 8, "normalise": True},
    "projector": {"kind": "mlp2x_gelu", "hidden": 256, "place": 0.0},
    "stages": [STAGE],
}
TRAINING = {"trained": "clip", "encoders": [ENCODER], "recipe": RECIPE, "seed": 0}
POOL = ("recipe", "pool")
# What a field may hold instead; those with one allowed value have none.
PAIRS = [
    "stretch",
    "pad",
    "sequential",
    "independent",
    "constant",
    "cosine",
    "bfloat16",
    "float32",
    "language",
    "cells",
]
WORDS = [*PAIRS, "sam", "clip", "x"]


def leaves(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    return [above] if parts is None else [leaf for name, one in parts for leaf in leaves(one, (*above, name))]


def changed(whole: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    other = copy.deepcopy(whole)
    place: Any = other
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return other


VALUE = st.one_of(
    st.integers(0, 1000), st.floats(0, 0.99), st.booleans(), st.sampled_from(WORDS), st.just(digest("new"))
)


@settings(max_examples=300)
@given(st.sampled_from(leaves(TRAINING)), VALUE)
def test_a_training_changes_its_digest_with_every_field_but_the_pool(path, value):
    before = Training.model_validate(TRAINING)
    try:
        after = Training.model_validate(changed(TRAINING, path, value))
    except ValidationError:
        return
    # As JSON text, since Python takes True for 1.
    same = before.model_dump_json() == after.model_dump_json() or path[:2] == POOL
    assert (before.digest == after.digest) == same


def test_every_field_with_a_choice_is_reached_by_some_value():
    fixed = {("recipe", "encoder_size"), ("recipe", "fusion", "kind"), ("recipe", "projector", "kind")}
    values = [3, 0.125, False, *WORDS, digest("new"), "{question}?"]
    for path in set(leaves(TRAINING)) - fixed:
        if path[:2] == POOL:
            continue
        others = []
        for value in values:
            try:
                others.append(Training.model_validate(changed(TRAINING, path, value)))
            except ValidationError:
                continue
        assert any(one.digest != Training.model_validate(TRAINING).digest for one in others), path


def test_a_rate_for_a_language_model_that_is_not_run_is_refused():
    stage = {**STAGE, "objective": "cells", "rates": {"projector": 1e-3, "language": 2e-5}}
    with pytest.raises(ValidationError, match=r"stage 'align' gives the language model a rate"):
        Training.model_validate(changed(TRAINING, ("recipe", "stages"), [stage]))


def test_a_larger_pool_keeps_the_digest_of_a_subsets_training():
    larger = changed(TRAINING, POOL, ["clip", "sam", "convnext"])
    assert Training.model_validate(larger).digest == Training.model_validate(TRAINING).digest


def names_of(noun: type[Frozen]) -> set[str]:
    found: set[str] = set()
    schemas = [noun.model_json_schema(), *noun.model_json_schema().get("$defs", {}).values()]
    for schema in schemas:
        found |= set(schema.get("properties", {}))
    return found


def test_no_field_of_the_machine_is_in_any_identity():
    machine = set(MachineSpec.model_fields)
    assert machine.isdisjoint(names_of(Training))
    assert machine.isdisjoint(names_of(DecodingSpec))


@given(
    st.sampled_from(sorted(DecodingSpec.model_fields)), st.one_of(st.integers(1, 99), st.floats(0, 2), st.booleans())
)
def test_a_decoding_changes_its_digest_with_every_field(name, value):
    try:
        other = DecodingSpec.model_validate({**dict(DECODING), name: value})
    except ValidationError:
        return
    assert (other.digest == DECODING.digest) == (other == DECODING)


def test_a_whole_number_has_one_digest_however_it_is_written():
    written = [changed(TRAINING, ("recipe", "stages", 0, "clip"), value) for value in (1, 1.0)]
    assert len({Training.model_validate(one).digest for one in written}) == 1


def test_a_copy_is_digested_anew_and_a_noun_once(monkeypatch):
    one = DecodingSpec.model_validate(dict(DECODING))
    before = one.digest
    assert one.model_copy(update={"seed": one.seed + 1}).digest != before
    assert one.model_copy().digest == before

    def refuse(noun):
        raise AssertionError("digested twice")

    monkeypatch.setattr(DecodingSpec, "plain", refuse)
    assert one.digest == before


@given(st.integers(0, 99))
def test_a_noun_that_is_gone_leaves_no_digest_to_the_next(seed):
    # Nouns made and dropped in turn come to lie in the same place.
    for number in (seed, seed + 1, seed):
        one = DecodingSpec.model_validate({**dict(DECODING), "seed": number})
        assert one.digest == digest_of(one.plain())
        del one


@given(st.permutations(sorted(RECIPE)))
def test_the_order_of_keys_is_no_part_of_a_digest(names):
    assert digest_of({name: RECIPE[name] for name in names}) == digest_of(RECIPE)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"null",
        b"{",
        b"\xff",
        json.dumps({**DECODING.plain(), "temperature": float("nan")}).encode(),
        json.dumps({**DECODING.plain(), "temperature": float("inf")}).encode(),
        json.dumps({**DECODING.plain(), "extra": 1}).encode(),
        json.dumps({"engine": "vllm"}).encode(),
        b"[" * 100_000,
    ],
)
def test_text_that_is_no_such_noun_is_refused_with_its_place(text):
    with pytest.raises(InvalidEvidence, match="decoding in a test is no valid DecodingSpec"):
        DecodingSpec.from_json(text, "decoding in a test")


def test_a_noun_does_not_change():
    with pytest.raises(ValidationError, match="frozen"):
        DECODING.seed = 1


def test_a_seed_that_canonical_json_cannot_hold_is_refused():
    assert entry(seed=2**53 - 1).digest
    with pytest.raises(ValidationError):
        entry(seed=2**53)


class _Before(Stated):
    kind: str


class _After(Stated):
    kind: str
    window: int | None = None


def test_a_field_that_is_not_stated_leaves_an_old_digest_as_it_was():
    assert _After(kind="shared").digest == _Before(kind="shared").digest
    assert _After(kind="shared", window=2).digest != _Before(kind="shared").digest
    assert _After.from_json(b'{"kind": "shared"}', "here").plain() == {"kind": "shared"}
