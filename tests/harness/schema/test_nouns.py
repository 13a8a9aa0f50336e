"""The machine that lays out a batch, the errors and the verdicts with their exit codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import errors
from harness.schema.machine import MachineSpec
from harness.schema.verdict import EXIT_CODES, Verdict
from tests.harness.nouns import digest, entry


def machine(devices=1, micro_batch=1):
    return MachineSpec(
        accelerator="cpu",
        devices=devices,
        micro_batch=micro_batch,
        zero_stage=0,
        workers=0,
        threads=1,
        instruction_set="avx2",
        checkpoint_every_s=60,
    )


@given(st.integers(1, 8), st.integers(1, 16), st.integers(1, 256))
def test_a_global_batch_is_devices_x_micro_batch_x_accumulation_or_refused(devices, micro_batch, batch):
    spec = machine(devices, micro_batch)
    if batch % (devices * micro_batch):
        with pytest.raises(errors.UsageError, match="Micro-batches that fit"):
            spec.accumulation(batch)
    else:
        assert spec.accumulation(batch) * devices * micro_batch == batch


def test_a_refused_batch_names_those_that_fit():
    with pytest.raises(
        errors.UsageError, match=r"global batch 128 is not 8 devices x micro-batch 6 .*: 1, 2, 4, 8, 16$"
    ):
        machine(8, 6).accumulation(128)


@pytest.mark.parametrize("outcome", EXIT_CODES)
def test_a_verdict_carries_the_exit_code_of_its_outcome(outcome):
    verdict = Verdict(entry=entry(), regime="retrain", outcome=outcome, why="a test", policy=digest("policy"))
    assert verdict.exit_code == EXIT_CODES[outcome]
    assert (verdict.exit_code == 0) == (outcome == "MATCH")
    assert Verdict.from_json(verdict.model_dump_json(), "here") == verdict


def test_errors_have_the_codes_of_their_tree():
    codes = {"HarnessError": 50, "UsageError": 2, "UnknownName": 2, "MachineError": 3, "InvalidEvidence": 40}
    assert {name: getattr(errors, name).exit_code for name in codes} == codes


def test_an_unknown_name_is_answered_with_the_nearest():
    error = errors.UnknownName("encoder", "clips", ["clip", "siglip"])
    assert str(error) == "no encoder 'clips'. Did you mean 'clip'? Known: clip, siglip"
