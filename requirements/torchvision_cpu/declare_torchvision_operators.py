"""Declare torchvision's compiled operators to a CPU torch, just before torchvision is first imported.

The default Python index carries torchvision as a CUDA build only. Beside a CPU torch its compiled library cannot load,
and `import torchvision` then fails with `operator torchvision::nms does not exist`, because Python code in it attaches
shape rules to `nms` and `qnms`. timm and transformers need torchvision's transforms and neither operator, so naming the
operators is enough. Calling one still fails, with torch's own message that no kernel is registered.

Installed into site-packages beside a `.pth` file, which Python runs at start-up: child processes of the inference
engine need it too, and they do not import this project first. Start-up stays cheap: torch is imported only when
torchvision itself runs. Many libraries merely ask whether torchvision is there (`importlib.util.find_spec`), and they
are told so without it.
"""

import sys
from importlib.abc import Loader, MetaPathFinder

# torch drops a declaration together with the library object that made it.
_kept_alive = []


class _TorchvisionWatch(MetaPathFinder):
    """Answer for torchvision as the finders behind would, with a loader that declares the operators first."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname != "torchvision":
            return None
        found = (finder.find_spec(fullname, path, target) for finder in sys.meta_path if finder is not self)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is not None and spec.loader is not None:
            spec.loader = _DeclareFirst(spec.loader)
        return spec


class _DeclareFirst(Loader):
    """Load as another loader does, after the operators are declared; the other answers whatever else is asked."""

    def __init__(self, loader):
        self._loader = loader

    def __getattr__(self, name):
        return getattr(self._loader, name)

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        if not _kept_alive:
            _declare_missing_operators()
        # The module shall look as if nobody had stood between.
        module.__loader__ = module.__spec__.loader = self._loader
        self._loader.exec_module(module)


def _declare_missing_operators():
    from importlib.metadata import version

    import torch

    # A GPU torch loads the library, and so does a torchvision built for the CPU: a second declaration would clash.
    if torch.version.cuda is not None or version("torchvision").endswith("+cpu"):
        return
    library = torch.library.Library("torchvision", "FRAGMENT")
    for operator in ("nms", "qnms"):
        library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _kept_alive.append(library)


sys.meta_path.insert(0, _TorchvisionWatch())
