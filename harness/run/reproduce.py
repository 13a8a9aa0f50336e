"""Reproduce entries of the table on a rung, and speak their verdicts: the story that `harness reproduce` tells."""

from collections import defaultdict
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import chain
from pathlib import Path

from benchmarks.card import Benchmark
from harness.config.places import POLICY, REFERENCE
from harness.encoders.table import specs
from harness.errors import HarnessError, InvalidEvidence, UsageError
from harness.record import checkpoints, durable, ledger, predictions
from harness.record.reference import Reference
from harness.record.store import Store
from harness.run import crew, nodes, steps
from harness.run.local import PREDICTIONS, Checkpoint, Local
from harness.run.prepare import Supplies, check_parts
from harness.run.story import Story
from harness.schema.entry import Entry
from harness.schema.policy import Policy
from harness.schema.run import RunRecord
from harness.schema.score import Score
from harness.schema.study import Study
from harness.schema.subset import Subset
from harness.schema.verdict import Regime
from harness.schema.view import View
from harness.verify import policy as policies
from harness.verify.evidence import Answers, Questions
from harness.verify.records import demand_another_run
from harness.verify.stored import CANARIES, open_entry, read_canaries
from harness.verify.trainings import trained_alike
from harness.verify.verify import Examined, examine, invalid

LARGE = 64
"""Entries from which on a table is worth a copy of the process: they take a quarter of a second."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Hold one entry's score with the records of the runs behind it, oldest first."""

    score: Score
    records: tuple[RunRecord, ...]


