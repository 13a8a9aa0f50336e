"""Pack entries of the reference into one signed file; `bundle` says what lies where in it, and checks it.

Nothing is packed that would not pass: each entry is opened and marked again as a checker will do it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.card import Benchmark, Sample
from benchmarks.load import digest_of
from harness.errors import InvalidEvidence, UsageError
from harness.record import archive, crate, ledger, questions, signing, table
from harness.record.reference import Reference, training_slug
from harness.schema.entry import Entry
from harness.schema.frozen import Frozen, canonical
from harness.schema.recipe import Training
from harness.schema.run import RunRecord
from harness.schema.verdict import Verdict
from harness.verify import policy as policies
from harness.verify.evidence import Questions
from harness.verify.stored import Opened, open_entry
from harness.verify.verify import verify

Asked = Mapping[str, tuple[Benchmark, Sequence[Sample]]]


@dataclass(frozen=True, slots=True)
class Signing:
    """Hold who signs, when, and at which commit; `attempts` is the file of the ledger."""

    key: Path
    attempts: Path
    made_at: datetime
    commit: str | None


def pack(
    target: Path,
    reference: Reference,
    entries: Sequence[Entry],
    asked: Asked,
    trainings: Mapping[str, Training],
    policy: Path,
    signed: Signing,
) -> crate.Evidence:
    """Write a signed bundle of entries of the reference; `asked` goes by benchmark, `trainings` by their digests.

    Raises:
        UsageError: no entry, no key to sign with, or a training is not the configuration's any more.
        UnknownName: the reference has no such entry.
        InvalidEvidence: an entry, the ledger or the policy does not hold.
        HarnessError: the disk refuses.
    """
    if not entries:
        raise UsageError("a bundle holds one entry at least")
    scores = [reference.score(entry) for entry in entries]
    lost = [score.entry.slug for score in scores if score.entry.training not in trainings]
    if lost:
        raise UsageError(
            f"{', '.join(lost[:3])}: accepted under another configuration than today's, which cannot be packed with it"
        )
    rules, lines = policies.read(policy), ledger.read(signed.attempts)
    loaded = {name: Questions(card, some, digest_of(tuple(some))) for name, (card, some) in asked.items()}
    opened = [open_entry(reference, score.entry, loaded[score.entry.benchmark]) for score in scores]
    verdicts = [verify(one.stored, None, loaded[one.stored.score.entry.benchmark], "rescore", rules) for one in opened]
    refused = next((one for one in verdicts if one.outcome != "MATCH"), None)
    if refused:
        raise InvalidEvidence(f"{refused.entry.slug} is not packed: {refused.why}")
    evidence = crate.Evidence(
        made_at=signed.made_at,
        commit=signed.commit,
        entries=tuple(sorted(score.entry.slug for score in scores)),
        policy=rules.digest,
        ledger=ledger.head(lines),
    )
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _fill(folder, reference, opened, asked, trainings, verdicts)
        (folder / "ledger.jsonl").write_bytes(_lines(lines))
        (folder / "policy.toml").write_bytes(policy.read_bytes())
        (folder / crate.METADATA).write_bytes(crate.metadata(folder, evidence))
        statement = crate.state(folder, evidence)
        (folder / crate.STATEMENT).write_bytes(signing.sign(statement.encoded(), signed.key))
        archive.pack(folder, target)
    return evidence


def _fill(
    folder: Path,
    reference: Reference,
    opened: Sequence[Opened],
    asked: Asked,
    trainings: Mapping[str, Training],
    verdicts: Sequence[Verdict],
) -> None:
    """Lay out everything that the entries rest on."""
    for name in ("predictions", "questions", "configs", "canaries"):
        (folder / name).mkdir()
    runs: dict[str, RunRecord] = {}
    for one in opened:
        entry = one.stored.score.entry
        name = f"predictions/{entry.slug}.parquet"
        (folder / name).write_bytes((reference.folder / name).read_bytes())
        if one.stored.answers.canaries is not None:
            (folder / "canaries" / f"{entry.slug}.json").write_bytes(canonical(one.stored.answers.canaries.plain()))
        training = trainings[entry.training]
        (folder / "configs" / f"{training_slug(entry)}.json").write_bytes(canonical(training.plain()))
        runs |= {run.step: run for run in one.behind.all}
    for name in sorted({one.stored.score.entry.benchmark for one in opened}):
        (folder / "questions" / f"{name}.jsonl").write_bytes(questions.write(asked[name][1]))
    in_order = sorted(runs.values(), key=lambda run: (run.ended, run.step))
    (folder / "scores.csv").write_bytes(table.to_csv([one.stored.score for one in opened]))
    (folder / "runs.jsonl").write_bytes(_lines(in_order))
    (folder / "verdicts.jsonl").write_bytes(_lines(verdicts))


def _lines(nouns: Sequence[Frozen]) -> bytes:
    return b"".join(canonical(one.plain()) + b"\n" for one in nouns)
