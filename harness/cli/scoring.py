"""Do what `harness score` asks: marks again from stored answers, under one protocol or all, with the suite's means."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table

from benchmarks.card import PROTOCOL_NAMES
from benchmarks.load import load
from benchmarks.suite import AVERAGE_RULES
from benchmarks.table import BENCHMARKS, VARIANTS, find
from harness.cli import tables
from harness.cli.screen import Screen, answer, columns
from harness.config.compose import compose
from harness.config.places import REFERENCE, resolve
from harness.errors import InvalidEvidence, UsageError
from harness.record import durable
from harness.record import predictions as stored
from harness.run.prepare import Supplies
from harness.schema.prediction import Prediction, PredictionHeader
from harness.schema.score import Score
from harness.score.exam import Exam
from harness.score.means import Mean, means
from harness.score.protocols import Spread, under_all
from harness.score.score import Scored, score_in
from harness.verify import mark_files

Answered = tuple[PredictionHeader, Sequence[Prediction]]


def score(files: Sequence[Path], overrides: Sequence[str], protocol: str, marks: Path | None, as_json: bool) -> int:
    """Score files of predictions: under their own protocol, another one, or `all` in one table; `marks` is written.

    Raises:
        UsageError: no file is named and the reference holds none, or `marks` cannot hold what is asked for.
    """
    chosen = list(files) or sorted((REFERENCE / "predictions").glob("*.parquet"))
    if not chosen:
        raise UsageError("no file of predictions was named, and the reference holds none")
    if marks and (protocol == "all" or (marks.suffix == ".jsonl" and len(chosen) > 1)):
        raise UsageError(
            "--marks takes one protocol, and a .jsonl file holds the marks of one file; else name a folder"
        )
    answered = [stored.read(file) for file in chosen]
    with Screen() as screen:
        study = compose(overrides)
        mirror = Supplies(study, resolve(study.store.folder), screen).mirror
        exams: dict[str, Exam] = {}
        for header, _ in answered:
            name = header.entry.benchmark
            if name not in exams:
                loaded = load(find(name), mirror)
                exams[name] = Exam(find(name), loaded.samples, loaded.digest)
    if protocol == "all":
        return _under_all(answered, exams, as_json)
    marked = [_one(exams[header.entry.benchmark], header, answers, protocol) for header, answers in answered]
    found = [one.score for one in marked]
    if marks:
        _write(marked, exams, marks)
    if len(found) == 1 and files:
        answer(found[0].plain(), tables.scores(found), as_json)
        return 0
    told, missing = _means(found)
    plain = {"scores": [one.plain() for one in found], "means": [_plain_mean(*one) for one in told]}
    answer(plain, Group(tables.scores(found), *_drawn_means(told, missing)), as_json)
    return 0


def _one(exam: Exam, header: PredictionHeader, answers: Sequence[Prediction], protocol: str) -> Scored:
    return score_in(exam, header.model_copy(update={"protocol": protocol}) if protocol else header, answers)


def _write(marked: Sequence[Scored], exams: dict[str, Exam], target: Path) -> None:
    """Write the marks of each entry into a file of its own; a file that is there is written anew."""
    whole = target.suffix == ".jsonl"
    if not whole:
        target.mkdir(parents=True, exist_ok=True)
    for one in marked:
        entry = one.score.entry
        path = target if whole else target / f"{entry.slug}.jsonl"
        data = mark_files.lines(exams[entry.benchmark].samples, one.marks)
        durable.write_bytes(path, data, path.with_name(f".{path.name}.partial"))


def _under_all(answered: Sequence[Answered], exams: dict[str, Exam], as_json: bool) -> int:
    found = [under_all(exams[header.entry.benchmark], header, answers) for header, answers in answered]
    found.sort(key=_place)
    told, missing = _means([score for spread in found for score in spread.scores])
    plain = {
        "benchmarks": [_plain_spread(spread) for spread in found],
        "means": [_plain_mean(*one) for one in told],
    }
    answer(plain, Group(_drawn(found), *_drawn_means(told, missing)), as_json)
    return 0


def _place(spread: Spread) -> tuple[str, int, str]:
    """Place a spread in the table: models together, benchmarks in the suite's order, variants after them."""
    first = spread.scores[0]
    names = [card.name for card in (*BENCHMARKS, *VARIANTS)]
    return tables.model(first), names.index(first.entry.benchmark), spread.asked


