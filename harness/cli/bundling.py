"""Do what `harness bundle` and `harness verify BUNDLE` ask: pack signed evidence, and judge a stranger's."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Group

from benchmarks.load import load
from benchmarks.table import find, select
from harness.cli import judging, tables
from harness.cli.handing import Reports
from harness.cli.screen import Screen, answer
from harness.config.compose import compose
from harness.config.places import POLICY, QUESTIONS, REFERENCE, resolve
from harness.encoders.table import specs
from harness.errors import InvalidEvidence, UsageError
from harness.record import ledger, pins
from harness.record.fingerprint import collect
from harness.record.reference import Reference
from harness.report.verdicts import Whole
from harness.run.prepare import Supplies
from harness.schema.subset import Subset
from harness.schema.verdict import EXIT_CODES, worst
from harness.verify import bundle, packing
from harness.verify import policy as policies


def pack(target: Path, subset: str, benchmarks: str, overrides: Sequence[str], key: Path | None, as_json: bool) -> int:
    """Pack the reference's entries of some subsets and benchmarks, signed.

    Raises:
        UsageError: no key is given, the target exists, or the reference has no such entry.
    """
    if key is None:
        raise UsageError("a bundle is signed: --key key.pem (openssl genpkey -algorithm ed25519 -out key.pem)")
    if target.suffix != ".zip":
        raise UsageError(f"a bundle is one zip file, and is known by its name: {target.name}.zip")
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
        cards = [find(name) for name in sorted({one.benchmark for one in chosen})]
        asked = {card.name: (card, load(card, mirror).samples) for card in cards}
    ours = study.recipe.encoder_size
    trainings = [
        study.model_copy(update={"seed": seed}).training(one, specs(one.names, ours))
        for one, seed in {(entry.trained.slug, entry.seed): (entry.trained, entry.seed) for entry in chosen}.values()
    ]
    signed = packing.Signing(key, folder / ledger.NAME, datetime.now(UTC), collect().commit)
    configured = {training.digest: training for training in trainings}
    evidence = packing.pack(target, reference, chosen, asked, configured, POLICY, signed)
    answer({"bundle": str(target), **evidence.plain()}, f"{target}: {len(chosen)} entries, signed", as_json)
    return 0


def check(path: Path, key: Path, report: str, as_json: bool) -> int:
    """Judge a bundle; the worst verdict is the exit code, and a bundle that is refused is INVALID.

    Raises:
        UsageError: `key` is no public key, or a report is of an unknown kind.
    """
    asked = Reports.asked(report)
    try:
        found = bundle.check(path, key, pins.read(QUESTIONS))
    except InvalidEvidence as error:
        return judging.refused(error, asked, as_json)
    outcome = worst(one.outcome for one in found.verdicts)
    told = _told(found)
    asked.write(found.verdicts, Whole(outcome, told))
    plain = {
        "verdict": outcome,
        "exit_code": EXIT_CODES[outcome],
        **found.evidence.plain(),
        "verdicts": [tables.plain_verdict(one) for one in found.verdicts],
    }
    answer(plain, Group(tables.verdicts(found.verdicts), told), as_json)
    return EXIT_CODES[outcome]


def _told(found: bundle.Checked) -> str:
    """Say what the signer states: when, at which commit, under which policy, after how many tries."""
    stated = found.evidence
    ours = policies.read(POLICY).digest == stated.policy
    return (
        f"signed for {stated.made_at:%Y-%m-%d %H:%M} UTC at commit {(stated.commit or 'unknown')[:12]}; "
        f"policy {stated.policy[:12]}, {'the one here' if ours else 'NOT the one here'}; "
        f"ledger ends in {stated.ledger[:12]}, {'nothing was tried' if stated.ledger == ledger.FIRST else 'see notes'}"
    )
