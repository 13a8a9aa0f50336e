"""Every field of a recipe is obeyed: what a digest covers changes the weights, or is refused.

A field that a record states and no code reads would make two trainings alike look different, and a reader believe what
was never done.
"""

from hashlib import sha256

import pytest

from harness.errors import InvalidEvidence
from harness.schema.recipe import Fusion, Projector, Stage

STEPS, MORE = 3, 10
"""Steps of most trainings, and those in which shares of nine and one in ten differ from halves."""
SAME: dict[str, object] = {}
OF_A_STAGE = {
    "name": {"name": "another"},  # it draws the order of the samples
    "objective": {"objective": "cells", "rates": {"projector": 2e-3}},
    "sources": {"steps": MORE},
    "rates": {"rates": {"projector": 4e-3, "encoders": 1e-4, "language": 1e-4}},
    "steps": {"steps": STEPS + 1},
    "global_batch": {"global_batch": 12},
    "turns": {"turns": "sequential"},
    "max_turns": {"max_turns": 1},
    "schedule": {"schedule": "constant"},
    "warmup": {"warmup": 0.9},
    "weight_decay": {"weight_decay": 0.5},
    "clip": {"clip": 1e-3},
    "precision": {"precision": "bfloat16"},
}
AGGREGATED, PRUNED = {"kind": "aggregate", "queries": 8, "layers": 1}, {"kind": "prune", "budget": 32}
OF_FUSION = {
    "kind": (SAME, {"kind": "project_sum"}),
    "grid": (SAME, {"grid": 4}),
    "normalise": (SAME, {"normalise": False}),
    "queries": (AGGREGATED, AGGREGATED | {"queries": 4}),
    "layers": (AGGREGATED, AGGREGATED | {"layers": 2}),
    "budget": (PRUNED, PRUNED | {"budget": 24}),
    "dropout": (SAME, {"dropout": 0.5}),
}
# There is one kind.
OF_A_PROJECTOR = {"hidden": {"hidden": 128}, "place": {"place": 0.5}}


@pytest.fixture(scope="module")
def weights(miniature, tmp_path_factory):
    """Train a few steps of conversations, with changes; return the digest of the weights, each training done once."""
    (_, tune) = miniature.recipe.stages
    (source,) = tune.sources
    done: dict[str, str] = {}

    def weights(seed: int = 0, stage=SAME, fusion=SAME, projector=SAME, language=SAME, weight: float = 1) -> str:
        both = tuple(source.model_copy(update={"weight": one}) for one in (weight, 1))
        plain = {"steps": STEPS, "sources": both, "rates": {"projector": 2e-3, "encoders": 1e-4, "language": 1e-4}}
        recipe = miniature.recipe
        training = miniature.training(
            seed=seed,
            stages=(Stage.model_validate({**dict(tune), **plain, **stage}),),
            fusion=Fusion.model_validate({**dict(recipe.fusion), **fusion}),
            projector=Projector.model_validate({**dict(recipe.projector), **projector}),
            language=recipe.language.model_copy(update=language),
        )
        if training.digest not in done:
            files = miniature.train(training, tmp_path_factory.mktemp("training")).files
            parts = sorted(name for name in files if name.endswith(".safetensors"))
            done[training.digest] = sha256(b"".join(files[name].read_bytes() for name in parts)).hexdigest()
        return done[training.digest]

    return weights


def test_no_field_is_left_out():
    assert OF_A_STAGE.keys() == Stage.model_fields.keys()
    assert OF_FUSION.keys() == Fusion.model_fields.keys()
    assert OF_A_PROJECTOR.keys() | {"kind"} == Projector.model_fields.keys()


@pytest.mark.slow
@pytest.mark.parametrize("field", sorted(OF_A_STAGE.keys() - {"objective", "sources"}))
def test_a_stage_does_what_each_field_says(weights, field):
    assert weights(stage=OF_A_STAGE[field]) != weights()


@pytest.mark.slow
def test_a_stage_draws_from_its_sources_by_weight_and_asks_them_for_what_its_objective_learns(weights):
    more = OF_A_STAGE["sources"]
    assert weights(stage=more, weight=9) != weights(stage=more)
    with pytest.raises(InvalidEvidence, match="which the objective 'cells' learns from"):
        weights(stage=OF_A_STAGE["objective"])


@pytest.mark.slow
@pytest.mark.parametrize("field", OF_FUSION)
def test_fusion_does_what_each_field_says(weights, field):
    before, after = OF_FUSION[field]
    assert weights(fusion=after) != weights(fusion=before)


@pytest.mark.slow
def test_projector_template_and_seed_are_obeyed(weights):
    found = [weights(), weights(seed=1), weights(language={"template": "{question}\n"})]
    found += [weights(projector=change) for change in OF_A_PROJECTOR.values()]
    assert len(set(found)) == len(found)
