"""Open what is stored of an entry, past gates G0 and G1: whose answers they are, to which questions, in which words."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from harness.errors import InvalidEvidence
from harness.record import strict_json
from harness.record.origins import Origins
from harness.record.reference import Reference
from harness.schema.canary import Canaries
from harness.schema.entry import Entry
from harness.schema.prediction import Prediction, PredictionHeader
from harness.schema.run import RunRecord
from harness.schema.score import Score
from harness.verify.evidence import Answers, Questions, Stored
from harness.verify.records import Behind, behind

CANARIES = "canaries.json"


@dataclass(frozen=True, slots=True)
class Opened:
    """Hold a stored entry with the records of the runs behind it."""

    stored: Stored
    behind: Behind


def open_entry(reference: Reference, entry: Entry, questions: Questions) -> Opened:
    """Open an entry of the reference.

    Raises:
        UnknownName: the reference has no such entry.
        InvalidEvidence: as `hold`, or the file of its answers is not what its name says.
    """
    header, rows, content = reference.predictions_with_content(entry)
    return hold(reference.score(entry), header, rows, content, reference.origins, reference.canaries(entry), questions)


def hold(
    score: Score,
    header: PredictionHeader,
    rows: Sequence[Prediction],
    content: str,
    runs: Origins,
    canaries: Path,
    questions: Questions,
) -> Opened:
    """Hold stored answers against the records of their runs, the words of their prompts, and their canaries.

    `content` is the SHA-256 of the file of the answers; `canaries` is where their canaries would be.

    Raises:
        InvalidEvidence: the records are absent or tell another story, the prompts were others, or the canaries are not
            those that the record names.
    """
    found = behind(score, header, content, runs)
    questions.demand_worded(header)
    kept = read_canaries(found.predicted, canaries)
    answers = Answers(header, rows, found.predicted.started, found.predicted.fingerprint, kept)
    return Opened(Stored(score, answers), found)


def read_canaries(run: RunRecord, path: Path) -> Canaries | None:
    """Read the canaries that a run's record names; None where it names none.

    Raises:
        InvalidEvidence: they are absent, others than the record's, or there though the record knows of none.
    """
    named = run.outputs.get(CANARIES)
    if named is None:
        if path.exists():
            raise InvalidEvidence(f"{path} is there, but the record of '{run.title}' names no {CANARIES}")
        return None
    if not path.is_file():
        raise _other_canaries(run, path, "nothing")
    data = strict_json.bytes_of(Canaries, path)
    found = sha256(data).hexdigest()
    if found != named.sha256:
        raise _other_canaries(run, path, found)
    return strict_json.parse(Canaries, data, str(path))


def _other_canaries(run: RunRecord, path: Path, found: str) -> InvalidEvidence:
    stated = run.outputs[CANARIES].sha256
    return InvalidEvidence.digest(str(path), stated, found, f"The record of '{run.title}' names the first.")