class Workplace:
    """Hold everything one command works with: the study, the store, the prepared data, whoever watches."""

    def __init__(self, study: Study, folder: Path, story: Story):
        self.study, self.story = study, story
        self.store = Store(folder)
        self.supplies = Supplies(study, self.store.folder, story)
        self.local = Local(study, self.store, self.supplies, story)
        self._questions: dict[str, Questions] = {}

    def at(self, seed: int) -> "Workplace":
        """Return the same place for another seed; what was opened and loaded here is there too."""
        other = copy(self)
        other.local = self.local.at(seed, self.story, self.local.check, self.local.devices)
        other.study = other.local.study
        return other

    def entries(self, trained: Subset, kept: Subset, benchmarks: Sequence[Benchmark]) -> list[tuple[Entry, Benchmark]]:
        """Name the entries of one model under one mask of zeros."""
        return self.views(trained, [View(kept)], benchmarks)

    def views(
        self, trained: Subset, views: Sequence[View], benchmarks: Sequence[Benchmark]
    ) -> list[tuple[Entry, Benchmark]]:
        """Name the entries of one model under several views, benchmark by benchmark."""
        training = self.study.training(trained, specs(trained.names, self.study.recipe.encoder_size))
        return [
            (self.study.entry(training, view.kept, benchmark.name, view.mask), benchmark)
            for benchmark in benchmarks
            for view in views
        ]

    def train(self, trained: Subset) -> RunRecord:
        """Train one subset, or find it done; no subset trains on parts that are not the pinned ones."""
        check_parts(self.study)
        training = self.study.training(trained, specs(trained.names, self.study.recipe.encoder_size))
        return nodes.train(self.local, training)

    def trained(self, trained: Subset) -> RunRecord:
        """Find the finished training of a subset.

        Raises:
            UsageError: this store has none.
        """
        training = self.study.training(trained, specs(trained.names, self.study.recipe.encoder_size))
        record = self.store.find(steps.train(training).digest)
        if record is None:
            raise UsageError(f"'{trained}' is not trained in {self.store.folder}. First: harness train {trained}")
        return record

    def evaluate(self, asked: Sequence[tuple[Entry, Benchmark]], trained: RunRecord) -> list[Evaluated]:
        """Answer and score entries of one trained model."""
        answered = self.local.predict(self.local.checkpoint(trained), asked)
        return [self._evaluated(*pair, (trained,)) for pair in zip(asked, answered, strict=True)]

    def reproduce(self, asked: Sequence[tuple[Entry, Benchmark]], rung: Regime) -> list[Examined]:
        """Run entries of one model again on a rung and judge each against the reference; fails closed.

        On the rung `rescore` nothing is run, and they may be of any models.

        Every verdict over a re-run is kept in the store's ledger, and says how many different re-runs there were.
        """
        policy = policies.read(POLICY)
        try:
            reference = self.reference
        except InvalidEvidence as error:
            return [Examined(invalid(entry, rung, policy, error)) for entry, _ in asked]
        for entry, _ in asked:
            reference.score(entry)
        again = self._again(asked, rung, reference)
        try:
            told = self._training_again(asked[0][0], reference) if rung == "retrain" else ()
        except InvalidEvidence as error:
            return [Examined(invalid(entry, rung, policy, error)) for entry, _ in asked]
        found = self._judged(asked, again, rung, policy, reference)
        if rung == "rescore":
            return found
        reruns = [record.outputs[PREDICTIONS].sha256 for record in again if record]
        noted = [one.verdict.model_copy(update={"notes": (*one.verdict.notes, *told)}) for one in found]
        tried = zip(noted, reruns, strict=True)
        counted = ledger.append(self.store.folder / ledger.NAME, list(tried), datetime.now(UTC))
        return [replace(one, verdict=verdict) for one, verdict in zip(found, counted, strict=True)]

    @cached_property
    def reference(self) -> Reference:
        """Open the reference once a command: a whole table is many models, and each opening reads every file.

        Raises:
            InvalidEvidence: as `Reference.load`.
        """
        return Reference.load(REFERENCE)

    def _training_again(self, entry: Entry, reference: Reference) -> tuple[str, ...]:
        """Hold the training that was done again against the stored one, by inputs, order and losses."""
        done = self.trained(entry.trained)
        stored = [run for run in reference.runs if run.step == done.step]
        if not stored:
            return ("training: not compared, the reference keeps no record of this one",)
        demand_another_run(stored[0], done)
        return trained_alike(stored[0], done)

    def _again(
        self, asked: Sequence[tuple[Entry, Benchmark]], rung: Regime, reference: Reference
    ) -> list[RunRecord | None]:
        if rung == "rescore":
            return [None] * len(asked)
        first = asked[0][0]
        if rung == "retrain":
            trained = self.train(first.trained)
            return [one.records[-2] for one in self.evaluate(asked, trained)]
        checkpoint = stored_checkpoint(reference, first)
        answered = self.local.predict(checkpoint, asked)
        return [self._evaluated(pair, record, ()).records[-2] for pair, record in zip(asked, answered, strict=True)]

    def _evaluated(
        self, asked: tuple[Entry, Benchmark], answered: RunRecord, before: tuple[RunRecord, ...]
    ) -> Evaluated:
        score, record = self.local.score(answered, *asked)
        return Evaluated(score, (*before, answered, record))

    def _judged(
        self,
        asked: Sequence[tuple[Entry, Benchmark]],
        again: Sequence[RunRecord | None],
        rung: Regime,
        policy: Policy,
        reference: Reference,
    ) -> list[Examined]:
        """Judge entries, benchmark by benchmark: a large table on every processor, each benchmark on one of them.

        Only where nothing was run: a process that ran something may have threads, which no copy of it has.
        """
        places: dict[str, list[int]] = defaultdict(list)
        for place, (_, benchmark) in enumerate(asked):
            places[benchmark.name].append(place)

        def column(members: Sequence[int]) -> list[Examined]:
            return [self._judge(asked[place], again[place], rung, policy, reference) for place in members]

        processes = crew.hands() if rung == "rescore" and len(asked) >= LARGE else 1
        # Once for all of them; and what is drawn is drawn before there are several.
        _ = self.supplies.mirror, reference.origins, policy.digest
        columns = crew.shared(list(places.values()), column, processes)
        found = dict(zip(chain.from_iterable(places.values()), chain.from_iterable(columns), strict=True))
        return [found[place] for place in range(len(asked))]

    def _judge(
        self,
        asked: tuple[Entry, Benchmark],
        again: RunRecord | None,
        rung: Regime,
        policy: Policy,
        reference: Reference,
    ) -> Examined:
        entry, benchmark = asked
        if benchmark.name not in self._questions:
            loaded = self.local.load(benchmark)
            self._questions[benchmark.name] = Questions(benchmark, loaded.samples, loaded.digest)
        questions = self._questions[benchmark.name]
        try:
            opened = open_entry(reference, entry, questions)
            rerun = None
            if again is not None:
                demand_another_run(opened.behind.predicted, again)
                rerun = answers_of(self.store, again)
                questions.demand_worded(rerun.header)
        except InvalidEvidence as error:
            return Examined(invalid(entry, rung, policy, error))
        return examine(opened.stored, rerun, questions, rung, policy)


def answers_of(store: Store, record: RunRecord) -> Answers:
    """Read a run's answers and canaries, with when and where they were made."""
    header, rows = predictions.read(store.path(record, PREDICTIONS))
    kept = CANARIES in record.outputs
    canaries = read_canaries(record, store.path(record, CANARIES)) if kept else None
    return Answers(header, rows, record.started, record.fingerprint, canaries)


def stored_checkpoint(reference: Reference, entry: Entry) -> Checkpoint:
    """Return the weights that the reference keeps for an entry's training.

    Raises:
        HarnessError: it keeps none for this one.
    """
    folder = reference.checkpoint(entry)
    if folder is None:
        kept = sorted(path.name for path in (reference.folder / "checkpoints").glob("*"))
        raise HarnessError(
            f"the reference keeps no weights of '{entry.trained}' (seed {entry.seed}); it keeps: "
            f"{', '.join(kept) or 'none'}. Use --rung retrain, or --rung rescore."
        )
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    digests = {name: durable.sha256_of(path) for name, path in files.items()}
    return Checkpoint(folder, checkpoints.weights_digest(digests))
