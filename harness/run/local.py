"""Run steps on this machine: each is looked up by identity first, held against other processes, and recorded last."""

import json
import shutil
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from benchmarks.card import Benchmark
from benchmarks.load import Loaded
from harness.errors import HarnessError
from harness.record import checkpoints, predictions
from harness.record.fingerprint import collect
from harness.record.store import Store
from harness.run import child, steps
from harness.run.diverged import DIVERGED, demand_trained
from harness.run.heartbeat import Heartbeat
from harness.run.live import Live
from harness.run.prepare import Supplies
from harness.run.processor import environment
from harness.run.questions import Questions
from harness.run.request import Ask, Finished, PredictRequest, Progress, TrainRequest
from harness.run.step import Step
from harness.run.story import Story
from harness.run.tries import Tries
from harness.schema.entry import Entry
from harness.schema.fingerprint import Fingerprint
from harness.schema.recipe import Training
from harness.schema.run import RunRecord
from harness.schema.score import Score
from harness.schema.study import Study
from harness.score.score import score

PREDICTIONS, SCORE, LOSSES, ENTRIES = "predictions.parquet", "score.json", "losses.json", "entries"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Hold a trained model: where its files lie, and the digest of its weights."""

    folder: Path
    weights: str


class Local:
    """Hold one study on one machine: its store, its data, and whoever watches.

    `check` is called where work can be given up, and raises to do so; `devices` are the GPUs to use, None for all.
    """

    def __init__(
        self,
        study: Study,
        store: Store,
        supplies: Supplies,
        story: Story,
        questions: Questions | None = None,
        check: Callable[[], None] = lambda: None,
        devices: str | None = None,
    ):
        self.study, self.store, self.supplies, self.story = study, store, supplies, story
        self.questions = questions or Questions(study, supplies)
        self.check, self.devices = check, devices

    def at(self, seed: int, story: Story, check: Callable[[], None], devices: str | None) -> "Local":
        """Return the same place for another seed, watched and stopped by somebody else, on GPUs of its own."""
        study = self.study.model_copy(update={"seed": seed})
        return Local(study, self.store, self.supplies, story, self.questions, check, devices)

    def load(self, benchmark: Benchmark) -> Loaded:
        """Load a benchmark once."""
        return self.questions.load(benchmark)[0]

    def train(self, training: Training) -> RunRecord:
        """Train one subset, or return the record of the training that is done; a cut-short one goes on.

        Raises:
            DivergedTraining: it failed in itself, now or when it was first done; the record keeps its losses.
        """
        step = steps.train(training)
        with ExitStack() as stack:
            done = self._claim(step, stack)
            if done is not None:
                return demand_trained(done, self.store)
            made, started = self._made(), datetime.now(UTC)
            with Tries(self.store, [step]) as tries:
                work = self.store.work(step.digest)
                request = TrainRequest(
                    training=training,
                    machine=self.study.machine,
                    data=str(self.supplies.data),
                    work=str(work / "training"),
                    features=str(self.store.folder / "features"),
                    live=Live.of(self.study, self.store, training),
                )
                (finished,) = self._watch(child.run("train", request, self.study.machine, work, self.devices), work)
                losses = work / LOSSES
                losses.write_text(json.dumps(finished.curves))
                files = {name: Path(path) for name, path in finished.files.items()}
                inputs = {f"encoder {spec.name}": spec.weights.sha256 for spec in training.encoders}
                inputs["language model"] = training.recipe.language.weights.sha256
                for stage in training.recipe.stages:
                    inputs |= {f"data {source.name}": source.manifest for source in stage.sources}
                record = step.record(made, started, finished.metrics, inputs, tries.numbers[step])
                done = self.store.commit(record, {**files, LOSSES: losses})
                tries.close(step, "diverged" if DIVERGED in done.outputs else "done")
                return demand_trained(done, self.store)

    def checkpoint(self, record: RunRecord) -> Checkpoint:
        """Lay the checkpoint of a training out as a folder.

        Raises:
            DivergedTraining: there is none, since the training failed in itself.
        """
        demand_trained(record, self.store)
        folder = self.store.folder / "checkpoints" / record.step
        if not folder.exists():
            self.store.lay_out(record, folder)
        return Checkpoint(folder, checkpoints.weights_of(record))

    def predict(self, checkpoint: Checkpoint, asked: Sequence[tuple[Entry, Benchmark]]) -> list[RunRecord]:
        """Answer several entries with one checkpoint in one process; the done ones are not asked again."""
        named = {self.predict_step(checkpoint.weights, *pair): pair[0] for pair in asked}
        with ExitStack() as stack:
            # Claimed in the order of their digests, so that two processes never wait for each other in a ring.
            done = {step: self._claim(step, stack) for step in sorted(named, key=lambda step: step.digest)}
            waiting = {step: entry for step, entry in named.items() if done[step] is None}
            fresh = self._ask(checkpoint, waiting, len(named)) if waiting else {}
        return [done[step] or fresh[step] for step in named]

    def score(self, record: RunRecord, entry: Entry, benchmark: Benchmark) -> tuple[Score, RunRecord]:
        """Score the predictions of a record and record the score, or return the one that is done."""
        step = steps.score(entry, record.outputs[PREDICTIONS].sha256, benchmark, self.study.protocol)
        with ExitStack() as stack:
            done = self._claim(step, stack)
            if done is not None:
                path = self.store.path(done, SCORE)
                return Score.from_json(path.read_bytes(), str(path)), done
            with Tries(self.store, [step]) as tries:
                header, answers = predictions.read(self.store.path(record, PREDICTIONS))
                loaded, started = self.load(benchmark), datetime.now(UTC)
                scored = score(header, answers, benchmark, loaded.samples, loaded.digest).score
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
                fresh = step.record(self._scored_by, started, figures, inputs, tries.numbers[step])
                done = self.store.commit(fresh, {SCORE: file})
                tries.close(step, "done")
        return scored, done

    def predict_step(self, weights: str, entry: Entry, benchmark: Benchmark) -> Step:
        """Name the answers of an entry, once the digest of its weights is known."""
        loaded, asked = self.questions.load(benchmark)
        study = self.study
        return steps.predict(entry, weights, study.protocol, study.decoding, benchmark, loaded.digest, asked)

    def _claim(self, step: Step, stack: ExitStack) -> RunRecord | None:
        """Return the finished record, or hold the step for this process until the stack closes."""
        self.check()
        done = self.store.find(step.digest)
        if done is not None:
            return done
        said: list[str] = []

        def waiting() -> None:
            self.check()
            if not said:
                said.append(step.title)
                self.story.say(f"{step.title}: another process is at it; waiting")

        stack.enter_context(self.store.claim(step.digest, waiting))
        return self.store.find(step.digest)

    def _ask(self, checkpoint: Checkpoint, waiting: dict[Step, Entry], total: int) -> dict[Step, RunRecord]:
        order, started, made = list(waiting), datetime.now(UTC), self._made()
        request = PredictRequest(
            checkpoint=str(checkpoint.folder),
            weights=checkpoint.weights,
            accelerator=self.study.machine.accelerator,
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
        events = self._watch(child.run("predict", request, self.study.machine, folder, self.devices), folder)
        with Tries(self.store, order) as tries, closing(events):
            for event in events:
                step = order[event.index]
                record = step.record(made, started, event.metrics, {"weights": checkpoint.weights}, tries.numbers[step])
                done[step] = self.store.commit(record, {name: Path(path) for name, path in event.files.items()})
                tries.close(step, "done")
                self.story.progress(ENTRIES, total - len(order) + len(done), total)
        shutil.rmtree(folder)
        return done

    def _watch(self, events: Generator[Progress | Finished, None, None], work: Path) -> Generator[Finished, None, None]:
        """Show progress, and yield what is finished; a child that was ended because we give up did not fail."""
        beat = Heartbeat(work)
        try:
            with closing(events):
                for event in events:
                    self.check()
                    if isinstance(event, Finished):
                        yield event
                    else:
                        beat.tell(event)
                        self.story.progress(event.task, event.done, event.total, event.note)
        except HarnessError:
            self.check()
            raise

    def _made(self) -> Fingerprint:
        """Describe where a child computes; taken as it starts, for that is when it loads its code."""
        return collect(environment(self.study.machine))

    @cached_property
    def _scored_by(self) -> Fingerprint:
        return self._made()
