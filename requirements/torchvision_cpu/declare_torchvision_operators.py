"""Declare torchvision's compiled operators to a CPU torch, just before torchvision is first imported.

The default Python index carries torchvision as a CUDA build only. Beside a CPU torch its compiled library cannot load,
and `import torchvision` then fails with `operator torchvision::nms does not exist`, because Python code in it attaches
shape rules to `nms` and `qnms`. timm and transformers need torchvision's transforms and neither operator, so naming the
operators is enough. Calling one still fails, with torch's own message that no kernel is registered.

Installed into site-packages beside a `.pth` file, which Python runs at start-up: child processes of the inference
engine need it too, and they do not import this project first. Start-up stays cheap: torch is imported only when
somebody asks for torchvision.
"""

import sys
from importlib.abc import MetaPathFinder
from importlib.metadata import version

# torch drops a declaration together with the library object that made it.
_kept_alive = []


class _TorchvisionWatch(MetaPathFinder):
    """Find nothing; see the first import of torchvision go by and act before it."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname == "torchvision":
            sys.meta_path.remove(self)
            _declare_missing_operators()


def _declare_missing_operators():
    import torch

    # A GPU torch loads the library, and so does a torchvision built for the CPU: a second declaration would clash.
    if torch.version.cuda is not None or version("torchvision").endswith("+cpu"):
        return
    library = torch.library.Library("torchvision", "FRAGMENT")
    for operator in ("nms", "qnms"):
        library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _kept_alive.append(library)


sys.meta_path.insert(0, _TorchvisionWatch())
