"""Gather the repeats that a calibration measures: made now, or finished ones that are accepted or lie in the store."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from time import monotonic

from benchmarks.table import select
from harness.cli.screen import Screen
from harness.config.compose import compose
from harness.config.places import REFERENCE, resolve
from harness.encoders.table import specs
from harness.errors import InvalidEvidence
from harness.record import checkpoints
from harness.record.store import Store
from harness.run import steps
from harness.run.diverged import demand_trained
from harness.run.local import Local
from harness.run.reproduce import Workplace, answers_of, stored_checkpoint
from harness.schema.policy import Redrawn
from harness.schema.subset import Subset
from harness.score.score import matched, score_in
from harness.verify.calibrate import Measured, Repeat, measured
from harness.verify.evidence import Answers, Questions
from harness.verify.moved import in_points
from harness.verify.stored import open_entry

MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold what is repeated, as it was asked: so the evidence can name the command that measures it again."""

    subset: str
    benchmarks: str
    overrides: tuple[str, ...]
    rung: Redrawn
    runs: int
    stored: bool = False

    @property
    def command(self) -> str:
        """Return the command line."""
        words = ("harness calibrate", self.subset, self.benchmarks, *self.overrides)
        return f"{' '.join(words)} --rung {self.rung} --runs {self.runs}{' --stored' if self.stored else ''}"


def measure(plan: Plan, screen: Screen) -> dict[str, Measured]:
    """Run everything, or find it, telling how long it may still take; return what the repeats gave, by benchmark.

    Raises:
        InvalidEvidence: nothing was run twice.
    """
    study = compose(plan.overrides)
    base = Workplace(study, resolve(study.store.folder), screen)
    loaded = [(one, base.local.load(one)) for one in select(plan.benchmarks)]
    asked = {one.name: Questions(one, questions.samples, questions.digest) for one, questions in loaded}
    found: dict[str, dict[str, list[Repeat]]] = defaultdict(lambda: defaultdict(list))
    subsets, began, days = Subset.select(plan.subset, study.recipe.pool), monotonic(), []
    jobs = [(trained, run) for trained in subsets for run in range(plan.runs)]
    for done, (trained, run) in enumerate(jobs):
        screen.progress("calibration", done, len(jobs), _left(monotonic() - began, done, len(jobs)))
        place = base.at(study.seed + run) if plan.rung == "retrain" else base
        for one in (_finished if plan.stored else _made)(place, plan, run, trained, tuple(asked.values())):
            name = one.header.entry.benchmark
            found[name][trained.slug].append(_repeat(one, asked[name], run))
            days += [one.started.astimezone(UTC).date()] if one.started else []
    screen.progress("calibration", len(jobs), len(jobs))
    twice = {name: {model: repeats for model, repeats in found[name].items() if len(repeats) > 1} for name in asked}
    if not any(twice.values()):
        raise InvalidEvidence(
            f"neither {base.store.folder} nor {REFERENCE} holds anything that was run twice with seeds {study.seed} to "
            f"{study.seed + plan.runs - 1}: name other subsets, or leave --stored out to train them"
        )
    return {
        name: measured(
            models,
            asked[name].samples,
            in_points(
                asked[name].benchmark.protocol(study.protocol).pool, asked[name].benchmark.column.per_suite_point
            ),
            max(days),
            plan.command,
        )
        for name, models in twice.items()
        if models
    }


def _finished(place: Workplace, plan: Plan, run: int, trained: Subset, asked: Sequence[Questions]) -> Iterator[Answers]:
    """Find one seed's answers: accepted ones, else the store's; a seed that failed in itself is refused, not left out.

    Accepted ones first, so that a fresh clone measures from its own reference what was measured where it was made.
    """
    training = place.study.training(trained, specs(trained.names, place.study.recipe.encoder_size))
    record = place.store.record(steps.train(training).digest)
    weights = checkpoints.weights_of(demand_trained(record, place.store)) if record else None
    accepted = place.reference.scores if REFERENCE.is_dir() else {}
    entries = place.entries(trained, trained, [one.benchmark for one in asked])
    for questions, (entry, benchmark) in zip(asked, entries, strict=True):
        kept = accepted.get(entry.slug)
        if kept and (kept.entry, kept.signature.protocol, kept.signature.decoding) == (
            entry,
            place.study.protocol,
            place.study.decoding.digest,
        ):
            yield open_entry(place.reference, entry, questions).stored.answers
        elif weights is not None:
            done = place.store.find(place.local.predict_step(weights, entry, benchmark).digest)
            if done is not None:
                yield answers_of(place.store, done)


def _made(place: Workplace, plan: Plan, run: int, trained: Subset, asked: Sequence[Questions]) -> Iterator[Answers]:
    """Answer with a fresh training, or with the reference's weights; where it keeps none, with this store's."""
    wanted, local = place.entries(trained, trained, [one.benchmark for one in asked]), place.local
    checkpoint = None
    if plan.rung == "repredict":
        # A store keeps what is done, so each repeat of answers has a store of its own.
        store = Store(place.store.folder / "calibration" / str(run))
        local = Local(place.study, store, place.supplies, place.story, place.local.questions)
        if REFERENCE.is_dir() and place.reference.checkpoint(wanted[0][0]) is not None:
            checkpoint = stored_checkpoint(place.reference, wanted[0][0])
    checkpoint = checkpoint or place.local.checkpoint(place.train(trained))
    for record in local.predict(checkpoint, wanted):
        yield answers_of(local.store, record)


def _repeat(one: Answers, questions: Questions, run: int) -> Repeat:
    scored = score_in(questions.exam, one.header, one.predictions)
    return Repeat(
        texts=tuple(answer.text for answer in matched(one.header, one.predictions, questions.samples)),
        marks=scored.marks,
        value=scored.score.value / questions.benchmark.column.per_suite_point,
        run=run,
    )


def _left(spent_s: float, done: int, total: int) -> str:
    if not done:
        return ""
    left_s = spent_s / done * (total - done)
    return f"about {left_s / MINUTE_S:.0f} min left" if left_s > MINUTE_S else f"about {left_s:.0f} s left"
