"""Make a small reference and a signed bundle of it, and bend bundles for tests."""

import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from benchmarks.card import Sample
from benchmarks.load import digest_of
from benchmarks.table import find
from harness.config.compose import compose
from harness.encoders.table import specs
from harness.record import archive, crate, pins, prompts, signing
from harness.record import predictions as store
from harness.record.checkpoints import CHECKPOINT, weights_of
from harness.record.durable import sha256_of
from harness.record.reference import Accepted, Reference, accept
from harness.schema.canary import Canaries, Canary, chosen
from harness.schema.entry import Entry
from harness.schema.frozen import canonical
from harness.schema.prediction import Prediction, PredictionHeader
from harness.schema.recipe import Training
from harness.schema.run import RunRecord
from harness.schema.score import Score
from harness.schema.subset import Subset
from harness.score.score import score
from harness.verify import bundle
from harness.verify.packing import Signing, pack
from tests.harness.nouns import digest, entry, header, predictions, record
from tests.harness.record.keys import pair

N = 40
MADE = datetime(2026, 11, 22, 12, tzinfo=UTC)
POLICY = Path(__file__).parents[3] / "results" / "policy.toml"


def asked() -> tuple[Sample, ...]:
    """Make questions of GQA's shape."""
    return tuple(
        Sample(
            f"q{i:03}", "is it red?", (), (), ("yes",), "verify", "verify", f"image {i // 2}", {"full_answer": "yes"}
        )
        for i in range(N)
    )


PINNED: pins.Pins = {("gqa", digest_of(asked())): pins.content(asked())}


@dataclass(frozen=True, slots=True)
class Made:
    """Hold a bundle with the key pair of its signer and the reference that it was packed from."""

    path: Path
    secret: Path
    public: Path
    reference: Reference


@cache
def training(name: str) -> Training:
    """Configure the training of a subset of the miniature."""
    study = compose([])
    subset = Subset.parse(name, study.recipe.pool)
    return study.training(subset, specs(subset.names, study.recipe.encoder_size))


def named(name: str) -> Entry:
    """Name a model's entry on GQA, under its true training."""
    return entry(name).model_copy(update={"training": training(name).digest})


def runs_behind(name: str, head: PredictionHeader, answers: Path, whole: Score) -> tuple[RunRecord, ...]:
    """Record the training, the prediction and the scoring that an entry is said to come from."""
    trained = trained_record(name)
    files = {"predictions.parquet": answers}
    if (canaries := answers.with_suffix(".json")).is_file():
        files["canaries.json"] = canaries
    predicted = record(
        f"predict {name}",
        inputs={"weights": head.weights},
        outputs={one: {"sha256": sha256_of(path), "size": path.stat().st_size} for one, path in files.items()},
        parameters={
            "entry": head.entry.digest,
            "samples": head.samples,
            "prompts": head.prompts,
            "protocol": head.protocol,
            "decoding": head.decoding.digest,
        },
    )
    content = predicted.outputs["predictions.parquet"].sha256
    figures = {"value": whole.value}
    return trained, predicted, record(f"score {name}", kind="score", inputs={"predictions": content}, metrics=figures)


def trained_record(name: str) -> RunRecord:
    """Record a training whose checkpoint is a function of the model's name."""
    files = {one: {"sha256": digest(f"{one} of {name}"), "size": 1} for one in (*CHECKPOINT, "losses.json")}
    return record(f"train {name}", kind="train", outputs=files, parameters={"trained": name, "seed": "0"})


@dataclass(frozen=True, slots=True)
class Model:
    """Say how a made model answers: its lead, how many answers are right, and whether it kept canaries."""

    lead: float
    right: int
    canaries: bool = False


def accepted(folder: Path, name: str, model: Model) -> Accepted:
    """Make one entry of GQA with everything that stands behind it."""
    samples, gqa = asked(), find("gqa")
    fields = {
        "samples": digest_of(samples),
        "prompts": prompts.digest(samples, gqa.protocol("cambrian")),
        "weights": weights_of(trained_record(name)),
    }
    head = header(N, named(name), **fields)
    said = [
        replace(one, margins=(model.lead + place / 1000, model.lead))
        for place, one in enumerate(predictions(samples, ["yes"] * model.right + ["no"] * (N - model.right)))
    ]
    path, kept = folder / f"{name}.parquet", folder / f"{name}.json"
    store.write(path, head, said)
    if model.canaries:
        kept.write_bytes(canonical(canaries_of(head, said).plain()))
    whole = score(head, said, gqa, samples, digest_of(samples)).score
    return Accepted(whole, path, runs_behind(name, head, path, whole), kept if model.canaries else None)


def canaries_of(head: PredictionHeader, said: Sequence[Prediction], shift: float = 0.0) -> Canaries:
    """Make the canaries of answers: two likeliest tokens each, `shift` nats lower than they would be."""
    wanted = chosen(one.sample_id for one in said)
    rows = tuple(
        Canary(
            sample_id=one.sample_id,
            tokens=(one.tokens[0], 1),
            log_probabilities=(-0.25 - shift, -0.25 - shift - one.margins[0]),
        )
        for one in said
        if one.sample_id in wanted
    )
    return Canaries(header=head.digest, rows=rows)


def made(folder: Path, models: Mapping[str, Model] | None = None, ledger: bytes = b"") -> Made:
    """Pack one entry of GQA for each model."""
    models = models or {"clip": Model(0.5, 20, canaries=True), "clip+sam": Model(0.25, 21)}
    entries = [accepted(folder, name, model) for name, model in models.items()]
    reference = accept(folder / "reference", entries, {}, "a test")
    secret, public = pair(folder)
    (folder / "ledger.jsonl").write_bytes(ledger)
    path, trainings = folder / "evidence.zip", {training(name).digest: training(name) for name in models}
    wanted, signed = [one.score.entry for one in entries], Signing(secret, folder / "ledger.jsonl", MADE, "1" * 40)
    pack(path, reference, wanted, {"gqa": (find("gqa"), asked())}, trainings, POLICY, signed)
    return Made(path, secret, public, reference)


def checked(path: Path, public: Path) -> bundle.Checked:
    """Judge a bundle by the questions that it was made from."""
    return bundle.check(path, public, PINNED)


def members(path: Path) -> dict[str, bytes]:
    """Read a bundle's members."""
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def rewritten(one: Made, change: Callable[[dict[str, bytes]], object], sign_again: bool, folder: Path) -> Path:
    """Change a bundle's members; `sign_again` lets the owner of the key sign the changed content."""
    held = members(one.path)
    change(held)
    unpacked = folder / "bent"
    for name, data in held.items():
        target = unpacked / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    if sign_again:
        with zipfile.ZipFile(one.path) as file:
            envelope = json.loads(file.read(crate.STATEMENT))
        payload = signing.check(canonical(envelope), one.public, "here")
        evidence = crate.Evidence.model_validate_json(json.dumps(json.loads(payload)["predicate"]))
        if held.get(crate.METADATA) == members(one.path)[crate.METADATA]:
            (unpacked / crate.METADATA).write_bytes(crate.metadata(unpacked, evidence))
        statement = crate.state(unpacked, evidence)
        (unpacked / crate.STATEMENT).write_bytes(signing.sign(statement.encoded(), one.secret))
    target = folder / "bent.zip"
    archive.pack(unpacked, target)
    return target
