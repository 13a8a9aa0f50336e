"""Make a small reference and a signed bundle of it, and bend bundles for tests."""

import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.card import Sample
from benchmarks.load import digest_of
from benchmarks.table import find
from harness.record import archive, crate, prompts, signing
from harness.record import predictions as store
from harness.record.reference import Accepted, Reference, accept
from harness.schema.frozen import canonical
from harness.score.score import score
from harness.verify import bundle
from tests.harness.nouns import entry, header, predictions, record
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


@dataclass(frozen=True, slots=True)
class Made:
    """Hold a bundle with the key pair of its signer and the reference that it was packed from."""

    path: Path
    secret: Path
    public: Path
    reference: Reference


def made(folder: Path, models: Mapping[str, float] | None = None, ledger: bytes = b"") -> Made:
    """Pack one entry of GQA for each model; the number is the lead of its answers."""
    samples, gqa = asked(), find("gqa")
    accepted = []
    for place, (name, lead) in enumerate((models or {"clip": 0.5, "clip+sam": 0.25}).items()):
        one = entry(name)
        fields = {
            "samples": digest_of(samples),
            "prompts": prompts.digest(samples, gqa.protocol("cambrian")),
            "weights": f"{place:064x}",
        }
        head = header(N, one, **fields)
        said = [
            type(p)(p.sample_id, p.text, p.tokens, (lead, lead), p.finish)
            for p in predictions(samples, ["yes"] * (20 + place) + ["no"] * (N - 20 - place))
        ]
        path = folder / f"{name}.parquet"
        store.write(path, head, said)
        whole = score(head, said, gqa, samples, digest_of(samples)).score
        accepted.append(Accepted(whole, path, (record(f"predict {name}"),)))
    reference = accept(folder / "reference", accepted, {}, "a test")
    secret, public = pair(folder)
    (folder / "ledger.jsonl").write_bytes(ledger)
    path = folder / "evidence.zip"
    entries = [one.score.entry for one in accepted]
    bundle.pack(path, reference, entries, {"gqa": samples}, POLICY, folder / "ledger.jsonl", secret, MADE, "1" * 40)
    return Made(path, secret, public, reference)


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
        statement = crate.state(unpacked, evidence)
        (unpacked / crate.STATEMENT).write_bytes(signing.sign(canonical(statement.plain()), one.secret))
    target = folder / "bent.zip"
    archive.pack(unpacked, target)
    return target
