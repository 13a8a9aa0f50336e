"""What a real engine refuses: GPUs that it cannot hand on, an image without its driver, the image of somebody else."""

import io
import shutil
import subprocess
import sys
import tarfile

import pytest

from harness.record.devices import probe
from harness.run.container import SET_LABEL
from tests.container.closed import DOCKER, IMAGE, asked, engine, needs_image
from tests.house.sources import ROOT

pytestmark = needs_image
# No image that asks for GPUs gets past a machine without a driver, so a plain one is made to ask.
WITH_GPUS = """
import sys
from dataclasses import replace
from pathlib import Path
from harness.errors import MachineError
from harness.run import container
plain = container.inside(sys.argv[1], ["--version"], Path(sys.argv[2]))
try:
    container.run(replace(plain, gpus=True), print, print)
except MachineError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""
TOOLKIT = shutil.which("nvidia-container-runtime") or shutil.which("nvidia-ctk")


@pytest.fixture
def empty():
    """Give an image that holds nothing but a label, and remove it again."""
    made: list[str] = []

    def labelled(label: str) -> str:
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as files:
            files.addfile(tarfile.TarInfo("nothing"))
        line = [DOCKER, "import", "--change", f"LABEL {label}", "-"]
        done = subprocess.run(line, input=archive.getvalue(), capture_output=True, check=True)
        made.append(done.stdout.decode().strip())
        return made[-1]

    yield labelled
    for image in made:
        engine("image", "rm", "--force", image)


@pytest.mark.skipif(bool(TOOLKIT), reason="this engine can hand on GPUs")
def test_gpus_that_the_engine_cannot_hand_on_name_the_toolkit_that_is_absent(store):
    line = [sys.executable, "-c", WITH_GPUS, IMAGE, str(store)]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, "Install the NVIDIA container toolkit" in done.stderr) == (3, True), done.stderr


@pytest.mark.skipif(probe() is not None, reason="this machine has a driver")
def test_an_image_for_gpus_is_refused_before_it_starts_where_no_driver_is(empty, store):
    done = asked(store, "doctor", "--in-image", empty(f"{SET_LABEL}=gpu"))
    assert (done.returncode, "needs an NVIDIA driver" in done.stderr) == (3, True), done.stderr


def test_an_image_of_somebody_else_is_refused_as_wrong_use(empty, store):
    done = asked(store, "doctor", "--in-image", empty("theirs=1"))
    assert (done.returncode, "is no image of this project" in done.stderr) == (2, True), done.stderr


def test_a_folder_that_takes_no_results_is_refused_before_the_image_starts(store):
    (store / "file").write_text("in the way")
    done = asked(store / "file", "doctor", "--in-image", IMAGE)
    assert (done.returncode, "takes no results" in done.stderr) == (3, True), done.stderr
