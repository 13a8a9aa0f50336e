"""A child's environment fixes what a processor may vary."""

import os

import pytest

from harness.errors import MachineError
from harness.run import processor
from harness.run.processor import INSTRUCTION_SETS, environment, flags
from tests.harness.miniature import MACHINE

AVX2 = MACHINE.model_copy(update={"instruction_set": "avx2"})
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@pytest.mark.parametrize("threads", [1, 3])
def test_every_library_is_told_the_same_number_of_threads(threads):
    found = environment(MACHINE.model_copy(update={"threads": threads}))
    assert {found[name] for name in THREADS} == {str(threads)}


def test_an_instruction_set_binds_all_three_libraries_and_native_none(monkeypatch):
    monkeypatch.setattr(processor, "flags", lambda: frozenset({"avx2"}))
    for name in INSTRUCTION_SETS["avx2"]:
        monkeypatch.delenv(name, raising=False)
    assert INSTRUCTION_SETS["avx2"].items() <= environment(AVX2).items()
    assert not INSTRUCTION_SETS["avx2"].keys() & environment(MACHINE).keys()


def test_the_caller_s_environment_passes_but_cannot_overrule(monkeypatch):
    monkeypatch.setenv("HARNESS_STORE", "somewhere")
    monkeypatch.setenv("OMP_NUM_THREADS", "64")
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    found = environment(MACHINE)
    assert (found["HARNESS_STORE"], found["OMP_NUM_THREADS"], found["HF_HUB_OFFLINE"]) == ("somewhere", "1", "1")
    assert os.environ["OMP_NUM_THREADS"] == "64"


def test_a_processor_without_avx2_is_refused_with_the_way_out(monkeypatch):
    monkeypatch.setattr(processor, "flags", lambda: frozenset({"sse4_2", "avx"}))
    with pytest.raises(MachineError, match=r"machine\.instruction_set=native") as refusal:
        environment(AVX2)
    assert refusal.value.exit_code == 3
    assert environment(MACHINE)


@pytest.mark.parametrize(
    ("listing", "found"),
    [
        ("processor : 0\nflags\t\t: fpu avx2 sse\n\nflags : other\n", {"fpu", "avx2", "sse"}),
        ("processor : 0\nFeatures : asimd\n", set()),
        (None, set()),
    ],
)
def test_flags_are_read_from_the_kernel_s_listing_or_are_none(monkeypatch, tmp_path, listing, found):
    path = tmp_path / "cpuinfo"
    if listing is not None:
        path.write_text(listing)
    monkeypatch.setattr(processor, "Path", lambda _: path)
    assert flags() == found


def test_on_a_gpu_float32_is_never_rounded_to_fewer_bits():
    assert environment(MACHINE.model_copy(update={"accelerator": "cuda"}))["NVIDIA_TF32_OVERRIDE"] == "0"
    assert "NVIDIA_TF32_OVERRIDE" not in environment(MACHINE)
