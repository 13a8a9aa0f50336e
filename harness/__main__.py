"""Start the command line: `python -m harness`, or `harness` where the package is installed."""

import os
import sys
import traceback
from types import TracebackType

from harness.cli.guard import guarded
from harness.cli.verbs import app
from harness.errors import HarnessError


def main() -> None:
    """Run one command and leave with its exit code; a crash of our own leaves with that of ERROR."""
    sys.excepthook = _crashed
    sys.exit(guarded(app, sys.argv[1:]))


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Show what broke, and leave with 50: Python's own 1 stands for no outcome."""
    traceback.print_exception(kind, error, trace)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(HarnessError.exit_code)


if __name__ == "__main__":
    main()
