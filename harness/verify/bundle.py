"""Judge a stranger's bundle with nothing but its own content, a trusted key, and the questions that are pinned here.

```
ro-crate-metadata.json           what the files are (RO-Crate)
statement.dsse.json              every other file by SHA-256, signed (in-toto, DSSE)
scores.csv                       the scores
predictions/<entry>.parquet      the raw answers that must give them
canaries/<entry>.json            log-probabilities of a few of them, where the run kept them
questions/<benchmark>.jsonl      the questions, their gold answers and their pictures' digests
configs/<training>.json          subset, recipe and seed of each training: its digest is the entry's `training`
runs.jsonl                       the records of the runs: inputs, parameters, fingerprints
ledger.jsonl                     every verdict over a re-run so far
verdicts.jsonl                   the verdict over each entry when it was packed
policy.toml                      the margins in force
```

A checker believes nothing: the signature is checked before a byte is parsed, the digests before a number is read, every
mark and score is computed again from the answers, and files that a library parses are parsed in a child process.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from benchmarks import table as benchmark_table
from benchmarks.errors import BenchmarkError
from harness.errors import HarnessError, InvalidEvidence
from harness.record import archive, crate, durable, ledger, pins, quarantine, questions, signing, strict_json, table
from harness.record.origins import Origins
from harness.record.reference import training_slug
from harness.schema.entry import Entry
from harness.schema.frozen import Frozen
from harness.schema.policy import Policy
from harness.schema.prediction import Prediction, PredictionHeader
from harness.schema.recipe import Training
from harness.schema.run import RunRecord
from harness.schema.score import Score
from harness.schema.verdict import Verdict
from harness.verify import policy as policies
from harness.verify.evidence import Questions
from harness.verify.fingerprints import demand_distinct, voice
from harness.verify.stored import Opened, hold
from harness.verify.verify import invalid, verify

Noun = TypeVar("Noun", bound=Frozen)
# Several times what 976 entries take: each line becomes a noun, so their number bounds the memory.
LINES_LIMIT = 32 * 2**20
# What a marking rule may run into when its question lacks a field or holds another kind of value.
UNMARKABLE = (LookupError, ValueError, TypeError, ArithmeticError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Checked:
    """Hold what a bundle was found to be: one verdict an entry, and what its signer states."""

    verdicts: tuple[Verdict, ...]
    evidence: crate.Evidence


@dataclass(frozen=True, slots=True)
class _Contents:
    """Hold what all entries of an unpacked bundle share."""

    folder: Path
    policy: Policy
    lines: tuple[ledger.Line, ...]
    runs: Origins
    packed: dict[str, Verdict]


def check(bundle: Path, key: Path, pinned: pins.Pins) -> Checked:
    """Judge a bundle signed by a key that the reader trusts; what is wrong with one entry is that entry's verdict.

    `pinned` are the questions that the reader knows (`record.pins`).

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
        contents = _read(folder, evidence)
        return Checked(tuple(_entries(contents, evidence, pinned)), evidence)


def _read(folder: Path, evidence: crate.Evidence) -> _Contents:
    policy = policies.read(folder / "policy.toml")
    if policy.digest != evidence.policy:
        raise InvalidEvidence.digest("policy.toml", evidence.policy, policy.digest, "The statement names another.")
    if not (folder / "ledger.jsonl").is_file():
        raise InvalidEvidence(
            "the bundle holds no ledger.jsonl: an empty one says that nothing was tried, none hides it"
        )
    _demand_short(folder / "ledger.jsonl")
    lines = ledger.read(folder / "ledger.jsonl")
    if ledger.head(lines) != evidence.ledger:
        raise InvalidEvidence.digest("the end of ledger.jsonl", evidence.ledger, ledger.head(lines), "Lines are gone.")
    runs = _nouns(RunRecord, folder / "runs.jsonl")
    late = [run.title for run in runs if run.ended > evidence.made_at]
    late += [f"a verdict over {line.entry}" for line in lines if line.at > evidence.made_at]
    if late:
        raise InvalidEvidence(f"the statement is of {evidence.made_at}, before {len(late):,} of its parts: {late[0]}")
    packed = {verdict.entry.slug: verdict for verdict in _nouns(Verdict, folder / "verdicts.jsonl")}
    return _Contents(folder, policy, lines, Origins.of(runs), packed)