def _drawn(found: Sequence[Spread]) -> Table:
    models = {tables.model(spread.scores[0]) for spread in found}
    names = ("benchmark", "asked by", *(f">{name}" for name in PROTOCOL_NAMES), ">spread", ">disagree")
    rows = []
    for spread in found:
        by_name = {score.signature.protocol: score for score in spread.scores}
        first = spread.scores[0]
        row = (
            first.entry.benchmark,
            spread.asked,
            *(_cell(by_name[name]) if name in by_name else "" for name in PROTOCOL_NAMES),
            f"{spread.points:.2f}",
            f"{spread.disagreement:.1%}",
        )
        rows.append(row if len(models) == 1 else (tables.model(first), *row))
    caption = (
        "Score ± s.e. (clustered); below it: blind (the best constant answer per kind of question),\n"
        "chance level, unparsed answers. spread: highest less lowest score. disagree: share of answers\n"
        "with unlike marks."
    )
    if len(models) > 1:
        return columns("Scores by protocol", ("model", *names), rows, caption)
    return columns(f"Scores by protocol: {models.pop()}", names, rows, caption)


def _cell(score: Score) -> str:
    return f"{score.value:.2f} ± {score.standard_error:.2f}\n{score.blind:.2f}, {score.chance:.2f}, {score.unparsed:,}"


def _means(scores: Sequence[Score]) -> tuple[list[tuple[Score, Mean]], str]:
    """Average the scores of each model and protocol by both rules; say why not where members are missing."""
    told: list[tuple[Score, Mean]] = []
    missing = ""
    ordered = sorted(scores, key=_whose)
    for _, group in groupby(ordered, key=_whose):
        members = list(group)
        for rule in AVERAGE_RULES:
            try:
                told += [(members[0], mean) for mean in means(members, rule)]
            except InvalidEvidence as error:
                missing = str(error)
    return told, missing


def _whose(score: Score) -> tuple[str, str, str, str, int, str]:
    entry = score.entry
    return score.signature.protocol, entry.recipe, entry.trained.slug, entry.model, entry.seed, entry.training


def _plain_mean(first: Score, mean: Mean) -> dict[str, Any]:
    return {
        "model": tables.model(first),
        "protocol": first.signature.protocol,
        "rule": mean.rule,
        "title": mean.title,
        "score": mean.value,
        "standard_error": mean.standard_error,
    }


def _plain_spread(spread: Spread) -> dict[str, Any]:
    return {
        "entry": spread.scores[0].entry.plain(),
        "benchmark": spread.scores[0].entry.benchmark,
        "asked": spread.asked,
        "protocols": {score.signature.protocol: score.plain() for score in spread.scores},
        "spread": spread.points,
        "disagreement": spread.disagreement,
    }


def _drawn_means(told: Iterable[tuple[Score, Mean]], missing: str) -> list[Any]:
    cells: dict[tuple[str, str, str], dict[str, str]] = {}
    for first, mean in told:
        row = cells.setdefault((tables.model(first), mean.rule, mean.title), {})
        row[first.signature.protocol] = f"{mean.value:.2f} ± {mean.standard_error:.2f}"
    if not cells:
        return [f"No means: {missing}."] if missing else []
    shown = [name for name in PROTOCOL_NAMES if any(name in row for row in cells.values())]
    rows = [(*key, *(row.get(name, "") for name in shown)) for key, row in cells.items()]
    return [columns("Means, on 0-100", ("model", "rule", "mean", *(f">{name}" for name in shown)), rows)]
