"""Let no killed training lock others out: free the operators that DeepSpeed compiles from whoever died holding them.

DeepSpeed compiles its collectives at first use, and torch guards the folder of what is compiled by a file called
`lock` that its owner removes. A process that is killed in between leaves it, and every later training would wait for
ever. A start of ours waits for such a file as long as an owner that lives could need, then takes it for abandoned.
"""

import os
import time
from pathlib import Path

from torch.utils.cpp_extension import get_default_build_root

LOADED_S, COMPILED_S = 300.0, 1800.0
"""How long an owner that lives may hold a folder, on a machine where others leave it little: to load, to compile."""
LOOK_S = 0.5


def free_abandoned(root: Path | None = None, loaded_s: float = LOADED_S, compiled_s: float = COMPILED_S) -> list[Path]:
    """Wait until no lock below `root` is held, remove those that are older than an owner needs, and return them."""
    folder = root or Path(os.environ.get("TORCH_EXTENSIONS_DIR") or get_default_build_root())
    removed = []
    for lock in sorted(folder.glob("**/lock")):
        patience = loaded_s if any(lock.parent.glob("*.so")) else compiled_s
        while (age := _age_s(lock)) is not None:
            if age >= patience:
                lock.unlink(missing_ok=True)
                removed.append(lock)
                break
            time.sleep(min(LOOK_S, patience))
    return removed


def _age_s(file: Path) -> float | None:
    """Return the seconds since a file was made, or None where it is gone."""
    try:
        return time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return None
