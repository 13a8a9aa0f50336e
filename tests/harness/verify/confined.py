"""Judge bundles in a process that may take little: `python -m tests.harness.verify.confined KEY BUNDLE ...`.

One JSON line a bundle: the worst outcome and why. The last line is the most memory that the process ever held, in MB.
"""

import json
import resource
import sys
from pathlib import Path

from harness.errors import InvalidEvidence
from harness.schema.verdict import worst
from tests.harness.verify.bundles import checked

MEMORY, SECONDS = 3 * 2**30, 120


def judged(path: Path, key: Path) -> tuple[str, str]:
    """Return the outcome of a bundle, and the reason."""
    try:
        found = checked(path, key).verdicts
    except InvalidEvidence as error:
        return {40: "INVALID"}.get(error.exit_code, "ERROR"), str(error)
    return worst(one.outcome for one in found), found[0].why


def main() -> None:
    """Lower what this process may take, then judge one bundle after the other."""
    for what, soft in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        resource.setrlimit(what, (soft, resource.getrlimit(what)[1]))
    for path in sys.argv[2:]:
        sys.stdout.write(json.dumps(judged(Path(path), Path(sys.argv[1]))) + "\n")
    sys.stdout.write(json.dumps(peak_mb()) + "\n")


def peak_mb() -> float:
    """Return the most that this program held; `getrusage` would count what its parent held when it was started."""
    said = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(said["VmHWM"].split()[0]) / 1024


if __name__ == "__main__":
    main()
