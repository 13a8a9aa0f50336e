"""torchvision's operators are declared when it runs, not when somebody asks whether it is there."""

import subprocess
import sys

import pytest

ASK = "import importlib.util, sys; assert importlib.util.find_spec('torchvision'); assert 'torch' not in sys.modules"
DATASETS = "import datasets, sys; assert 'torch' not in sys.modules and 'torchvision' not in sys.modules"
TRANSFORMS = "import torchvision, timm, torchvision.transforms.v2; from transformers import CLIPVisionModel"
UNNOTICED = "import torchvision, inspect; assert inspect.getsource(torchvision); assert torchvision.__spec__.origin"


@pytest.mark.parametrize("program", [ASK, DATASETS, TRANSFORMS, UNNOTICED])
def test_asking_for_torchvision_is_light_and_using_it_works(program):
    done = subprocess.run([sys.executable, "-W", "error::ImportWarning", "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
