"""Refuse evidence before any statistics: wrong content, incomplete answers, a score they do not give, other settings.

The gates in order, each failing closed; what passes one is looked at by the next:

| gate | asks | where |
|---|---|---|
| G0 integrity | does every file have the digest, the form and the size that its list states? | `record` |
| G1 completeness | is there exactly one answer to each pinned question? | `score.matched` |
| G2 recomputation | do the stored answers give the stored score, counts as integers? | `recomputed` |
| G3 signature | was it the same experiment, field by field? | `same_experiment` |
| G4 fingerprints | do losses, leads and weights tell the same story? | `fingerprints` |
| G5 statistics | is the difference small, and is it real? | `compare` |
| G6 attestation | was the policy older than the run, and how many tries were there? | `policy`, `record.ledger` |

Each returns quietly or raises `InvalidEvidence` with every fault it found, field by field.
"""

import re
from typing import Any

from harness.errors import InvalidEvidence
from harness.schema.fingerprint import Fingerprint
from harness.schema.frozen import Frozen
from harness.schema.prediction import PredictionHeader
from harness.schema.score import Score
from harness.schema.verdict import Regime

IMAGE = re.compile(r"(?:[^@\s]+@)?(?:sha256:)?[0-9a-f]{64}")
# What may differ between two runs of one entry: the regime redraws it, so statistics judge its effect.
RECORDED: dict[Regime, frozenset[str]] = {
    "rescore": frozenset(),
    "repredict": frozenset({"engine", "decoding.engine"}),
    "retrain": frozenset({"engine", "decoding.engine", "weights"}),
}
# What is another number for another seed, and nothing else.
OF_A_SEED = frozenset({"entry.seed", "entry.training"})


def recomputed(stored: Score, again: Score) -> None:
    """Demand that the stored answers give the stored score: counts as integers, values bit for bit.

    Raises:
        InvalidEvidence: a field differs.
    """
    faults = differences(stored, again)
    if faults:
        raise InvalidEvidence(
            f"{stored.entry.slug}: the stored answers do not give the stored score: {_listed(faults)}. "
            "The score, the answers, the questions or a marking rule were changed after it was accepted."
        )


def same_experiment(
    stored: PredictionHeader, rerun: PredictionHeader, regime: Regime, also: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """Demand that two sets of answers were made by one experiment; name the fields that differ and may.

    `also` names fields that may differ beside the regime's.

    Raises:
        InvalidEvidence: a difference that makes it another experiment.
    """
    found = differences(stored, rerun)
    fatal = {field: values for field, values in found.items() if field not in RECORDED[regime] | also}
    if fatal:
        raise InvalidEvidence(
            f"{stored.entry.slug}: not the same experiment as the stored one: {_listed(fatal)}. "
            "Re-run with the stored settings, or accept the new ones as another reference."
        )
    return tuple(found)


def possible_platform(fingerprint: Fingerprint | None) -> None:
    """Demand that a platform is one that can be: an image by its digest, a GPU with its count and driver.

    Raises:
        InvalidEvidence: the image is named by a tag, which moves, or the facts about the GPU contradict each other.
    """
    if fingerprint is None:
        return
    if fingerprint.image is not None and not IMAGE.fullmatch(fingerprint.image):
        raise InvalidEvidence(
            f"the run's image is called {fingerprint.image!r}; expected a digest (sha256:...): a tag moves, and what "
            "ran under it yesterday is not what runs today"
        )
    facts = (fingerprint.gpu is not None, fingerprint.gpu_count > 0, fingerprint.driver is not None)
    if len(set(facts)) != 1:
        raise InvalidEvidence(
            f"no host is like this: GPU {fingerprint.gpu}, {fingerprint.gpu_count} of them, driver {fingerprint.driver}"
        )


def differences(stored: Frozen, rerun: Frozen) -> dict[str, tuple[Any, Any]]:
    """List the leaf fields in which two nouns of one kind differ, by dotted name: (stored, re-run)."""
    if stored == rerun:
        return {}
    before, after = _leaves(stored.plain()), _leaves(rerun.plain())
    names = sorted(before.keys() | after.keys())
    return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}


def _leaves(value: dict[str, Any], above: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, one in value.items():
        flat.update(_leaves(one, f"{above}{name}.") if isinstance(one, dict) else {above + name: one})
    return flat


def _listed(faults: dict[str, tuple[Any, Any]]) -> str:
    return "; ".join(f"{name} was {stored}, is {rerun}" for name, (stored, rerun) in faults.items())
