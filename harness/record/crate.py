"""Describe a bundle for machines that know nothing of this project: an RO-Crate and an in-toto statement.

- `ro-crate-metadata.json`: RO-Crate 1.2 (doi 10.5281/zenodo.13751027): the root data set, its files with sizes, licence
  and date, and the crate that the metadata file describes.
- `statement.dsse.json`: in-toto Statement v1 whose subjects are all other files by SHA-256, in a signed envelope. The
  predicate says what was packed, when, under which policy, and where the ledger of attempts ended.
"""

from pathlib import Path

from pydantic import AwareDatetime, Field

from harness.errors import InvalidEvidence
from harness.record import durable
from harness.record.statement import Statement, Subject
from harness.schema.frozen import Frozen, canonical

METADATA, STATEMENT = "ro-crate-metadata.json", "statement.dsse.json"
PREDICATE_TYPE = "https://github.com/vlm-encoder-harness/evidence/v1"
LICENCE = "https://spdx.org/licenses/Apache-2.0"
NAMED = 3


class Evidence(Frozen):
    """Say what a bundle is evidence of; `ledger` is the digest of the ledger's last line, `policy` of the policy."""

    made_at: AwareDatetime
    commit: str | None
    entries: tuple[str, ...] = Field(min_length=1)
    policy: str = Field(pattern=r"^[0-9a-f]{64}$")
    ledger: str = Field(pattern=r"^[0-9a-f]{64}$")


def metadata(folder: Path, evidence: Evidence) -> bytes:
    """Write the RO-Crate metadata of a folder's files, which is a function of them and of the evidence alone."""
    return canonical(_described(folder, f"Evidence for {len(evidence.entries)} entries", evidence.made_at))


def _described(folder: Path, title: str, made_at: AwareDatetime) -> dict:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in (METADATA, STATEMENT)]
    parts = [
        {"@id": path.relative_to(folder).as_posix(), "@type": "File", "contentSize": str(path.stat().st_size)}
        for path in files
    ]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": title,
        "description": "Scores, the raw answers that give them, the questions, and the runs behind them.",
        "datePublished": made_at.isoformat(),
        "license": {"@id": LICENCE},
        "hasPart": [{"@id": part["@id"]} for part in parts],
    }
    about = {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
        "about": {"@id": "./"},
    }
    return {"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": [about, root, *parts]}


def subjects(folder: Path) -> tuple[Subject, ...]:
    """Name every file of a folder but the statement by its digest."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != STATEMENT]
    return tuple(Subject.of(path.relative_to(folder).as_posix(), durable.sha256_of(path)) for path in files)


def state(folder: Path, evidence: Evidence) -> Statement[Evidence]:
    """Return the statement over a folder's files."""
    return Statement[Evidence].about(PREDICATE_TYPE, subjects(folder), evidence)


def check(folder: Path, payload: bytes) -> Evidence:
    """Demand that a folder holds exactly the files that a statement names, and return what it says.

    Raises:
        InvalidEvidence: the statement is malformed, or a file is missing, not named or of another content.
    """
    where = f"the statement in {STATEMENT}"
    statement = Statement[Evidence].read(payload, PREDICATE_TYPE, where)
    stated = {one.name: one.digests for one in statement.subject}
    found = {one.name: one.digests for one in subjects(folder)}
    for word, names in (("missing", stated.keys() - found.keys()), ("not named", found.keys() - stated.keys())):
        if names:
            raise InvalidEvidence(f"{where}: {len(names):,} files are {word}: {', '.join(sorted(names)[:NAMED])}")
    for name in sorted(stated):
        if stated[name] != found[name]:
            raise InvalidEvidence.digest(
                name, str(stated[name].get("sha256")), found[name]["sha256"], "It was changed."
            )
    described = folder / METADATA
    if not described.is_file() or described.read_bytes() != metadata(folder, statement.predicate):
        raise InvalidEvidence(f"{METADATA} does not describe the files beside it, or says more than that")
    return statement.predicate
