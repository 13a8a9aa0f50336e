"""Keep the reference: the accepted scores with the answers, weights and records behind them, as one checked whole.

```
scores.csv                        every score, one row an entry
predictions/<entry>.parquet       the raw answers that give it
canaries/<entry>.json             log-probabilities of a few of them, for the entries accepted since they are kept
checkpoints/<training>/<name>     weights, for the trainings stored with them
runs.jsonl                        the records of the runs behind all this, one a line, oldest first
LOG.md                            what was accepted when, and why
manifest.json                     every file above with its digest
```
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from harness.errors import InvalidEvidence, UnknownName, UsageError
from harness.record import durable, predictions, strict_json, table
from harness.record.manifest import Manifest
from harness.record.origins import Origins
from harness.schema.columns import Columns
from harness.schema.entry import Entry
from harness.schema.frozen import canonical
from harness.schema.prediction import PredictionHeader
from harness.schema.run import RunRecord
from harness.schema.score import Score

LOG_TITLE = "# What was accepted into the reference, when and why\n"


@dataclass(frozen=True, slots=True)
class Accepted:
    """Hold one entry to be accepted: score, file of answers, records of the runs behind them, canaries if kept."""

    score: Score
    predictions: Path
    runs: tuple[RunRecord, ...]
    canaries: Path | None = None


def training_slug(entry: Entry) -> str:
    """Return the folder name of an entry's training: `tiny.clip+sam.s0`."""
    return f"{entry.recipe}.{entry.trained}.s{entry.seed}"


class Reference:
    """Hold a reference folder whose every file agreed with its manifest when it was opened."""

    def __init__(self, folder: Path, scores: Sequence[Score], runs: Sequence[RunRecord]):
        self.folder = folder
        self.scores = {score.entry.slug: score for score in scores}
        self.runs = tuple(runs)

    @cached_property
    def origins(self) -> Origins:
        """Return the runs by what they left or took."""
        return Origins.of(self.runs)

    @classmethod
    def load(cls, folder: Path) -> "Reference":
        """Open a reference after checking all its files.

        Raises:
            InvalidEvidence: a file is absent, not listed, edited, or two files tell different stories.
        """
        if not folder.is_dir():
            previous = _previous(folder)
            remedy = f"an interrupted accept left it as {previous}" if previous.is_dir() else "harness accept writes it"
            raise InvalidEvidence(f"{folder} is absent: {remedy}")
        Manifest.read(folder).check(folder)
        scores = table.read(folder / "scores.csv")
        lines = (folder / "runs.jsonl").read_bytes().splitlines()
        runs = [
            strict_json.parse(RunRecord, line, f"{folder / 'runs.jsonl'}, line {place}")
            for place, line in enumerate(lines, start=1)
        ]
        answered = {path.stem for path in (folder / "predictions").glob("*.parquet")}
        odd = answered ^ {score.entry.slug for score in scores}
        if odd:
            raise InvalidEvidence(
                f"{folder}: scores and predictions name different entries: {', '.join(sorted(odd)[:3])}"
            )
        return cls(folder, scores, runs)

    def score(self, entry: Entry) -> Score:
        """Return the stored score of an entry, found by its name; a changed recipe is the verifier's to judge.

        Raises:
            UnknownName: the reference has no such entry.
        """
        if entry.slug not in self.scores:
            raise UnknownName("reference entry", entry.slug, self.scores)
        return self.scores[entry.slug]

    def predictions(self, entry: Entry) -> tuple[PredictionHeader, Columns]:
        """Return the stored answers of an entry.

        Raises:
            UnknownName: the reference has no such entry.
            InvalidEvidence: the file is not what its name says.
        """
        header, rows, _ = self.predictions_with_content(entry)
        return header, rows

    def predictions_with_content(self, entry: Entry) -> tuple[PredictionHeader, Columns, str]:
        """Return the stored answers of an entry and their file's SHA-256, by which the runs behind them are found.

        Raises:
            UnknownName, InvalidEvidence: as `predictions`.
        """
        score = self.score(entry)
        path = self.folder / "predictions" / f"{entry.slug}.parquet"
        header, rows, content = predictions.read_with_content(path)
        if header.entry != score.entry:
            raise InvalidEvidence(f"{path}: its header names {header.entry.slug}, or another training of it")
        return header, rows, content

    def content(self, entry: Entry) -> str:
        """Return the SHA-256 of the file of an entry's answers, by which the runs behind it are found.

        Raises:
            UnknownName: the reference has no such entry.
        """
        return durable.sha256_of(self.folder / "predictions" / f"{self.score(entry).entry.slug}.parquet")

    def canaries(self, entry: Entry) -> Path:
        """Return where an entry's canaries are kept, whether or not they are.

        Raises:
            UnknownName: the reference has no such entry.
        """
        return self.folder / "canaries" / f"{self.score(entry).entry.slug}.json"

    def checkpoint(self, entry: Entry) -> Path | None:
        """Return the folder of the stored weights of an entry's training, or None if they are not stored."""
        folder = self.folder / "checkpoints" / training_slug(entry)
        return folder if folder.is_dir() else None


