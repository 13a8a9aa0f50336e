"""Write the matrix of threats and gates: `python -m tests.threats.matrix docs/threats.md`."""

import sys
from pathlib import Path

from tests.threats.corpus import THREATS

GATES = ("G0", "G1", "G2", "G3", "G4", "G6")
HEAD = """# What attacks a verdict, and which gate answers

Written by `ci/threats` from `tests/threats/corpus.py`; the tests try each fixture below, and none ends as MATCH.
Gates: G0 integrity, G1 completeness, G2 recomputation, G3 signature of the experiment, G4 cheap fingerprints, G6
attestation (policy and ledger). G5, the statistics, comes after all of these have let the evidence pass.

"""


def text() -> str:
    """Return the page."""
    lines = [f"| # | threat | {' | '.join(GATES)} | fixture, or who answers |", f"|---:|---|{':-:|' * len(GATES)}---|"]
    for threat in THREATS:
        crosses = " | ".join("●" if threat.gate == gate else "" for gate in GATES)
        tried = ", ".join(f"`{attack.__name__}`" for attack in threat.attacks)
        answered = "; ".join(filter(None, [tried, threat.elsewhere]))
        lines.append(f"| {threat.number} | {threat.title} | {crosses} | {answered} |")
    lines += ["", "| fixture | does |", "|---|---|"]
    for threat in THREATS:
        lines += [f"| `{one.__name__}` | {(one.__doc__ or '').rstrip('.')} |" for one in threat.attacks]
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text(), encoding="utf-8")
