"""Turn raw answers into marks and marks into one score; nothing is scored unless every question has one answer."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.card import Benchmark, Mark, Sample
from harness.errors import InvalidEvidence
from harness.schema.columns import ids_of
from harness.schema.prediction import Prediction, PredictionHeader
from harness.schema.score import Score, Signature
from harness.score.exam import Exam
from harness.score.uncertainty import standard_error

NAMED = 3


@dataclass(frozen=True, slots=True)
class Scored:
    """Hold a score with the marks it was pooled from, in the order of the benchmark's samples."""

    score: Score
    marks: tuple[Mark, ...]


def score(
    header: PredictionHeader,
    predictions: Sequence[Prediction],
    benchmark: Benchmark,
    samples: Sequence[Sample],
    samples_digest: str,
) -> Scored:
    """Mark every answer by the header's protocol and pool the marks.

    `samples_digest` is the digest of `samples` as they were loaded here; the header carries the one they were asked
    with. A score is a pure function of its arguments, bit for bit: all sums are exact.

    Raises:
        InvalidEvidence: another benchmark, other questions, or not exactly one answer to each.
    """
    return score_in(Exam(benchmark, samples, samples_digest), header, predictions)


def score_in(exam: Exam, header: PredictionHeader, predictions: Sequence[Prediction]) -> Scored:
    """Score as `score` does; an exam that is used again knows the marks of the answers it has seen.

    Raises:
        InvalidEvidence: as `score`.
    """
    benchmark, samples = exam.benchmark, exam.samples
    if header.entry.benchmark != benchmark.name:
        raise InvalidEvidence(f"expected predictions for '{benchmark.name}'; these are for '{header.entry.benchmark}'")
    if header.samples != exam.digest:
        raise InvalidEvidence.digest(
            f"the questions of {benchmark.name}",
            header.samples,
            exam.digest,
            "The predictions answer other questions than the ones loaded here: see harness doctor.",
        )
    answers = matched(header, predictions, samples)
    protocol = benchmark.protocol(header.protocol)
    marks = exam.marks(protocol, answers)
    return Scored(
        Score(
            entry=header.entry,
            value=protocol.pool(samples, marks),
            unit=benchmark.unit,
            n=len(samples),
            clusters=len(exam.clusters),
            standard_error=standard_error(samples, marks, protocol.pool, exam.clusters),
            blind=exam.blind(protocol),
            chance=exam.chance(protocol),
            unparsed=sum(mark.extracted is None for mark in marks),
            signature=sign(header, benchmark),
        ),
        marks,
    )


def sign(header: PredictionHeader, benchmark: Benchmark) -> Signature:
    """Write the signature of a score made from answers under this header."""
    return Signature(
        benchmark=benchmark.name,
        version=benchmark.version,
        split=benchmark.source.split,
        n=header.count,
        samples=header.samples,
        prompts=header.prompts,
        protocol=header.protocol,
        engine=header.engine,
        decoding=header.decoding.digest,
    )


def matched(
    header: PredictionHeader, predictions: Sequence[Prediction], samples: Sequence[Sample]
) -> Sequence[Prediction]:
    """Return the answers in the order of the samples, exactly one each; as they are where that is their order.

    Raises:
        InvalidEvidence: an answer is missing, twice there or to no known question; names up to three of each.
    """
    ids = ids_of(predictions)
    if samples and header.count == len(samples) and ids == [sample.id for sample in samples]:
        return predictions
    times = Counter(ids)
    wanted = {sample.id for sample in samples}
    faults = [
        f"{len(ids):,} {word} ({_some(ids)})"
        for word, ids in (
            ("missing", wanted - times.keys()),
            ("unknown", times.keys() - wanted),
            ("more than once", {sample_id for sample_id, count in times.items() if count > 1}),
        )
        if ids
    ]
    if faults or header.count != len(predictions) or not samples:
        raise InvalidEvidence(
            f"{header.entry.slug}: expected one answer to each of {len(samples):,} questions; the header counts "
            f"{header.count:,}, {len(predictions):,} came: {'; '.join(faults) or 'the count is wrong'}. Predict again."
        )
    by_id = {one.sample_id: one for one in predictions}
    return tuple(by_id[sample.id] for sample in samples)


def _some(ids: Iterable[str]) -> str:
    names = sorted(ids)
    return ", ".join(names[:NAMED]) + (", ..." if len(names) > NAMED else "")
