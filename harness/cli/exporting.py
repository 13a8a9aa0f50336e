"""Do what `harness export` asks: write the file that a server of hidden labels takes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from benchmarks.card import Benchmark
from benchmarks.export import find_export
from benchmarks.general.mmbench import MMBENCH_TEST
from benchmarks.load import load_questions
from benchmarks.ocr_chart.docvqa import DOCVQA_TEST
from benchmarks.ocr_chart.textvqa import TEXTVQA_TEST
from benchmarks.outside import identity, prediction_of
from harness.cli.screen import Screen, answer
from harness.config.compose import compose
from harness.config.places import resolve
from harness.errors import InvalidEvidence, UsageError
from harness.record import durable, predictions
from harness.run.prepare import Supplies
from harness.score.outside import objects_of, opened

# Benchmarks without public labels are asked and exported, never scored, so the table of benchmarks does not list them.
HIDDEN: Mapping[str, Benchmark] = MappingProxyType(
    {card.name: card for card in (DOCVQA_TEST, TEXTVQA_TEST, MMBENCH_TEST)}
)


def export(name: str, answers: Path, overrides: Sequence[str], target: Path | None, as_json: bool) -> int:
    """Write a submission from a file of predictions, or from objects with `id` and `prediction`, one a line.

    Raises:
        UsageError: the target is there already.
        InvalidEvidence: the predictions are of another benchmark.
    """
    kind = find_export(name)
    path = target or Path(f"{kind.name}{kind.suffix}")
    if path.exists():
        raise UsageError(f"{path} is there already; a submission is never overwritten. Name another with --to")
    given = _answers(answers, kind.benchmark)
    study = compose(overrides)
    with Screen() as screen:
        mirror = Supplies(study, resolve(study.store.folder), screen).mirror
        questions = load_questions(HIDDEN[kind.benchmark], mirror).samples
    data = kind.file(questions, given)
    durable.write_bytes(path, data, path.with_name(f".{path.name}.partial"))
    plain = {"file": str(path), "questions": len(questions), "bytes": len(data), "server": kind.server}
    answer(plain, f"{path}: {len(questions):,} answers for {kind.server}", as_json)
    return 0


def _answers(path: Path, benchmark: str) -> list[tuple[str, str]]:
    if path.suffix == ".parquet":
        header, found = predictions.read(path)
        if header.entry.benchmark != benchmark:
            raise InvalidEvidence(f"{path} answers {header.entry.benchmark}; expected answers to {benchmark}")
        return [(one.sample_id, one.text) for one in found]
    with opened(path) as stream:
        return [(identity(given), prediction_of(given)) for _, given in objects_of(stream, str(path))]
