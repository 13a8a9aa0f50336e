"""Turn refusals into one message on standard error and an exit code that means it."""

import json
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from benchmarks.errors import BenchmarkError
from harness.errors import HarnessError, MachineError, UsageError


def guarded(program: App, words: Sequence[str]) -> int:
    """Run one command and return its exit code; refusals become one message on standard error."""
    try:
        return int(program(list(words)) or 0)
    except CycloptsError as error:
        failure: Exception = error
        code = UsageError.exit_code
    except (HarnessError, BenchmarkError) as error:
        failure, code = error, error.exit_code
    except OSError as error:
        refused = MachineError.of_disk(error)
        if refused is None:
            raise
        failure, code = refused, refused.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; nothing is lost: the same command goes on from here\n")
        return 130
    if "--json" in words:
        sys.stdout.write(json.dumps({"error": str(failure), "exit_code": code}) + "\n")
    sys.stderr.write(f"harness: {failure}\n")
    return code
