"""What the management library says of GPUs arrives as it was said, through the real binding."""

import json

import pytest

from tests.harness.record import nvml

PROBE = """
import json
from dataclasses import asdict
from harness.record.devices import probe
found = probe()
print(json.dumps(None if found is None else {**asdict(found), "branch": found.branch}))
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return nvml.build(tmp_path_factory.mktemp("driver"))


def seen(library, **said):
    done = nvml.asked(library, PROBE, **said)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_no_driver_is_no_error():
    assert seen(None) is None


def test_a_library_whose_driver_does_not_answer_counts_as_none(library):
    assert seen(library, init=9) is None


def test_driver_and_gpus_arrive_as_they_were_said(library):
    found = seen(
        library, count=2, driver="580.95.05", cuda=13000, major=9, minor=0, free=1000, total=2000, mig=1, ecc=1
    )
    assert (found["driver"], found["branch"], found["cuda"]) == ("580.95.05", 580, [13, 0])
    assert found["gpus"] == 2 * [
        {
            "name": "NVIDIA H100 80GB HBM3",
            "capability": [9, 0],
            "memory": 2000,
            "free": 1000,
            "mig": True,
            "corrected": True,
            "slowed": [],
        }
    ]


def test_a_gpu_that_knows_no_mig_has_neither(library):
    (gpu,) = seen(library, mig=-1, ecc=-1)["gpus"]
    assert (gpu["mig"], gpu["corrected"]) == (None, None)


@pytest.mark.parametrize(
    ("reasons", "slowed"),
    [(0x1, []), (0x4, []), (0x20, ["heat (software)"]), (0xC0, ["heat (hardware)", "power brake"])],
)
def test_only_faults_count_as_slowed(library, reasons, slowed):
    assert seen(library, slowed=reasons)["gpus"][0]["slowed"] == slowed
