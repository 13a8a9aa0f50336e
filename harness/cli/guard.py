"""Turn refusals into one message on standard error and an exit code that means it."""

import gc
import json
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from benchmarks.errors import BenchmarkError
from harness.cli.verbs import image
from harness.errors import HarnessError, MachineError, UsageError

PATIENCE = 100_000
"""New objects after which Python looks for cycles: a command makes nouns by the hundred thousand, and few cycles."""


def guarded(program: App, words: Sequence[str]) -> int:
    """Run one command and return its exit code; refusals become one message on standard error."""
    gc.set_threshold(PATIENCE, *gc.get_threshold()[1:])
    try:
        wish, own = image.divided(words)
        return image.within(wish, own) if wish else int(program(own) or 0)
    except CycloptsError as error:
        failure: Exception = error
        code = UsageError.exit_code
    except (HarnessError, BenchmarkError) as error:
        # A writer says which file it could not write; that a disk takes nothing is the machine's fault all the same.
        refused = MachineError.of_disk(error.__cause__) if isinstance(error.__cause__, OSError) else None
        failure = refused if refused and error.exit_code == HarnessError.exit_code else error
        code = failure.exit_code
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
