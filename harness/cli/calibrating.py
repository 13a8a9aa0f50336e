"""Do what `harness calibrate` asks: repeat runs, measure how far they lie apart, and write a policy with it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.card import Benchmark
from benchmarks.table import select
from harness.cli.screen import Screen, answer, columns
from harness.config.compose import compose
from harness.config.places import POLICY, resolve
from harness.errors import UsageError
from harness.record import durable, predictions
from harness.record.store import Store
from harness.run.local import PREDICTIONS, Local
from harness.run.reproduce import Workplace
from harness.schema.policy import Noise, Redrawn
from harness.schema.run import RunRecord
from harness.schema.subset import Subset
from harness.score.score import score
from harness.verify import policy as policies
from harness.verify.calibrate import Repeat, calibrated, noise, to_toml


def calibrate(
    subset: str, benchmarks: str, overrides: Sequence[str], rung: Redrawn, runs: int, write: str, as_json: bool
) -> int:
    """Repeat answers or trainings of subsets and say how far the repeats lie apart; `write` names the new policy.

    Raises:
        UsageError: fewer than two runs.
    """
    if runs < 2:
        raise UsageError(f"a calibration needs two runs at least; came {runs}")
    study, chosen = compose(overrides), select(benchmarks)
    found: dict[str, dict[str, list[Repeat]]] = defaultdict(lambda: defaultdict(list))
    with Screen() as screen:
        folder = resolve(study.store.folder)
        for trained in Subset.select(subset, study.recipe.pool):
            for run in range(runs):
                place = Workplace(study, folder, screen)
                if rung == "retrain":
                    place = Workplace(study.model_copy(update={"seed": study.seed + run}), folder, screen)
                local, record = place.local, place.train(trained)
                if rung == "repredict":
                    # A store keeps what is done, so each repeat has a store of its own.
                    again = Store(folder / "calibration" / str(run))
                    local = Local(place.study, again, place.supplies, screen)
                asked = place.entries(trained, trained, chosen)
                answered = local.predict(place.local.checkpoint(record), asked)
                for benchmark, one in zip(chosen, answered, strict=True):
                    found[benchmark.name][trained.slug].append(_repeat(local, one, benchmark))
                screen.say(f"{trained}: run {run + 1} of {runs} is done")
    today = datetime.now(UTC).date()
    measured = {name: (noise(models, today), _answers(models)) for name, models in found.items()}
    if write:
        fresh = calibrated(policies.read(POLICY), rung, measured, today)
        target = Path(write)
        durable.write_bytes(target, to_toml(fresh).encode(), target.with_name(f".{target.name}.partial"))
    plain = {name: one.plain() for name, (one, _) in measured.items()}
    rows = [_row(name, one) for name, (one, _) in measured.items()]
    answer(plain, columns("Noise", ("benchmark", ">texts changed", ">marks flipped", ">spread"), rows), as_json)
    return 0


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


def _row(name: str, one: Noise) -> tuple[str, ...]:
    spread = "none seen" if one.spread is None else f"{one.spread:.3f} points ({one.freedom} df)"
    return name, f"{one.changed:.2%}", f"{one.flipped:.2%}", spread
