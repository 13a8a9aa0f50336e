"""Compose starts the images closed, as --in-image does: one says in YAML what the other says in a line."""

from pathlib import Path

import yaml

from harness.run.container_line import SCRATCH, SCRATCH_OPTIONS, SHARED_MEMORY, Inside, line
from tests.house.sources import ROOT

SERVICES = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())["services"]


def test_every_image_has_a_service_and_no_tag_that_moves():
    assert set(SERVICES) == {"audit", "cpu", "gpu"}
    for name, service in SERVICES.items():
        assert service["image"] == f"vlm-encoder-harness:${{IMAGE_VERSION:?what docker/build {name} printed}}"


def test_every_service_is_as_closed_as_the_printed_line():
    said = line(Inside("harness:1", "sha256:" + "ab" * 32, ("doctor",), Path("/data"), "1:1"), "docker").split()
    flags = {"--read-only": "read_only", "--init": "init"}
    for service in SERVICES.values():
        for flag, key in flags.items():
            assert (flag in said, service[key]) == (True, True)
        assert "--network=none" in said
        assert service["network_mode"] == "none"
        assert "--cap-drop=ALL" in said
        assert service["cap_drop"] == ["ALL"]
        assert "--security-opt=no-new-privileges" in said
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["user"].startswith("${OWNER:-10001:10001")


def test_one_folder_can_be_written_and_a_run_knows_its_image():
    for service in SERVICES.values():
        written = [volume for volume in service["volumes"] if not volume.endswith(":ro")]
        assert written == ["${RESULTS:?a folder for results}:/results"]
        assert set(service["environment"]) == {"HARNESS_IMAGE_DIGEST"}


def test_shared_memory_is_that_of_the_printed_line():
    assert {name: SERVICES[name]["shm_size"] for name in SHARED_MEMORY} == SHARED_MEMORY


def test_what_is_written_into_memory_can_be_run_only_where_kernels_are_compiled():
    said = {name: SERVICES[name]["tmpfs"] for name in SCRATCH_OPTIONS}
    assert said == {name: [f"{SCRATCH}:{options}"] for name, options in SCRATCH_OPTIONS.items()}
    assert SERVICES["audit"]["tmpfs"] == SERVICES["cpu"]["tmpfs"]
    runnable = {name for name, options in SCRATCH_OPTIONS.items() if "noexec" not in options.split(",")}
    assert runnable == {"gpu"}
