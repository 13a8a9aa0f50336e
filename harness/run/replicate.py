"""Train entries with new seeds and judge them against the stored ones, all seeds of an entry together (R4)."""

from collections.abc import Sequence
from datetime import UTC, datetime

from benchmarks.card import Benchmark
from harness.config.places import POLICY, REFERENCE
from harness.errors import InvalidEvidence
from harness.record import ledger
from harness.record.reference import Reference
from harness.run.local import PREDICTIONS
from harness.run.reproduce import Workplace, answers_of
from harness.schema.entry import Entry
from harness.schema.frozen import digest_of
from harness.schema.run import RunRecord
from harness.schema.subset import Subset
from harness.schema.verdict import Verdict
from harness.schema.view import View
from harness.verify import policy as policies
from harness.verify.evidence import Answers, Questions
from harness.verify.new_seeds import judge_seeds
from harness.verify.records import demand_another_run
from harness.verify.stored import Opened, open_entry
from harness.verify.trainings import trained_apart
from harness.verify.verify import invalid

Asked = list[tuple[Entry, Benchmark]]


def replicate(
    places: Sequence[Workplace], trained: Subset, view: View, benchmarks: Sequence[Benchmark]
) -> list[Verdict]:
    """Train one subset with each workplace's seed and judge its entries by benchmark, stored seeds against new ones.

    Every verdict is kept in the store's ledger, and says how many different re-runs there were.

    Raises:
        HarnessError: a training or an evaluation cannot be run.
    """
    policy, reference = policies.read(POLICY), Reference.load(REFERENCE)
    runs = [_run(place, trained, view, benchmarks) for place in places]
    first, store = places[0], places[0].store
    verdicts = []
    for position, benchmark in enumerate(benchmarks):
        again = [records[position] for records in runs]
        entry = first.views(trained, [view], [benchmark])[0][0]
        kept = stored_seeds(reference, entry)
        loaded = first.local.load(benchmark)
        questions = Questions(benchmark, loaded.samples, loaded.digest)
        try:
            opened = [open_entry(reference, one, questions) for one in kept]
            trained_apart([*(one.behind.trained for one in opened), *(place.trained(trained) for place in places)])
            new = [_fresh(place, record, opened) for place, record in zip(places, again, strict=True)]
        except InvalidEvidence as error:
            verdicts.append((invalid(kept[0], "retrain", policy, error), _evidence(again)))
            continue
        verdicts.append((judge_seeds([one.stored for one in opened], new, questions, policy), _evidence(again)))
    return list(ledger.append(store.folder / ledger.NAME, verdicts, datetime.now(UTC)))


def stored_seeds(reference: Reference, entry: Entry) -> list[Entry]:
    """List the accepted entries that differ from one in the seed alone, by seed.

    Raises:
        InvalidEvidence: there is none.
    """
    same = [one.entry for one in reference.scores.values() if _but_seed(one.entry) == _but_seed(entry)]
    if not same:
        raise InvalidEvidence(f"the reference holds no seed of {entry.model} on {entry.benchmark}: nothing to judge by")
    return sorted(same, key=lambda one: one.seed)


def _but_seed(entry: Entry) -> tuple[object, ...]:
    return entry.recipe, entry.trained, entry.kept, entry.mask, entry.benchmark


def _run(place: Workplace, trained: Subset, view: View, benchmarks: Sequence[Benchmark]) -> list[RunRecord]:
    asked = place.views(trained, [view], benchmarks)
    return [one.records[-2] for one in place.evaluate(asked, place.train(trained))]


def _fresh(place: Workplace, record: RunRecord, opened: Sequence[Opened]) -> Answers:
    for one in opened:
        demand_another_run(one.behind.predicted, record)
    return answers_of(place.store, record)


def _evidence(again: Sequence[RunRecord]) -> str:
    """Return one digest of all the files of answers that a verdict is over, whatever their order."""
    return digest_of(sorted(record.outputs[PREDICTIONS].sha256 for record in again))
