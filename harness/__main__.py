"""Start the command line: `python -m harness`, or `harness` where the package is installed."""

import sys

from harness.cli.verbs import app, guarded


def main() -> None:
    """Run one command and leave with its exit code."""
    sys.exit(guarded(app, sys.argv[1:]))


if __name__ == "__main__":
    main()
