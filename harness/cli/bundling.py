"""Do what `harness bundle` and `harness verify BUNDLE` ask: pack signed evidence, and judge a stranger's."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.load import load
from benchmarks.table import find, select
from harness.cli import tables
from harness.cli.screen import Screen, answer
from harness.config.compose import compose
from harness.config.places import POLICY, REFERENCE, resolve
from harness.errors import InvalidEvidence, UsageError
from harness.record import ledger
from harness.record.fingerprint import collect
from harness.record.reference import Reference
from harness.run.prepare import Supplies
from harness.schema.subset import Subset
from harness.schema.verdict import EXIT_CODES, worst
from harness.verify import bundle


def pack(target: Path, subset: str, benchmarks: str, overrides: Sequence[str], key: Path | None, as_json: bool) -> int:
    """Pack the reference's entries of some subsets and benchmarks, signed.

    Raises:
        UsageError: no key is given, the target exists, or the reference has no such entry.
    """
    if key is None:
        raise UsageError("a bundle is signed: --key key.pem (openssl genpkey -algorithm ed25519 -out key.pem)")
    if target.exists():
        raise UsageError(f"{target} is there already; a bundle is never overwritten")
    study, reference = compose(overrides), Reference.load(REFERENCE)
    wanted, names = set(Subset.select(subset, study.recipe.pool)), {one.name for one in select(benchmarks)}
    chosen = [
        score.entry
        for score in reference.scores.values()
        if score.entry.trained in wanted and score.entry.benchmark in names
    ]
    if not chosen:
        raise UsageError(f"the reference holds no entry of {subset} on {benchmarks}")
    folder = resolve(study.store.folder)
    with Screen() as screen:
        mirror = Supplies(study, folder, screen).mirror
        samples = {name: load(find(name), mirror).samples for name in sorted({one.benchmark for one in chosen})}
    evidence = bundle.pack(
        target,
        reference,
        chosen,
        samples,
        POLICY,
        folder / ledger.NAME,
        key,
        datetime.now(UTC),
        collect().commit,
    )
    answer({"bundle": str(target), **evidence.plain()}, f"{target}: {len(chosen)} entries, signed", as_json)
    return 0


def check(path: Path, key: Path | None, as_json: bool) -> int:
    """Judge a bundle; the worst verdict is the exit code, and a bundle that is refused is INVALID.

    Raises:
        UsageError: no public key is given; a signature by an unknown key proves nothing.
    """
    if key is None:
        raise UsageError("whose signature do you trust? --key public.pem names the public key")
    try:
        found = bundle.check(path, key)
    except InvalidEvidence as error:
        refused = {"verdict": "INVALID", "exit_code": error.exit_code, "why": str(error)}
        answer(refused, f"INVALID (exit {error.exit_code}): {error}", as_json)
        return error.exit_code
    plain = {
        "verdict": worst(one.outcome for one in found.verdicts),
        "exit_code": EXIT_CODES[worst(one.outcome for one in found.verdicts)],
        **found.evidence.plain(),
        "verdicts": [tables.plain_verdict(one) for one in found.verdicts],
    }
    answer(plain, tables.verdicts(found.verdicts), as_json)
    return plain["exit_code"]
