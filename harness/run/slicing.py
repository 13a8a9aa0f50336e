"""Answer the declared slice of stored entries again, with the stored weights, and judge each: a gate for a change."""

from collections.abc import Sequence
from datetime import UTC, datetime

from benchmarks.card import Benchmark
from harness.config.places import POLICY, REFERENCE
from harness.errors import InvalidEvidence
from harness.record import predictions, strict_json
from harness.record.fingerprint import collect
from harness.record.reference import Reference
from harness.run import child
from harness.run.local import PREDICTIONS
from harness.run.processor import environment
from harness.run.reproduce import Workplace, stored_checkpoint
from harness.run.request import Ask, Finished, PredictRequest
from harness.schema.canary import Canaries
from harness.schema.entry import Entry
from harness.schema.verdict import Verdict
from harness.verify import policy as policies
from harness.verify.declared import ids_of, judge_slice
from harness.verify.evidence import Answers, Questions, Stored
from harness.verify.stored import CANARIES, open_entry
from harness.verify.verify import invalid

Asked = Sequence[tuple[Entry, Benchmark]]


def sliced(place: Workplace, asked: Asked) -> list[Verdict]:
    """Answer the slices of one model's entries in one process and judge them, in the order asked.

    Nothing is kept: answers to a slice are no step of the study, and no store may take them for an entry's.

    Raises:
        HarnessError: the reference keeps no weights of this model, or this machine cannot run it.
    """
    policy, reference = policies.read(POLICY), Reference.load(REFERENCE)
    opened: dict[Entry, Stored] = {}
    refused: dict[Entry, Verdict] = {}
    for entry, benchmark in asked:
        loaded = place.local.load(benchmark)
        try:
            found = open_entry(reference, entry, Questions(benchmark, loaded.samples, loaded.digest)).stored
            ids_of(found)
            opened[entry] = found
        except InvalidEvidence as error:
            refused[entry] = invalid(entry, "repredict", policy, error)
    answered = _answer(place, reference, opened) if opened else {}
    judged = {entry: judge_slice(opened[entry], rerun, policy.digest) for entry, rerun in answered.items()}
    return [{**refused, **judged}[entry] for entry, _ in asked]


def _answer(place: Workplace, reference: Reference, opened: dict[Entry, Stored]) -> dict[Entry, Answers]:
    order = list(opened)
    checkpoint = stored_checkpoint(reference, order[0])
    folder = place.store.work("slice")
    request = PredictRequest(
        checkpoint=str(checkpoint.folder),
        weights=checkpoint.weights,
        accelerator=place.study.machine.accelerator,
        decoding=place.study.decoding,
        mirror=str(place.supplies.mirror or ""),
        asks=tuple(
            Ask(entry=entry, protocol=place.study.protocol, file=str(folder / f"{index}" / PREDICTIONS))
            for index, entry in enumerate(order)
        ),
        only={entry.benchmark: ids_of(stored) for entry, stored in opened.items()},
    )
    for index in range(len(order)):
        (folder / f"{index}").mkdir(parents=True, exist_ok=True)
    machine, started, found = place.study.machine, datetime.now(UTC), {}
    made = collect(environment(machine))
    for event in child.run("predict", request, machine, folder):
        if not isinstance(event, Finished):
            place.story.progress(event.task, event.done, event.total, event.note)
            continue
        file = folder / f"{event.index}"
        header, rows = predictions.read(file / PREDICTIONS)
        heard = strict_json.read(Canaries, file / CANARIES)
        found[order[event.index]] = Answers(header, rows, started, made, heard)
    return found
