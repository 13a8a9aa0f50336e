"""Hold answers against the records of the runs behind them: which training, which weights, which answers, which score.

Answers and a score can be edited together until they agree. The records of the three runs behind them must then be
edited too, and name each other: a training left the weights that a prediction took, the prediction left this very file,
and a scoring of this very file gave this value. An absent record is refused like a wrong one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.errors import InvalidEvidence
from harness.record.origins import Origins
from harness.schema.prediction import PredictionHeader
from harness.schema.run import Kind, RunRecord
from harness.schema.score import Score


@dataclass(frozen=True, slots=True)
class Behind:
    """Hold the records of the runs that gave one entry's weights, answers and score."""

    trained: RunRecord
    predicted: RunRecord
    scored: RunRecord

    @property
    def all(self) -> tuple[RunRecord, ...]:
        """Return the three, oldest first."""
        return self.trained, self.predicted, self.scored


def behind(score: Score, header: PredictionHeader, content: str, runs: Origins) -> Behind:
    """Find the runs behind an entry; `content` is the SHA-256 of the file of its answers.

    Raises:
        InvalidEvidence: a record is absent, or says something else than the answers' header or the score.
    """
    entry = header.entry
    predicted = _found(runs.predicted, content, "predict", entry.slug, "answers")
    trained = _found(runs.trained, header.weights, "train", entry.slug, "weights")
    scored = _found(runs.scored, content, "score", entry.slug, "score")
    stated = {
        "the training's subset": (trained.parameters.get("trained"), entry.trained.slug),
        "the training's seed": (trained.parameters.get("seed"), str(entry.seed)),
        "the weights": (predicted.inputs.get("weights"), header.weights),
        "the entry": (predicted.parameters.get("entry"), entry.digest),
        "the questions": (predicted.parameters.get("samples"), header.samples),
        "the prompts": (predicted.parameters.get("prompts"), header.prompts),
        "the protocol": (predicted.parameters.get("protocol"), header.protocol),
        "the decoding": (predicted.parameters.get("decoding"), header.decoding.digest),
        "the score": (scored.metrics.get("value"), score.value),
    }
    wrong = [f"{what}: {said} in the record, {held} here" for what, (said, held) in stated.items() if said != held]
    wrong += [
        f"'{run.title}' ended before it started" for run in (trained, predicted, scored) if run.ended < run.started
    ]
    if wrong:
        raise InvalidEvidence(f"{entry.slug}: the records of its runs tell another story: {'; '.join(wrong)}")
    return Behind(trained, predicted, scored)


def demand_another_run(stored: RunRecord, rerun: RunRecord) -> None:
    """Demand that a re-run is not the stored run itself, found again in a store instead of run again.

    Raises:
        InvalidEvidence: both records are of one and the same run.
    """
    if (stored.step, stored.started, stored.ended) == (rerun.step, rerun.started, rerun.ended):
        raise InvalidEvidence(
            f"'{rerun.title}' was not run again: the store holds the very run of {stored.started:%Y-%m-%d %H:%M} UTC "
            "that the reference was accepted from. Set HARNESS_STORE to an empty folder and run again."
        )


def _found(runs: Mapping[str, RunRecord], digest: str, kind: Kind, slug: str, what: str) -> RunRecord:
    if digest not in runs:
        raise InvalidEvidence(
            f"{slug}: no record of a '{kind}' run gave these {what}: nothing says where they are from"
        )
    return runs[digest]
