"""Pack entries of the reference as signed evidence, and judge a stranger's bundle with nothing but its own content.

```
ro-crate-metadata.json           what the files are (RO-Crate)
statement.dsse.json              every other file by SHA-256, signed (in-toto, DSSE)
scores.csv                       the scores
predictions/<entry>.parquet      the raw answers that must give them
questions/<benchmark>.jsonl      the questions, their gold answers and their pictures' digests
runs.jsonl                       the records of the runs: inputs, parameters, fingerprints
ledger.jsonl                     every verdict over these entries so far
policy.toml                      the margins in force
```

A checker believes nothing: the signature is checked before a byte is parsed, the digests before a number is read, every
mark and score is computed again from the answers, and files that a library parses are parsed in a child process.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import table as benchmark_table
from benchmarks.card import Benchmark, Sample
from benchmarks.errors import BenchmarkError
from harness.errors import HarnessError, InvalidEvidence, UsageError
from harness.record import archive, crate, ledger, quarantine, questions, signing, strict_json, table
from harness.record.reference import Reference
from harness.schema.entry import Entry
from harness.schema.frozen import canonical
from harness.schema.policy import Policy
from harness.schema.run import RunRecord
from harness.schema.verdict import Verdict
from harness.verify import policy as policies
from harness.verify.fingerprints import demand_distinct, voice
from harness.verify.verify import Answers, Questions, Stored, invalid, verify


@dataclass(frozen=True, slots=True)
class Checked:
    """Hold what a bundle was found to be: one verdict an entry, and what its signer states."""

    verdicts: tuple[Verdict, ...]
    evidence: crate.Evidence


def pack(
    target: Path,
    reference: Reference,
    entries: Sequence[Entry],
    samples: Mapping[str, Sequence[Sample]],
    policy: Path,
    attempts: Path,
    key: Path,
    made_at: datetime,
    commit: str | None,
) -> crate.Evidence:
    """Write a signed bundle of entries of the reference; `samples` by benchmark, `attempts` is the ledger's file.

    Raises:
        UsageError: no entry, or no key to sign with.
        UnknownName: the reference has no such entry.
        InvalidEvidence: the ledger or the policy does not hold.
        HarnessError: the disk refuses.
    """
    if not entries:
        raise UsageError("a bundle holds one entry at least")
    scores = [reference.score(entry) for entry in entries]
    lines = ledger.read(attempts)
    evidence = crate.Evidence(
        made_at=made_at,
        commit=commit,
        entries=tuple(sorted(score.entry.slug for score in scores)),
        policy=policies.read(policy).digest,
        ledger=ledger.head(lines),
    )
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name in ("predictions", "questions"):
            (folder / name).mkdir()
        for score in scores:
            name = f"predictions/{score.entry.slug}.parquet"
            (folder / name).write_bytes((reference.folder / name).read_bytes())
        for name in sorted({score.entry.benchmark for score in scores}):
            (folder / "questions" / f"{name}.jsonl").write_bytes(questions.write(samples[name]))
        (folder / "scores.csv").write_bytes(table.to_csv(scores))
        (folder / "runs.jsonl").write_bytes(b"".join(canonical(run.plain()) + b"\n" for run in reference.runs))
        (folder / "ledger.jsonl").write_bytes(b"".join(canonical(line.plain()) + b"\n" for line in lines))
        (folder / "policy.toml").write_bytes(policy.read_bytes())
        title = f"Evidence for {len(scores)} entries"
        (folder / crate.METADATA).write_bytes(canonical(crate.describe(folder, title, made_at)))
        statement = crate.state(folder, evidence)
        (folder / crate.STATEMENT).write_bytes(signing.sign(canonical(statement.plain()), key))
        archive.pack(folder, target)
    return evidence


def check(bundle: Path, key: Path) -> Checked:
    """Judge a bundle signed by a key that the reader trusts; what is wrong with one entry is that entry's verdict.

    Raises:
        InvalidEvidence: the bundle as a whole is refused.
        UsageError: the key is none.
    """
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        archive.unpack(bundle, folder)
        sealed = folder / crate.STATEMENT
        if not sealed.is_file() or sealed.stat().st_size > strict_json.SIZE_LIMIT:
            raise InvalidEvidence(f"{bundle} holds no {crate.STATEMENT}: unsigned files are no evidence")
        payload = signing.check(sealed.read_bytes(), key, f"{bundle}: {crate.STATEMENT}")
        evidence = crate.check(folder, payload)
        policy = policies.read(folder / "policy.toml")
        if policy.digest != evidence.policy:
            raise InvalidEvidence.digest("policy.toml", evidence.policy, policy.digest, "The statement names another.")
        lines = ledger.read(folder / "ledger.jsonl")
        if ledger.head(lines) != evidence.ledger:
            raise InvalidEvidence.digest(
                "the end of ledger.jsonl", evidence.ledger, ledger.head(lines), "Lines are gone."
            )
        _runs(folder / "runs.jsonl")
        return Checked(tuple(_entries(folder, evidence, policy, lines)), evidence)


def _entries(folder: Path, evidence: crate.Evidence, policy: Policy, lines: Sequence[ledger.Line]) -> Sequence[Verdict]:
    """Judge every entry that the statement names, from its raw answers."""
    scores = table.read(folder / "scores.csv")
    stated, packed = set(evidence.entries), {path.stem for path in (folder / "predictions").glob("*.parquet")}
    if stated != {score.entry.slug for score in scores} or stated != packed or len(stated) != len(evidence.entries):
        raise InvalidEvidence("the statement, scores.csv and predictions/ name different entries")
    asked: dict[str, Questions] = {}
    answered = quarantine.read_all([folder / "predictions" / f"{score.entry.slug}.parquet" for score in scores])
    verdicts, heard = [], []
    for score, (header, rows) in zip(scores, answered, strict=True):
        if header.entry != score.entry:
            raise InvalidEvidence(f"predictions/{score.entry.slug}.parquet: its header names {header.entry.slug}")
        heard.append((header, voice(rows)))
        try:
            name = score.entry.benchmark
            asked[name] = asked.get(name) or _questions(benchmark_table.find(name), folder)
            verdict = verify(Stored(score, Answers(header, rows)), None, asked[name], "rescore", policy)
        except (HarnessError, BenchmarkError) as error:
            verdict = invalid(score.entry, "rescore", policy, error)
        tried = len({line.rerun for line in lines if line.entry == score.entry.slug})
        verdicts.append(
            verdict.model_copy(update={"attempts": tried, "notes": (*verdict.notes, *_told(score.entry, lines))})
        )
    demand_distinct(heard)
    return verdicts


def _told(entry: Entry, lines: Sequence[ledger.Line]) -> tuple[str, ...]:
    """Say what the ledger holds of an entry, the red verdicts too."""
    mine = [line.outcome for line in lines if line.entry == entry.slug]
    counted = ", ".join(f"{mine.count(outcome)} {outcome}" for outcome in sorted(set(mine)))
    return (f"the ledger holds {len(mine)} verdicts over re-runs: {counted}",) if mine else ()


def _questions(benchmark: Benchmark, folder: Path) -> Questions:
    samples, digest = questions.read(folder / "questions" / f"{benchmark.name}.jsonl")
    return Questions(benchmark, samples, digest)


def _runs(path: Path) -> list[RunRecord]:
    lines = path.read_bytes().splitlines() if path.is_file() else []
    return [strict_json.parse(RunRecord, line, f"{path.name}, line {at}") for at, line in enumerate(lines, start=1)]
