"""What a plan reckons, solved by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.mini.mixture import PICTURES
from harness.config.compose import compose
from harness.encoders.table import specs
from harness.run.plan.costs import activations, cheapest, lay_out, memory, operations, passes, whole
from harness.run.plan.devices import Device, find
from harness.run.plan.grid import ORDER, features, parts_of, shared_passes, training, turns
from harness.run.plan.nouns import Counted, Counts, SubsetCount
from harness.schema.recipe import Stage

GPU = Device("one", 80e9, 100e12, "")


def part(name, parameters=1e9, forward=1e12, kept=8e9, passed=2e9, inputs=1e9, block=0.5e9):
    kind = name if name in ("projector", "language") else "encoders"
    return Counted(
        name=name,
        part=kind,
        parameters=int(parameters),
        forward=forward,
        kept=kept,
        passed=passed,
        inputs=inputs,
        block=block,
    )


ENCODER, JOINT, SPEECH = part("clip"), part("projector", 1e8, 1e11, 1e8, 0, 1e8, 0), part("language", 7e9, 14e12)
PARTS = [ENCODER, JOINT, SPEECH]


def stage(rates, objective="language", precision="bfloat16") -> Stage:
    plain = compose().recipe.stages[1].model_dump()
    changed = {"rates": rates, "objective": objective, "precision": precision, "steps": 100, "global_batch": 64}
    return Stage.model_validate({**plain, **changed})


ALIGN, TUNE = stage({"projector": 1e-3}), stage({"encoders": 1e-5, "projector": 1e-5, "language": 1e-5})
CELLS = stage({"projector": 1e-3}, objective="cells")


@pytest.mark.parametrize(
    ("given_stage", "recompute", "expected"),
    [
        # Nothing below the encoders learns; the projector does; gradients pass the language model to reach it.
        (ALIGN, False, (1, 3, 2)),
        (ALIGN, True, (1, 4, 3)),
        (TUNE, False, (3, 3, 3)),
        (TUNE, True, (4, 4, 4)),
        (CELLS, False, (1, 3, 0)),
        (stage({"language": 1e-5}), False, (1, 1, 3)),
    ],
)
def test_each_part_runs_forward_and_back_as_often_as_the_chain_rule_asks(given_stage, recompute, expected):
    assert tuple(passes(given_stage, one.part, recompute) for one in PARTS) == expected


def test_operations_of_a_sample_are_those_of_its_parts():
    assert operations(ALIGN, PARTS, False) == 1e12 + 3e11 + 28e12
    assert operations(TUNE, PARTS, True) == 4 * (1e12 + 1e11 + 14e12)


@pytest.mark.parametrize(
    ("zero", "offload", "weights", "gradients", "optimizer"),
    [
        # 8.1 G parameters, all learn, eight devices: 2, 4 and 12 bytes each, divided from stage 3, 2 and 1 on. At stage
        # 1 the gradients of the last backward pass, 2 bytes each, stand beside their sum.
        (1, "none", 16.2e9, 48.6e9, 12.15e9),
        (2, "none", 16.2e9, 4.05e9, 12.15e9),
        (3, "none", 2.025e9, 4.05e9, 12.15e9),
        (2, "optimizer", 16.2e9, 4.05e9, 0),
        (3, "parameters", 0, 4.05e9, 0),
        # In bfloat16 the engine runs stage 0 as stage 1.
        (0, "none", 16.2e9, 48.6e9, 12.15e9),
    ],
)
def test_zero_divides_what_the_paper_says_it_divides(zero, offload, weights, gradients, optimizer):
    terms = memory(TUNE, PARTS, 8, 1, zero, offload, False)
    assert (terms["weights"], terms["gradients"], terms["optimizer"]) == pytest.approx((weights, gradients, optimizer))
    assert terms["buckets"] == 2 * 2 * 5e8


def test_in_float32_there_is_no_second_copy_of_the_weights():
    terms = memory(stage(dict(TUNE.rates), precision="float32"), PARTS, 8, 1, 0, "none", False)
    assert (terms["weights"], terms["gradients"], terms["optimizer"]) == pytest.approx((32.4e9, 32.4e9, 64.8e9))
    assert terms["buckets"] == 0


def test_spread_over_devices_float32_weights_are_copied_for_the_optimizer():
    terms = memory(stage(dict(TUNE.rates), precision="float32"), PARTS, 8, 1, 2, "none", False)
    assert (terms["weights"], terms["gradients"], terms["optimizer"]) == pytest.approx((32.4e9, 4.05e9, 12.15e9))


def test_what_does_not_learn_has_neither_gradients_nor_moments():
    terms = memory(ALIGN, PARTS, 1, 1, 2, "none", False)
    assert (terms["gradients"], terms["optimizer"]) == pytest.approx((4e8, 12e8))


def test_activations_are_those_of_the_parts_that_gradients_reach():
    # Aligning: the projector learns (0.1 GB), the language model lets gradients through (2 GB), the encoder neither.
    assert activations(ALIGN, PARTS, False) == pytest.approx(2.1e9)
    assert activations(TUNE, PARTS, False) == pytest.approx(16.1e9)
    # Recomputing: a block's input each, and the largest block once; a part without blocks keeps all.
    assert activations(TUNE, PARTS, True) == pytest.approx(1e9 + 1e9 + 0.1e9 + 0.5e9)


def test_device_hours_are_operations_over_rate():
    layout = lay_out(TUNE, PARTS, GPU, 40e12, 8, 1, 2, "none", False)
    assert layout.device_hours == pytest.approx(3 * 15.1e12 * 64 * 100 / 40e12 / 3600)
    assert layout.needed == pytest.approx(16.2e9 + 4.05e9 + 12.15e9 + 2e9 + 16.1e9)
    assert layout.fits


def test_the_cheapest_layout_fits_and_no_cheaper_kind_does():
    best = cheapest(TUNE, PARTS, GPU, 40e12, 64)
    assert best is not None
    assert best.fits
    assert (best.recompute, best.offload) == (False, "none")
    fewer = [lay_out(TUNE, PARTS, GPU, 40e12, n, 1, zero, "none", False) for n in (1, 2, 4) for zero in range(4)]
    assert all(not one.fits for one in fewer if one.devices < best.devices)
    # A card a tenth of the size needs more tricks; one of nothing has no layout.
    small = cheapest(TUNE, PARTS, Device("small", 8e9, 1e12, ""), 40e12, 64)
    assert small is not None
    assert small.recompute
    assert cheapest(TUNE, PARTS, Device("none", 1e6, 1e12, ""), 40e12, 64) is None


@given(st.integers(1, 64), st.integers(1, 8), st.booleans())
def test_a_higher_stage_and_more_devices_never_need_more(devices, micro, recompute):
    needs = [sum(memory(TUNE, PARTS, devices, micro, zero, "none", recompute).values()) for zero in range(4)]
    assert needs == sorted(needs, reverse=True)
    more = sum(memory(TUNE, PARTS, devices + 1, micro, 2, "none", recompute).values())
    assert more <= needs[2]


def lattice_of_three() -> tuple[Counts, object]:
    names = ("clip", "convnext", "sam")
    recipe = compose().recipe.model_copy(update={"pool": names, "stages": (ALIGN, TUNE)})
    slugs = ("clip", "convnext", "sam", "clip+convnext", "clip+sam", "convnext+sam", "clip+convnext+sam")
    joints = tuple(SubsetCount(subset=slug, visual_tokens=64, joint=JOINT) for slug in slugs)
    encoders = tuple(part(name, forward=(i + 1) * 1e12) for i, name in enumerate(names))
    return Counts(encoders=encoders, joints=joints, language={64: SPEECH}), recipe


def test_the_full_set_comes_first_and_the_edges_of_necessity_have_seeds():
    counts, recipe = lattice_of_three()
    found = turns(counts, recipe, False, 3)
    assert [turn.why for turn in found] == ["full", *["leave-one-out"] * 3, *["single"] * 3]
    assert [turn.seeds for turn in found] == [3, 3, 3, 3, 1, 1, 1]
    assert [turn.subset for turn in found[1:4]] == ["clip+convnext", "clip+sam", "convnext+sam"]
    assert set(ORDER) >= {turn.why for turn in found}


def test_a_training_costs_its_stages_and_a_lattice_its_trainings():
    counts, recipe = lattice_of_three()
    parts = parts_of(counts, "clip+sam")
    assert [one.name for one in parts] == ["clip", "sam", "projector", "language"]
    once = operations(ALIGN, parts, False) + operations(TUNE, parts, False)
    assert training(counts, recipe, "clip+sam", False) == pytest.approx(once * 6400)


def test_one_pass_of_each_encoder_serves_all_subsets_while_they_are_frozen():
    assert shared_passes(compose().recipe) == (80, 5)


def test_encoders_that_are_aligned_with_cells_see_each_picture_once():
    samples = CELLS.steps * CELLS.global_batch
    assert samples > PICTURES
    assert whole(CELLS, PARTS, False) == pytest.approx(3e11 * samples + 1e12 * PICTURES)
    learning = stage({"encoders": 1e-3, "projector": 1e-3}, objective="cells")
    assert whole(learning, PARTS, False) == operations(learning, PARTS, False) * samples
    assert whole(TUNE, PARTS, False) == operations(TUNE, PARTS, False) * samples


def test_features_of_frozen_stages_are_tokens_times_channels_times_samples():
    recipe = compose().recipe
    encoders = specs(("clip", "convnext"), "tiny")
    (align, tune) = recipe.stages
    assert "encoders" not in align.rates
    assert "encoders" in tune.rates
    assert features(recipe, encoders) == 64 * (96 + 128) * 4 * align.steps * align.global_batch
    halved = recipe.model_copy(update={"stages": (align.model_copy(update={"precision": "bfloat16"}),)})
    assert features(halved, encoders) == features(recipe, encoders) / 2


def test_devices_are_known_or_refused():
    assert find("h100").memory == 80e9
    assert find("cpu").memory > 1e8
    with pytest.raises(Exception, match="Did you mean 'h100'"):
        find("h10")
