"""Run steps on this machine: each is looked up by identity first, held against other processes, and recorded last."""

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.card import Benchmark
from benchmarks.load import Loaded
from benchmarks.load import load as load_benchmark
from harness.record import checkpoints, predictions, prompts
from harness.record.fingerprint import collect
from harness.record.store import Store
from harness.run import child, steps
from harness.run.prepare import Supplies
from harness.run.processor import environment
from harness.run.request import Ask, Finished, PredictRequest, Progress, TrainRequest
from harness.run.step import Step
from harness.run.story import Story
from harness.schema.entry import Entry
from harness.schema.recipe import Training
from harness.schema.run import RunRecord
from harness.schema.score import Score
from harness.schema.study import Study
from harness.score.score import score

PREDICTIONS, SCORE, LOSSES = "predictions.parquet", "score.json", "losses.json"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Hold a trained model: where its files lie, and the digest of its weights."""

    folder: Path
    weights: str


class Local:
    """Hold one study on one machine: its store, its data, and whoever watches."""

    def __init__(self, study: Study, store: Store, supplies: Supplies, story: Story):
        self.study, self.store, self.supplies, self.story = study, store, supplies, story
        self._loaded: dict[str, Loaded] = {}

    def load(self, benchmark: Benchmark) -> Loaded:
        """Load a benchmark once."""
        if benchmark.name not in self._loaded:
            self._loaded[benchmark.name] = load_benchmark(benchmark, self.supplies.mirror)
        return self._loaded[benchmark.name]

    def train(self, training: Training) -> RunRecord:
        """Train one subset, or return the record of the training that is done; a cut-short one goes on."""
        step = steps.train(training)
        with ExitStack() as stack:
            done = self._claim(step, stack)
            if done is not None:
                return done
            attempts, started, work = self.store.attempt(step.digest), datetime.now(UTC), self.store.work(step.digest)
            request = TrainRequest(
                training=training, machine=self.study.machine, data=str(self.supplies.data), work=str(work / "training")
            )
            (finished,) = self._watch(child.run("train", request, self.study.machine, work))
            losses = work / LOSSES
            losses.write_text(json.dumps(finished.curves))
            files = {name: Path(path) for name, path in finished.files.items()}
            inputs = {f"encoder {spec.name}": spec.weights.sha256 for spec in training.encoders}
            inputs["language model"] = training.recipe.language.weights.sha256
            for stage in training.recipe.stages:
                inputs |= {f"data {source.name}": source.manifest for source in stage.sources}
            record = self._record(step, started, attempts, inputs, finished.metrics)
            return self.store.commit(record, {**files, LOSSES: losses})

    def checkpoint(self, record: RunRecord) -> Checkpoint:
        """Lay the checkpoint of a training out as a folder."""
        folder = self.store.folder / "checkpoints" / record.step
        if not folder.exists():
            self.store.lay_out(record, folder)
        return Checkpoint(folder, checkpoints.weights_of(record))

    def predict(self, checkpoint: Checkpoint, asked: Sequence[tuple[Entry, Benchmark]]) -> list[RunRecord]:
        """Answer several entries with one checkpoint in one process; the done ones are not asked again."""
        named = {self._predict_step(checkpoint, entry, benchmark): entry for entry, benchmark in asked}
        with ExitStack() as stack:
            # Claimed in the order of their digests, so that two processes never wait for each other in a ring.
            done = {step: self._claim(step, stack) for step in sorted(named, key=lambda step: step.digest)}
            waiting = {step: entry for step, entry in named.items() if done[step] is None}
            fresh = self._ask(checkpoint, waiting) if waiting else {}
        return [done[step] or fresh[step] for step in named]

    def score(self, record: RunRecord, entry: Entry, benchmark: Benchmark) -> tuple[Score, RunRecord]:
        """Score the predictions of a record and record the score."""
        path = self.store.path(record, PREDICTIONS)
        step = steps.score(entry, record.outputs[PREDICTIONS].sha256, benchmark, self.study.protocol)
        header, answers = predictions.read(path)
        loaded, started = self.load(benchmark), datetime.now(UTC)
        scored = score(header, answers, benchmark, loaded.samples, loaded.digest).score
        with ExitStack() as stack:
            done = self._claim(step, stack)
            if done is None:
                attempts = self.store.attempt(step.digest)
                file = self.store.work(step.digest) / SCORE
                file.write_text(scored.model_dump_json(indent=1) + "\n")
                figures = {
                    "value": scored.value,
                    "standard_error": scored.standard_error,
                    "blind": scored.blind,
                    "chance": scored.chance,
                    "unparsed": float(scored.unparsed),
                }
                inputs = {"predictions": record.outputs[PREDICTIONS].sha256}
                done = self.store.commit(self._record(step, started, attempts, inputs, figures), {SCORE: file})
        return scored, done

    def _claim(self, step: Step, stack: ExitStack) -> RunRecord | None:
        """Return the finished record, or hold the step for this process until the stack closes."""
        done = self.store.find(step.digest)
        if done is not None:
            return done
        stack.enter_context(
            self.store.claim(step.digest, lambda: self.story.say(f"{step.title}: another process is at it; waiting"))
        )
        return self.store.find(step.digest)

    def _predict_step(self, checkpoint: Checkpoint, entry: Entry, benchmark: Benchmark) -> Step:
        protocol, loaded = self.study.protocol, self.load(benchmark)
        asked = prompts.digest(loaded.samples, benchmark.protocol(protocol))
        return steps.predict(entry, checkpoint.weights, protocol, self.study.decoding, benchmark, loaded.digest, asked)

    def _ask(self, checkpoint: Checkpoint, waiting: dict[Step, Entry]) -> dict[Step, RunRecord]:
        order, started = list(waiting), datetime.now(UTC)
        attempts = [self.store.attempt(step.digest) for step in order]
        request = PredictRequest(
            checkpoint=str(checkpoint.folder),
            weights=checkpoint.weights,
            decoding=self.study.decoding,
            mirror=str(self.supplies.mirror or ""),
            asks=tuple(
                Ask(
                    entry=waiting[step],
                    protocol=self.study.protocol,
                    file=str(self.store.work(step.digest) / PREDICTIONS),
                )
                for step in order
            ),
        )
        done = {}
        # Not in a step's own scratch, which goes with its record while the process still answers the others.
        folder = self.store.work(f"asking-{order[0].digest}")
        for event in self._watch(child.run("predict", request, self.study.machine, folder)):
            step, attempt = order[event.index], attempts[event.index]
            record = self._record(step, started, attempt, {"weights": checkpoint.weights}, event.metrics)
            done[step] = self.store.commit(record, {name: Path(path) for name, path in event.files.items()})
        shutil.rmtree(folder)
        return done

    def _watch(self, events: Iterable[Progress | Finished]) -> Iterator[Finished]:
        """Show progress, and yield what is finished."""
        for event in events:
            if isinstance(event, Finished):
                yield event
            else:
                self.story.progress(event.task, event.done, event.total, event.note)

    def _record(
        self, step: Step, started: datetime, attempts: int, inputs: dict[str, str], metrics: dict[str, float]
    ) -> RunRecord:
        return RunRecord(
            step=step.digest,
            kind=step.kind,
            title=step.title,
            fingerprint=collect(environment(self.study.machine)),
            started=started,
            ended=datetime.now(UTC),
            inputs=inputs,
            outputs={},
            parameters=step.identity,
            metrics=metrics,
            attempts=attempts,
        )