def accept(
    folder: Path,
    entries: Sequence[Accepted],
    checkpoints: Mapping[str, Mapping[str, Path]],
    reason: str,
    replace: bool = False,
) -> Reference:
    """Add entries to the reference, all or none, and return it as it is then.

    The new reference is built beside the old one and takes its place by renaming; a kill at any moment leaves one of
    them whole. `checkpoints` gives, for a training's slug, the files of its weights by name.

    Raises:
        InvalidEvidence: the present reference, or an answer file, does not hold.
        UsageError: an entry or a checkpoint is there already and `replace` is not set; no reason is given.
        HarnessError: the disk refuses; the present reference stays.
    """
    if not reason.strip():
        raise UsageError("accepting a reference needs a reason; it is written into LOG.md")
    previous, fresh = _previous(folder), folder.with_name(f".{folder.name}.new")
    if previous.is_dir() and not folder.exists():
        previous.rename(folder)
    present = Reference.load(folder) if folder.exists() else None
    _refuse_replacing(present, entries, checkpoints, replace)
    shutil.rmtree(fresh, ignore_errors=True)
    with durable.refusing(folder, fresh):
        if present is None:
            fresh.mkdir(parents=True)
        else:
            # Links cost no space, and every change below writes a new file instead of into an old one.
            shutil.copytree(folder, fresh, copy_function=os.link)
        _fill(fresh, present, entries, checkpoints, reason.strip())
        Reference.load(fresh)
        shutil.rmtree(previous, ignore_errors=True)
        if present is not None:
            folder.rename(previous)
        fresh.rename(folder)
        durable.sync_folder(folder.parent)
        shutil.rmtree(previous, ignore_errors=True)
    return Reference.load(folder)


def _fill(
    fresh: Path,
    present: Reference | None,
    entries: Sequence[Accepted],
    checkpoints: Mapping[str, Mapping[str, Path]],
    reason: str,
) -> None:
    for one in entries:
        header, _ = predictions.read(one.predictions)
        if header.entry != one.score.entry:
            raise InvalidEvidence(
                f"{one.predictions} answers {header.entry.slug}, the score is {one.score.entry.slug}'s"
            )
        _place(one.predictions, fresh / "predictions" / f"{one.score.entry.slug}.parquet")
        kept = fresh / "canaries" / f"{one.score.entry.slug}.json"
        kept.unlink(missing_ok=True)
        if one.canaries is not None:
            _place(one.canaries, kept)
    for slug, files in checkpoints.items():
        shutil.rmtree(fresh / "checkpoints" / slug, ignore_errors=True)
        for name, path in files.items():
            _place(path, fresh / "checkpoints" / slug / name)
    scores = {**(present.scores if present else {}), **{one.score.entry.slug: one.score for one in entries}}
    known = {record.step: record for record in (present.runs if present else ())}
    known |= {record.step: record for one in entries for record in one.runs}
    runs = sorted(known.values(), key=lambda record: (record.ended, record.step))
    _write(fresh / "scores.csv", table.to_csv(scores.values()))
    _write(fresh / "runs.jsonl", b"".join(canonical(record.plain()) + b"\n" for record in runs))
    log = (fresh / "LOG.md").read_text(encoding="utf-8") if present else LOG_TITLE
    now = datetime.now(UTC)
    log += f"\n## {now:%Y-%m-%d %H:%M} UTC\n\n{reason}\n\n"
    log += "".join(f"- {slug}\n" for slug in sorted({one.score.entry.slug for one in entries}))
    log += "".join(f"- weights of {slug}\n" for slug in sorted(checkpoints))
    _write(fresh / "LOG.md", log.encode())
    Manifest.of(fresh).write(fresh)


def _refuse_replacing(
    present: Reference | None,
    entries: Sequence[Accepted],
    checkpoints: Mapping[str, Mapping[str, Path]],
    replace: bool,
) -> None:
    if present is None or replace:
        return
    there = {one.score.entry.slug for one in entries} & present.scores.keys()
    there |= {slug for slug in checkpoints if (present.folder / "checkpoints" / slug).exists()}
    if there:
        raise UsageError(f"the reference already holds {', '.join(sorted(there)[:3])}. Replacing it takes --replace")


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    durable.copy(source, partial)
    partial.replace(target)


def _write(target: Path, data: bytes) -> None:
    durable.write_bytes(target, data, target.with_name(f".{target.name}.partial"))


def _previous(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.previous")
