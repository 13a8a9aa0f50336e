"""Running inside an image: the line that does it can be pasted, is hardened, and names what is recorded."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.errors import InvalidEvidence, MachineError
from harness.record.devices import Devices
from harness.record.fingerprint import collect
from harness.run import container
from harness.run.container_line import Inside, carried, line
from tests.house.sources import ROOT

DIGEST = "sha256:" + "ab" * 32
ASKED = Inside("harness:1", DIGEST, ("reproduce", "clip", "gqa", "seed=1"), Path("/data/out put"), "1000:1000")


def words(inside, tool="docker"):
    return shlex.split(line(inside, tool))


def test_a_line_can_be_pasted_whatever_the_folder_is_called():
    found = words(ASKED)
    assert found[:2] == ["docker", "run"]
    assert "/data/out put:/results" in found
    assert found[-5:] == [DIGEST, "reproduce", "clip", "gqa", "seed=1"]


def test_the_container_is_hardened_and_knows_its_digest():
    found = words(ASKED)
    for flag in ("--read-only", "--network=none", "--cap-drop=ALL", "--security-opt=no-new-privileges"):
        assert flag in found
    assert "--user=1000:1000" in found
    assert f"HARNESS_IMAGE_DIGEST={DIGEST}" in found
    assert "--gpus=all" not in found


@pytest.mark.parametrize(("tool", "flag"), [("docker", "--gpus=all"), ("apptainer", "--nv")])
def test_gpus_are_asked_for_only_where_the_image_computes_on_them(tool, flag):
    gpu = Inside("harness:1", DIGEST, ("doctor",), Path("/data"), "0:0", gpus=True)
    assert flag in words(gpu, tool)
    assert flag not in words(ASKED, tool)
    assert "--shm-size=16g" in words(gpu)
    assert "--shm-size=1g" in words(ASKED)


@pytest.mark.parametrize(("tool", "started"), [("docker", DIGEST), ("apptainer", f"docker-daemon:{DIGEST}")])
def test_what_is_started_is_what_is_recorded_whoever_bears_the_name_by_then(tool, started):
    found = words(ASKED, tool)
    assert started in found
    assert "harness:1" not in " ".join(found)
    assert f"HARNESS_IMAGE_DIGEST={DIGEST}" in found


@pytest.mark.parametrize("tool", ["docker", "apptainer", "enroot"])
def test_every_tool_gets_the_results_folder_the_read_only_inputs_and_the_words(tool):
    read = Inside("harness:1", DIGEST, ("audit", "/in/0/t.csv"), Path("/data"), "0:0", ((Path("/papers"), "/in/0"),))
    text = line(read, tool)
    assert "/data:/results" in text
    assert "/papers:/in/0" in text
    assert ":ro" in text
    assert words(read, tool)[-2:] == ["audit", "/in/0/t.csv"]


def test_files_are_carried_in_and_everything_else_is_left_as_typed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clip").mkdir()
    (tmp_path / "t.zip").write_text("x")
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "p.pem").write_text("x")
    typed = ["verify", "t.zip", "--key=keys/p.pem", "clip", "seed=1", "absent.zip", "--json"]
    seen, mounts = carried(typed)
    assert seen == ("verify", "/in/0/t.zip", "--key=/in/1/p.pem", "clip", "seed=1", "absent.zip", "--json")
    assert mounts == ((tmp_path, "/in/0"), (tmp_path / "keys", "/in/1"))


def test_the_command_line_refuses_without_an_engine_and_without_an_image(tmp_path):
    settings = {**os.environ, "DOCKER_HOST": f"unix://{tmp_path}/nobody.sock", "HARNESS_STORE": str(tmp_path)}

    def left(*typed):
        done = subprocess.run([sys.executable, "-m", "harness", *typed], cwd=ROOT, capture_output=True, env=settings)
        return done.returncode, done.stderr.decode()

    code, told = left("doctor", "--in-image", "harness:1")
    assert (code, "no container engine answers at unix://" in told) == (3, True), told
    for typed in (["--in-image"], ["--print"], ["--in-image=harness:1", "--print=podman"]):
        assert left("doctor", *typed)[0] == 2


def test_a_missing_gpu_toolkit_says_what_to_install():
    told = str(container._refused('could not select device driver "" with capabilities: [[gpu]]'))
    assert "NVIDIA container toolkit" in told
    assert "restart" in told


@pytest.mark.parametrize("images", [(None,), (DIGEST, "sha256:" + "cd" * 32), ()])
def test_recorded_names_no_image_where_the_runs_do_not_agree_on_one(images):
    with pytest.raises(InvalidEvidence, match="names no image"):
        container.recorded([run_in(image) for image in images])


def test_recorded_is_the_image_of_all_runs():
    assert container.recorded([run_in(DIGEST), run_in(DIGEST)]) == DIGEST


def run_in(image):
    """Make the part of a record that is looked at: the fingerprint."""
    return SimpleNamespace(fingerprint=collect().model_copy(update={"image": image}))


def test_a_folder_that_takes_no_file_is_found_before_a_run(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(MachineError):
        container._demand_writable(blocked / "store")


@pytest.mark.parametrize("driver", ["550.54.15", "570.133.20"])
def test_an_old_driver_is_refused_with_the_one_it_needs(driver, monkeypatch):
    monkeypatch.setattr(container, "probe", lambda: Devices(driver, (12, 4), ()))
    with pytest.raises(MachineError, match="needs driver 580 or newer"):
        container._demand_driver()


@pytest.mark.parametrize(
    ("client", "told"),
    [("no-such-engine", "no container engine (no-such-engine). Install docker"), ("false", "is its daemon running?")],
)
def test_the_builder_says_what_is_absent(client, told):
    settings = {**os.environ, "DOCKER": client}
    done = subprocess.run([ROOT / "docker" / "build", "audit"], capture_output=True, text=True, env=settings)
    assert (done.returncode, told in done.stderr) == (3, True), done.stderr
