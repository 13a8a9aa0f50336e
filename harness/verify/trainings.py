"""Hold a training that was done again against the stored one before any of its answers is looked at.

| fingerprint | where it is recorded | two trainings of one seed |
|---|---|---|
| inputs and settings | `inputs`, `parameters` | are the same |
| order of the samples | `outputs["order/<stage>.txt"]`, the ids as they were seen | is the same: one digest |
| first losses of the first stage | `metrics["first_loss/<stage>/<step>"]` | differ by rounding at step 1 |
| all losses | `outputs["losses.json"]` | are the same, bit for bit, where the kernels are |

The first step's loss is taken before any weight has moved, so kernels alone may tell it apart: bfloat16 keeps 8 bits,
so its rounding is 0.4 % at most. Later steps spread and are said, not judged. A record from before a fingerprint was
kept does not have it: that is said as *not compared*. A re-run that lacks what the stored training has is refused.
"""

from collections.abc import Sequence
from itertools import combinations

from harness.errors import InvalidEvidence
from harness.schema.run import RunRecord

LOSSES = "losses.json"
ORDER = "order/"
FIRST_LOSS = "first_loss/"
FIRST_STEP = "01"
ROUNDING = 0.01


def trained_alike(stored: RunRecord, rerun: RunRecord) -> tuple[str, ...]:
    """Demand that two trainings of one entry are one experiment; say what each fingerprint tells.

    Raises:
        InvalidEvidence: an input, a setting, the order of the samples or a first loss differs, a stage's fingerprint is
            gone, or one of them has no losses.
    """
    faults = []
    for what in ("inputs", "parameters"):
        before, after = getattr(stored, what), getattr(rerun, what)
        faults += [
            f"{what}.{name} was {before.get(name)}, is {after.get(name)}"
            for name in sorted(before.keys() | after.keys())
            if before.get(name) != after.get(name)
        ]
    if faults:
        raise InvalidEvidence(f"{stored.title}: not the same training as the stored one: {'; '.join(faults)}")
    return (_order(stored, rerun), _first_losses(stored, rerun), _all_losses(stored, rerun))


def trained_apart(runs: Sequence[RunRecord]) -> None:
    """Demand that trainings with different seeds saw their samples in different orders, wherever orders are kept.

    Raises:
        InvalidEvidence: two of them saw one order: a seed was ignored.
    """
    orders = [
        (run, {name: file.sha256 for name, file in run.outputs.items() if name.startswith(ORDER)}) for run in runs
    ]
    for (one, before), (other, after) in combinations(orders, 2):
        if before and before == after:
            raise InvalidEvidence(
                f"seeds {one.parameters.get('seed')} and {other.parameters.get('seed')} of {one.title} saw the samples "
                "in one and the same order: a seed was ignored"
            )


def _order(stored: RunRecord, rerun: RunRecord) -> str:
    before, after = (
        {name: file.sha256 for name, file in run.outputs.items() if name.startswith(ORDER)} for run in (stored, rerun)
    )
    if not before:
        return "order of the samples: not compared, the stored training kept none"
    moved = [
        f"{name} was {before.get(name)}, is {after.get(name)}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]
    if moved:
        raise InvalidEvidence(
            f"{stored.title}: the samples came in another order than in the stored training, though the order is a "
            f"function of the seed: {'; '.join(moved)}"
        )
    return f"order of the samples: the same in {len(before)} stages"


def _first_losses(stored: RunRecord, rerun: RunRecord) -> str:
    before, after = (
        {name: value for name, value in run.metrics.items() if name.startswith(FIRST_LOSS)} for run in (stored, rerun)
    )
    if not before:
        return "first losses: not compared, the stored training kept none"
    if before.keys() != after.keys():
        odd = ", ".join(sorted(before.keys() ^ after.keys())[:3])
        raise InvalidEvidence(f"{stored.title}: one of two trainings kept no {odd}")
    for name in (one for one in before if one.endswith(f"/{FIRST_STEP}")):
        if abs(after[name] - before[name]) > ROUNDING * abs(before[name]):
            raise InvalidEvidence(
                f"{stored.title}: the loss of the very first step was {before[name]!r}, is {after[name]!r}: before any "
                "weight has moved only rounding may differ, so the weights, the samples or the words were others"
            )
    same = sum(before[name] == after[name] for name in before)
    return f"first losses: {same} of {len(before)} the same, bit for bit"


def _all_losses(stored: RunRecord, rerun: RunRecord) -> str:
    if not (LOSSES in stored.outputs and LOSSES in rerun.outputs):
        raise InvalidEvidence(f"{stored.title}: a training without {LOSSES} shows nothing of how it went")
    if stored.outputs[LOSSES] == rerun.outputs[LOSSES]:
        return "the losses of all steps are the same, bit for bit"
    lasting = sorted(name for name in stored.metrics.keys() & rerun.metrics.keys() if name.startswith("loss/"))
    moved = [f"{name} {stored.metrics[name]:.4f} -> {rerun.metrics[name]:.4f}" for name in lasting]
    return f"the losses differ from some step on ({', '.join(moved)})"
