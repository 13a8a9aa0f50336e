"""Do what `harness calibrate` asks: repeat runs, measure how far they lie apart, and write a policy with it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic

from benchmarks.card import Benchmark
from benchmarks.table import select
from harness.cli.screen import Screen, answer, columns
from harness.config.compose import compose
from harness.config.places import POLICY, REFERENCE, resolve
from harness.encoders.table import specs
from harness.errors import InvalidEvidence, UsageError
from harness.record import checkpoints, durable, predictions
from harness.record.reference import Reference
from harness.record.store import Store
from harness.run import steps
from harness.run.diverged import demand_trained
from harness.run.local import PREDICTIONS, Local
from harness.run.questions import Questions
from harness.run.reproduce import Workplace, stored_checkpoint
from harness.schema.policy import Noise, Redrawn
from harness.schema.run import RunRecord
from harness.schema.subset import Subset
from harness.score.score import score
from harness.verify import policy as policies
from harness.verify.calibrate import Repeat, calibrated, margin, noise, to_toml

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


def calibrate(plan: Plan, write: str, as_json: bool) -> int:
    """Repeat answers or trainings of subsets and say how far the repeats lie apart; `write` names the new policy.

    Raises:
        UsageError: fewer than two runs, answers out of a store, or the new policy has no folder to lie in.
        InvalidEvidence: the store holds nothing twice, or repeats lie too far apart for any policy.
    """
    if plan.runs < 2:
        raise UsageError(f"a calibration needs two runs at least; came {plan.runs}")
    if plan.stored and plan.rung != "retrain":
        raise UsageError("--stored takes trainings: a store holds each set of answers once; name --rung retrain")
    if write and not Path(write).absolute().parent.is_dir():
        raise UsageError(f"{Path(write).parent} is no folder: the policy could not be written after all the runs")
    kept, rung = policies.read(POLICY), plan.rung
    with Screen() as screen:
        found, measured_on = _repeated(plan, screen)
    measured = {name: (noise(models, measured_on, plan.command), _answers(models)) for name, models in found.items()}
    fresh = calibrated(kept, rung, measured, datetime.now(UTC).replace(microsecond=0))
    if write:
        target = Path(write)
        durable.write_bytes(target, to_toml(fresh).encode(), target.with_name(f".{target.name}.partial"))
    plain = {
        "rung": rung,
        "policy": write or None,
        "digest": fresh.digest if write else None,
        "command": plan.command,
        "benchmarks": {
            name: {**one.plain(), "margin": margin(one, n, rung).points} for name, (one, n) in measured.items()
        },
    }
    names = ("benchmark", ">answers", ">texts changed", ">marks flipped", ">spread", ">margin")
    rows = [_row(name, one, n, rung) for name, (one, n) in measured.items()]
    told = "nothing is written without --write"
    if write:
        told = f"policy {fresh.digest[:12]} is written to {write}; it judges runs that begin after it"
    answer(plain, columns(f"Noise of a {rung}", names, rows, told), as_json)
    return 0


def _repeated(plan: Plan, screen: Screen) -> tuple[dict[str, dict[str, list[Repeat]]], date]:
    """Run everything, telling how long it may still take; return repeats by benchmark and model, and the last day.

    Raises:
        InvalidEvidence: nothing was run twice.
    """
    study, chosen = compose(plan.overrides), select(plan.benchmarks)
    subsets, folder = Subset.select(plan.subset, study.recipe.pool), resolve(study.store.folder)
    found: dict[str, dict[str, list[Repeat]]] = defaultdict(lambda: defaultdict(list))
    began, done, total, days = monotonic(), 0, plan.runs * len(subsets), []
    questions: Questions | None = None
    for trained in subsets:
        for run in range(plan.runs):
            screen.progress("calibration", done, total, _left(monotonic() - began, done, total))
            seed = study.seed + run if plan.rung == "retrain" else study.seed
            place = Workplace(study.model_copy(update={"seed": seed}), folder, screen)
            questions = questions or place.local.questions
            # A store keeps what is done, so each repeat of answers has a store of its own.
            store = Store(folder / "calibration" / str(run)) if plan.rung == "repredict" else place.store
            local = Local(place.study, store, place.supplies, screen, questions)
            take = _finished if plan.stored else _answered
            answered = take(place, local, trained, chosen, plan.rung)
            for benchmark, one in zip(chosen, answered, strict=True):
                if one is not None:
                    found[benchmark.name][trained.slug].append(_repeat(local, one, benchmark))
                    days.append(one.started.astimezone(UTC).date())
            done += 1
    screen.progress("calibration", done, total)
    twice = {
        name: {model: repeats for model, repeats in models.items() if len(repeats) > 1}
        for name, models in found.items()
        if any(len(repeats) > 1 for repeats in models.values())
    }
    if not twice:
        raise InvalidEvidence(
            f"nothing in {folder} was run twice with seeds {study.seed} to {study.seed + plan.runs - 1}: "
            "name other subsets, or leave --stored out to train them"
        )
    return twice, max(days)


def _finished(
    place: Workplace, local: Local, trained: Subset, chosen: Sequence[Benchmark], rung: Redrawn
) -> Sequence[RunRecord | None]:
    """Find what the store holds of one seed's answers; a seed that failed in itself is not left out, but refused."""
    training = place.study.training(trained, specs(trained.names, place.study.recipe.encoder_size))
    record = place.store.record(steps.train(training).digest)
    if record is None:
        return [None] * len(chosen)
    weights = checkpoints.weights_of(demand_trained(record, place.store))
    return [
        local.store.find(local.predict_step(weights, *pair).digest) for pair in place.entries(trained, trained, chosen)
    ]


def _answered(
    place: Workplace, local: Local, trained: Subset, chosen: Sequence[Benchmark], rung: Redrawn
) -> Sequence[RunRecord | None]:
    """Answer with a fresh training, or with the reference's weights; where it keeps none, with this store's."""
    asked = place.entries(trained, trained, chosen)
    if rung == "repredict" and REFERENCE.is_dir():
        reference = Reference.load(REFERENCE)
        if reference.checkpoint(asked[0][0]) is not None:
            return local.predict(stored_checkpoint(reference, asked[0][0]), asked)
    return local.predict(place.local.checkpoint(place.train(trained)), asked)


def _left(spent_s: float, done: int, total: int) -> str:
    if not done:
        return ""
    left_s = spent_s / done * (total - done)
    return f"about {left_s / MINUTE_S:.0f} min left" if left_s > MINUTE_S else f"about {left_s:.0f} s left"


def _repeat(local: Local, record: RunRecord, benchmark: Benchmark) -> Repeat:
    header, answers = predictions.read(local.store.path(record, PREDICTIONS))
    loaded = local.load(benchmark)
    scored = score(header, answers, benchmark, loaded.samples, loaded.digest)
    texts = {one.sample_id: one.text for one in answers}
    return Repeat(
        texts=tuple(texts[sample.id] for sample in loaded.samples),
        marks=tuple(mark.value for mark in scored.marks),
        value=scored.score.value / benchmark.column.per_suite_point,
    )


def _answers(models: dict[str, list[Repeat]]) -> int:
    return len(next(iter(models.values()))[0].marks)


def _row(name: str, one: Noise, n: int, rung: Redrawn) -> tuple[str, ...]:
    spread = "none seen" if one.spread is None else f"{one.spread:.3f} points ({one.freedom} df)"
    return name, f"{n:,}", f"{one.changed:.2%}", f"{one.flipped:.2%}", spread, f"± {margin(one, n, rung).points:g}"