def _entries(contents: _Contents, evidence: crate.Evidence, pinned: pins.Pins) -> Sequence[Verdict]:
    """Judge every entry that the statement names, from its raw answers."""
    folder = contents.folder
    scores = table.read(folder / "scores.csv")
    stated, packed = set(evidence.entries), {path.stem for path in (folder / "predictions").glob("*.parquet")}
    named = (packed, {score.entry.slug for score in scores}, contents.packed.keys())
    if any(stated != names for names in named) or len(stated) != len(evidence.entries):
        raise InvalidEvidence("the statement, scores.csv, verdicts.jsonl and predictions/ name different entries")
    asked: dict[str, Questions] = {}
    answered = quarantine.read_all([folder / "predictions" / f"{score.entry.slug}.parquet" for score in scores])
    verdicts, heard = [], []
    for score, (header, rows) in zip(scores, answered, strict=True):
        if header.entry != score.entry:
            raise InvalidEvidence(f"predictions/{score.entry.slug}.parquet: its header names {header.entry.slug}")
        heard.append((header, voice(rows)))
        verdict = _judged(score, header, rows, contents, asked, pinned)
        tried = len({line.rerun for line in contents.lines if line.entry == score.entry.slug})
        notes = (*verdict.notes, *_told(score.entry, contents.lines))
        verdicts.append(verdict.model_copy(update={"attempts": tried, "notes": notes}))
    demand_distinct(heard)
    return verdicts


def _judged(
    score: Score,
    header: PredictionHeader,
    rows: Sequence[Prediction],
    contents: _Contents,
    asked: dict[str, Questions],
    pinned: pins.Pins,
) -> Verdict:
    """Judge one entry; whatever is wrong with it ends in INVALID."""
    try:
        name = score.entry.benchmark
        asked[name] = asked.get(name) or _questions(name, contents.folder, pinned)
        stored = _held(score, header, rows, contents, asked[name]).stored
        verdict = verify(stored, None, asked[name], "rescore", contents.policy)
        told = contents.packed[score.entry.slug]
        if verdict.outcome == "MATCH" and told != verdict:
            raise InvalidEvidence(f"{score.entry.slug}: packed with a verdict that its answers do not give: {told.why}")
        return verdict
    except (HarnessError, BenchmarkError) as error:
        return invalid(score.entry, "rescore", contents.policy, error)
    except UNMARKABLE as error:
        refused = InvalidEvidence(
            f"{score.entry.slug}: its questions cannot be marked: {type(error).__name__}: {error}"
        )
        return invalid(score.entry, "rescore", contents.policy, refused)


def _held(
    score: Score, header: PredictionHeader, rows: Sequence[Prediction], contents: _Contents, asked: Questions
) -> Opened:
    """Hold an entry against its runs, its canaries and its training's configuration."""
    slug, folder = score.entry.slug, contents.folder
    path = folder / "configs" / f"{training_slug(score.entry)}.json"
    training = strict_json.read(Training, path)
    if (training.digest, training.trained, training.seed) != (
        score.entry.training,
        score.entry.trained,
        score.entry.seed,
    ):
        raise InvalidEvidence.digest(
            path.name, score.entry.training, training.digest, "It configures another training."
        )
    content = durable.sha256_of(folder / "predictions" / f"{slug}.parquet")
    return hold(score, header, rows, content, contents.runs, folder / "canaries" / f"{slug}.json", asked)


def _told(entry: Entry, lines: Sequence[ledger.Line]) -> tuple[str, ...]:
    """Say what the ledger holds of an entry, the red verdicts too."""
    mine = [line.outcome for line in lines if line.entry == entry.slug]
    counted = ", ".join(f"{mine.count(outcome)} {outcome}" for outcome in sorted(set(mine))) or "none"
    return (f"the ledger holds {len(mine)} verdicts over re-runs: {counted}",)


def _questions(name: str, folder: Path, pinned: pins.Pins) -> Questions:
    benchmark = benchmark_table.find(name)
    samples, digest = questions.read(folder / "questions" / f"{name}.jsonl")
    pins.demand_pinned(pinned, name, digest, samples)
    return Questions(benchmark, samples, digest)


def _nouns(noun: type[Noun], path: Path) -> tuple[Noun, ...]:
    """Read a file of one noun a line.

    Raises:
        InvalidEvidence: it is absent, empty or too large, or a line is no such noun.
    """
    _demand_short(path)
    lines = path.read_bytes().splitlines() if path.is_file() else []
    if not lines:
        raise InvalidEvidence(f"the bundle holds no {path.name}, or nothing in it")
    return tuple(strict_json.parse(noun, line, f"{path.name}, line {at}") for at, line in enumerate(lines, start=1))


def _demand_short(path: Path) -> None:
    if path.is_file() and path.stat().st_size > LINES_LIMIT:
        raise InvalidEvidence(f"{path.name} has {path.stat().st_size:,} bytes; a bundle's has at most {LINES_LIMIT:,}")
