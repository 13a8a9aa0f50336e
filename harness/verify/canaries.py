"""Compare the log-probabilities of a few fixed questions between two runs, by what the re-run redrew.

For each canary d is the largest |change| of a first token's log-probability, over the tokens that both runs list; one
whose best token fell out of the other's list has strayed. What d may be:

| setting | weights | platform | a canary strays where |
|---|---|---|---|
| R1 | same | same | d > rounding (`near_ties`); bit for bit is expected, and said |
| R2 | same | another | d > rounding |
| R3 | others | any | nothing strays: weights that were trained again answer otherwise; d is said |

Rounding is that of near ties: 2 ULP of a bfloat16 logit, or 2^11 of a float32 one. Where more than a tenth strays, R1
contradicts itself and is INVALID: the host or the weights are not what the records say. R2 is no MATCH then, even over
equal answers: the model, its pictures or its prompts are not what they were.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from statistics import median
from typing import Literal

from harness.errors import InvalidEvidence
from harness.schema.canary import Canaries, Canary, chosen
from harness.schema.prediction import Prediction, PredictionHeader
from harness.schema.verdict import Setting
from harness.verify.near_ties import FAR_SHARE, NEAR_ULP, ulp

# A lead is the difference of two log-probabilities that one run gave in single precision.
LEAD_ROUNDING = 1e-4


@dataclass(frozen=True, slots=True)
class Heard:
    """Hold what the canaries said: one sentence, and whether they strayed."""

    said: str
    strayed: bool


def demand_whole(canaries: Canaries, header: PredictionHeader, predictions: Sequence[Prediction]) -> None:
    """Demand the chosen canaries, all of them, as the answers beside them began.

    Raises:
        InvalidEvidence: they stand beside other answers, one is missing, added or twice there, or an answer does not
            begin with its canary's best token and lead.
    """
    slug = header.entry.slug
    if canaries.header != header.digest:
        raise InvalidEvidence.digest(
            f"{slug}: the answers of the canaries", header.digest, canaries.header, "Not theirs."
        )
    answers = {one.sample_id: one for one in predictions}
    ids = [one.sample_id for one in canaries.rows]
    wanted = chosen(answers)
    if set(ids) != wanted or len(ids) != len(wanted):
        raise InvalidEvidence(f"{slug}: {len(wanted)} canaries are chosen by their ids; {len(ids)} came, or others")
    for one in canaries.rows:
        answer = answers[one.sample_id]
        lead = one.log_probabilities[0] - one.log_probabilities[1]
        if answer.tokens[:1] != one.tokens[:1] or not answer.margins or abs(answer.margins[0] - lead) > LEAD_ROUNDING:
            raise InvalidEvidence(f"{slug}: the answer to {one.sample_id!r} does not begin as its canary says")


def compare(
    stored: Canaries | None,
    rerun: Canaries | None,
    dtype: Literal["float32", "bfloat16"],
    redrawn: Setting,
) -> Heard:
    """Compare two runs' canaries under a setting; what the stored run kept none of is said to be not compared.

    Raises:
        InvalidEvidence: the stored run has canaries and the re-run none, so a fingerprint was withheld; or they strayed
            though weights and platform are said to be the same.
    """
    if stored is None:
        return Heard("canaries: not compared, the stored run kept none", False)
    if rerun is None:
        raise InvalidEvidence("the stored run kept canaries and the re-run none: predict again, and keep canaries.json")
    after = {one.sample_id: one for one in rerun.rows}
    moved = [_moved(one, after[one.sample_id]) for one in stored.rows]
    bound = NEAR_ULP[dtype] * ulp(dtype)
    beyond = sum(one > bound for one in moved)
    if redrawn == "R3":
        return Heard(f"canaries of other weights: moved by {median(moved):.2g} nats in the middle", False)
    if not any(moved):
        return Heard(f"canaries: all {len(moved)} the same, bit for bit", False)
    said = f"canaries: {beyond} of {len(moved)} moved by more than {bound:.2g} nats, the farthest by {max(moved):.2g}"
    strayed = beyond > FAR_SHARE * len(moved)
    if strayed and redrawn == "R1":
        raise InvalidEvidence(f"{said}: the same weights on the same platform do not do that; one of them is another")
    return Heard(said, strayed)


def _moved(stored: Canary, rerun: Canary) -> float:
    before, after = (dict(zip(one.tokens, one.log_probabilities, strict=True)) for one in (stored, rerun))
    if stored.tokens[0] not in after or rerun.tokens[0] not in before:
        return inf
    return max(abs(before[token] - after[token]) for token in before.keys() & after.keys())
