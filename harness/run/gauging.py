"""Measure the shared parts of the miniature and write down whether they pass: the work of `harness prepare --check`."""

from pathlib import Path

from harness.config.places import ROOT
from harness.encoders.table import TABLES
from harness.errors import UsageError
from harness.record import durable
from harness.record.fingerprint import collect
from harness.record.store import Store
from harness.run import child
from harness.run.bars import BARS, LANGUAGE, VERSION
from harness.run.gates import CHECK, RECORD, files_of, made_here
from harness.run.prepare import check_weights
from harness.run.processor import environment
from harness.run.request import Finished, GaugeRequest
from harness.run.story import Story
from harness.schema.gate import GateRecord, Gauged
from harness.schema.study import Study


def gauge(study: Study, store: Store, story: Story) -> GateRecord:
    """Measure every part that the project makes for a recipe, all encoders of its size, and write the record.

    A part that falls short is written down too: that is what refuses it.

    Raises:
        InvalidEvidence: a part is not the pinned one.
        UsageError: the recipe names published models only.
    """
    recipe = study.recipe
    specs = [card.spec for card in TABLES[recipe.encoder_size]]
    weights = {**{spec.name: spec.weights for spec in specs}, LANGUAGE: recipe.language.weights}
    if not all(map(made_here, weights.values())):
        raise UsageError(
            f"recipe '{study.recipe_name}' takes its parts from others, who measured them: only the miniature's have "
            "gates here (recipe=tiny)"
        )
    for one in weights.values():
        check_weights(one)
    request = GaugeRequest(
        encoders=tuple(specs), language=recipe.language, grid=recipe.fusion.grid, place=recipe.projector.place
    )
    found, names = {}, list(weights)
    for event in child.run("gauge", request, study.machine, store.work("gauge")):
        if isinstance(event, Finished):
            name = names[event.index]
            found[weights[name].sha256] = Gauged(
                part=name,
                version=VERSION,
                files={file: durable.sha256_of(ROOT / file) for file in files_of(name, weights[name])},
                measured=event.found,
                demanded={bar.figure: bar.at_least for bar in BARS[name]},
            )
        else:
            story.progress(event.task, event.done, event.total, event.note)
    record = GateRecord(command=CHECK, parts=found, fingerprint=collect(environment(study.machine)))
    _write(record, ROOT / RECORD)
    story.say(f"written: {RECORD}")
    return record


def _write(record: GateRecord, path: Path) -> None:
    text = record.model_dump_json(indent=1) + "\n"
    durable.write_bytes(path, text.encode(), path.with_name(f".{path.name}.partial"))
