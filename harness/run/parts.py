"""Make the shared parts of the miniature again, on the record: weights, what was measured, the command that does it."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

from harness.config.places import ROOT
from harness.encoders.table import TABLES
from harness.errors import UnknownName
from harness.record import durable
from harness.record.fingerprint import collect
from harness.record.store import Store
from harness.run import child, steps
from harness.run.processor import environment
from harness.run.request import Finished, PretrainRequest
from harness.run.story import Story
from harness.schema.machine import InstructionSet
from harness.schema.study import Study

PARTS = ROOT / "results" / "parts"
LANGUAGE = "language"
CURVES, FIGURES = "curves", "figures.json"
MADE_ON: dict[str, InstructionSet] = {"convnext": "native", "pix2struct": "native", "language": "native"}
"""Kernels that the pinned parts were made with, where they are not the machine file's: the widest that the processor
has. The same bytes come out on a processor that has the same ones."""


def remake(study: Study, words: str, store: Store, story: Story) -> None:
    """Pre-train one part or `all`, put it into results/parts with its record, and say the digests to pin.

    Raises:
        UnknownName: no such part.
    """
    names = [card.spec.name for card in TABLES[study.recipe.encoder_size]] + [LANGUAGE]
    if words != "all" and words not in names:
        raise UnknownName("part", words, [*names, "all"])
    for name in names if words == "all" else [words]:
        _remake(study, name, store, story)


def _remake(study: Study, name: str, store: Store, story: Story) -> None:
    kernels = MADE_ON.get(name, study.machine.instruction_set)
    study = study.model_copy(update={"machine": study.machine.model_copy(update={"instruction_set": kernels})})
    work = store.work(f"pretrain-{name}")
    recipe = study.recipe
    request = PretrainRequest(
        part=name,
        template=recipe.language.template,
        grid=recipe.fusion.grid,
        place=recipe.projector.place,
        work=str(work / "parts"),
    )
    made, started = collect(environment(study.machine)), datetime.now(UTC)
    for event in child.run("pretrain", request, study.machine, work):
        if isinstance(event, Finished):
            files = {name: Path(path) for name, path in event.files.items()}
            digests = keep(study, name, files, event.metrics, story)
            step = steps.pretrain(name, digests)
            if store.find(step.digest) is None:
                # The tracker finds it in the store, with its curves.
                points = next(
                    path for name, path in files.items() if name.startswith(CURVES) and name.endswith(".json")
                )
                store.commit(step.record(made, started, event.metrics), {**files, FIGURES: points})
            # The snapshots of a part that is made would be taken for those of its next version.
            shutil.rmtree(work)
        else:
            story.progress(event.task, event.done, event.total, event.note)


def keep(study: Study, part: str, files: dict[str, Path], measured: dict[str, float], story: Story) -> dict[str, str]:
    """Put the files of a part into results/parts, with the record of how they came to be; return their digests."""
    digests = {}
    for name, path in files.items():
        target = PARTS / name
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.partial")
        shutil.copyfile(path, partial)
        partial.replace(target)
        digests[name] = durable.sha256_of(target)
        story.say(f"made {target.relative_to(PARTS.parents[1])}: sha256 {digests[name]}")
    record = {
        "part": part,
        "command": f"harness prepare --pretrain {part}",
        "instruction_set": study.machine.instruction_set,
        "sha256": digests,
        "measured": measured,
        "fingerprint": collect(environment(study.machine)).plain(),
    }
    (PARTS / f"{part}.json").write_text(json.dumps(record, indent=1, sort_keys=True) + "\n")
    story.say("pin new digests where the parts are named: harness/encoders/table.py, configs/recipe/tiny.yaml")
    return digests
