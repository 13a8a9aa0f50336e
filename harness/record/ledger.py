"""Keep every verdict ever spoken over a re-run, one line each, in a chain that cannot be shortened unseen.

Whoever runs again until a verdict is green leaves the red ones in the ledger; each line holds the SHA-256 of the line
before it, so a line that is edited, dropped from the middle or put elsewhere breaks the chain, and a verdict prints how
many different re-runs there were. The newest line alone is never the truth. What a chain cannot show is a missing end;
a bundle therefore signs the digest of the last line.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock
from pydantic import AwareDatetime, Field

from harness.errors import InvalidEvidence
from harness.record import durable, strict_json
from harness.schema.frozen import Frozen, canonical, digest_of
from harness.schema.verdict import Outcome, Regime, Verdict

NAME = "ledger.jsonl"
FIRST = "0" * 64
SIZE_LIMIT = 256 * 2**20
DIGEST = r"^[0-9a-f]{64}$"


class Line(Frozen):
    """Hold one verdict: the digest of the line before, when, over which entry and answers, and by which policy.

    `rerun` is the digest of the re-run's evidence, so that judging the same answers twice is one attempt.
    """

    previous: str = Field(pattern=DIGEST)
    at: AwareDatetime
    entry: str
    regime: Regime
    outcome: Outcome
    policy: str
    rerun: str = Field(pattern=DIGEST)
    why: str


def read(path: Path) -> tuple[Line, ...]:
    """Read a ledger and check its chain; a ledger that is not there yet is empty.

    Raises:
        InvalidEvidence: a line is torn or edited, or the chain is broken.
    """
    if not path.exists():
        return ()
    if not path.is_file() or path.stat().st_size > SIZE_LIMIT:
        raise InvalidEvidence(f"{path} is no plain file of at most {SIZE_LIMIT:,} bytes")
    data = path.read_bytes()
    if data and not data.endswith(b"\n"):
        raise InvalidEvidence(f"{path}: the last line is torn; remove what follows the last end of line")
    lines, previous = [], FIRST
    for number, text in enumerate(data.splitlines(), start=1):
        line = strict_json.parse(Line, text, f"{path}, line {number:,}")
        if line.previous != previous:
            raise InvalidEvidence.digest(
                f"{path}, line {number:,}: the line before", line.previous, previous, "A line was edited or removed."
            )
        previous = digest_of(line.plain())
        lines.append(line)
    return tuple(lines)


def head(lines: Sequence[Line]) -> str:
    """Return the digest of the last line, 64 zeros for an empty ledger."""
    return digest_of(lines[-1].plain()) if lines else FIRST


def append(path: Path, verdicts: Sequence[tuple[Verdict, str]], at: AwareDatetime) -> tuple[Verdict, ...]:
    """Add verdicts with the digests of their re-runs; return them with these and the number of attempts so far.

    Raises:
        InvalidEvidence: the ledger does not hold; nothing is added.
        HarnessError: the disk refuses.
    """
    durable.make_folder(path.parent)
    with FileLock(f"{path}.lock"):
        lines = list(read(path))
        before = path.read_bytes() if path.exists() else b""
        counted = []
        for verdict, rerun in verdicts:
            spoken = _under_one_policy(lines, verdict, rerun)
            line = Line(
                previous=head(lines),
                at=at,
                entry=spoken.entry.slug,
                regime=spoken.regime,
                outcome=spoken.outcome,
                policy=spoken.policy,
                rerun=rerun,
                why=spoken.why,
            )
            lines.append(line)
            before += canonical(line.plain()) + b"\n"
            tried = attempts(lines, line.entry, line.regime)
            counted.append(spoken.model_copy(update={"attempts": tried, "answers": rerun}))
        durable.write_bytes(path, before, path.with_name(f".{path.name}.{os.getpid()}"))
    return tuple(counted)


def _under_one_policy(lines: Sequence[Line], verdict: Verdict, rerun: str) -> Verdict:
    """Refuse to judge the same answers by a second policy: a margin is not changed with the result in hand."""
    key = (verdict.entry.slug, verdict.regime, rerun)
    before = next((line for line in lines if (line.entry, line.regime, line.rerun) == key), None)
    if before is None or before.policy == verdict.policy:
        return verdict
    why = (
        f"these answers were judged on {before.at:%Y-%m-%d} by policy {before.policy[:12]}, as {before.outcome}; "
        f"policy {verdict.policy[:12]} is another one and cannot judge them again: run again"
    )
    return Verdict(entry=verdict.entry, regime=verdict.regime, outcome="INVALID", why=why, policy=verdict.policy)


def attempts(lines: Sequence[Line], entry: str, regime: Regime) -> int:
    """Count the different re-runs of an entry under a regime, failed ones included."""
    return len({line.rerun for line in lines if (line.entry, line.regime) == (entry, regime)})
