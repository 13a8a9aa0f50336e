"""Answer `harness prepare --check`: what each shared part can do, beside what is demanded of it."""

from collections.abc import Sequence

from harness.cli.screen import answer, columns
from harness.cli.work import workplace
from harness.errors import InvalidEvidence, UsageError
from harness.run.gates import RECORD, short
from harness.run.gauging import gauge
from harness.schema.gate import GateRecord, Gauged

TITLE = "The shared parts on their own held-out tasks"


def check(overrides: Sequence[str], pretrain: str, as_json: bool) -> int:
    """Measure the parts, print figures and bars; a part that falls short is exit code 40.

    Raises:
        UsageError: a part is to be made in the same breath.
    """
    if pretrain:
        raise UsageError("--check measures the pinned parts: pin what --pretrain makes first, then check")
    with workplace(overrides) as place:
        record = gauge(place.study, place.store, place.story)
    rows = [row for digest, one in record.parts.items() for row in _rows(digest, one)]
    failed = [one.part for one in record.parts.values() if short(one.part, one.measured)]
    told = f"failed: {', '.join(failed)}; nothing trains on them" if failed else "every part passes"
    table = columns(TITLE, ("part", "weights", "figure", ">measured", ">at least", "gate"), rows, told)
    answer(_plain(record, failed), table, as_json)
    return InvalidEvidence.exit_code if failed else 0


def _rows(digest: str, one: Gauged) -> list[tuple[str, ...]]:
    missed = {bar.figure for bar in short(one.part, one.measured)}
    return [
        (
            one.part,
            digest[:12],
            figure,
            f"{value:.3f}",
            f"{one.demanded[figure]:.2f}" if figure in one.demanded else "",
            ("failed" if figure in missed else "passed") if figure in one.demanded else "",
        )
        for figure, value in one.measured.items()
    ]


def _plain(record: GateRecord, failed: list[str]) -> dict[str, object]:
    return {"record": str(RECORD), "failed": failed, **record.plain()}
