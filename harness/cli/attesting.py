"""Do what `harness verify VERDICT.dsse.json` asks: repeat a signed verdict that is whole and of this reference."""

from pathlib import Path

from rich.console import Group

from harness.cli import judging, tables
from harness.cli.handing import Reports
from harness.cli.screen import answer
from harness.config.places import REFERENCE
from harness.errors import InvalidEvidence
from harness.record import attestation, durable, strict_json
from harness.report.verdicts import Whole
from harness.schema.verdict import EXIT_CODES
from harness.verify.verify import printable


def check(path: Path, key: Path, report: str, as_json: bool) -> int:
    """Check a signed verdict against the reference that lies here; its outcome is the exit code, or INVALID.

    Raises:
        UsageError: `key` is no public key, or a report is of an unknown kind.
    """
    asked = Reports.asked(report)
    try:
        data = strict_json.bytes_of(attestation.Spoken, path)
        spoken = attestation.check(data, key, durable.sha256_of(REFERENCE / "manifest.json"), str(path))
    except InvalidEvidence as error:
        return judging.refused(error, asked, as_json)
    code = EXIT_CODES[spoken.outcome]
    asked.write(spoken.verdicts, Whole(spoken.outcome, spoken.why))
    said = (
        f"signed on {spoken.made_at:%Y-%m-%d %H:%M} UTC at commit {(spoken.commit or 'unknown')[:12]}: "
        f"{spoken.outcome} (exit {code}): {printable(spoken.why)}"
    )
    plain = {
        "verdict": spoken.outcome,
        "exit_code": code,
        "why": spoken.why,
        "made_at": spoken.made_at.isoformat(),
        "commit": spoken.commit,
        "verdicts": [tables.plain_verdict(one) for one in spoken.verdicts],
    }
    answer(plain, Group(tables.verdicts(spoken.verdicts), said), as_json)
    return code
