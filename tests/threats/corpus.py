"""List the threats to a verdict with the gate that answers each: one fixture a threat, none of which may end as MATCH.

The rows are those of the survey of benchmark harnesses that the verifier was designed from. A row without a fixture
says which other part of the project answers it. `docs/threats.md` is written from here by `ci/threats`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.schema.verdict import Outcome
from tests.threats import attacks, forgeries

Attack = Callable[[Path], Outcome]


@dataclass(frozen=True, slots=True)
class Threat:
    """Name one threat, the gate that answers it, and its fixtures; without one, `elsewhere` says who answers."""

    number: int
    title: str
    gate: str
    attacks: tuple[Attack, ...] = ()
    elsewhere: str = ""


THREATS = (
    Threat(1, "score edited in a table, a tracker or JSON", "G2", (attacks.edited_score,)),
    Threat(
        2,
        "predictions edited together with the score",
        "G0",
        (attacks.edited_predictions, forgeries.edited_text, forgeries.unrecorded_answers),
    ),
    Threat(3, "changed prompt, template or answer suffix", "G3", (attacks.changed_prompt, forgeries.unasked_prompts)),
    Threat(4, "changed pictures or their preprocessing", "G3", (attacks.changed_pictures,)),
    Threat(
        5,
        "dataset moved, renamed, other rows under one name",
        "G3",
        (attacks.moved_dataset, forgeries.invented_questions, forgeries.other_clusters),
    ),
    Threat(6, "partial predictions", "G1", (attacks.partial_answers,)),
    Threat(7, "duplicated or replaced samples", "G1", (attacks.duplicated_answers,)),
    Threat(8, "cherry-picked seeds or runs", "G6", (attacks.cherry_picked,)),
    Threat(9, "seed ignored", "G4", (attacks.ignored_seed,)),
    Threat(
        10,
        "stale cache of another model",
        "G4",
        (attacks.stale_cache, forgeries.nudged_cache, forgeries.copied_answers),
    ),
    Threat(11, "wrong checkpoint, swapped subset label", "G3", (attacks.wrong_checkpoint, attacks.swapped_label)),
    Threat(12, "encoder silently dropped", "G4", (attacks.dropped_encoder,)),
    Threat(13, "metric definition changed", "G2", (attacks.changed_metric,)),
    Threat(14, "random guess for answers that cannot be read", "G2", (attacks.guessing_parser,)),
    Threat(15, "judge or extractor drift", "G2", (attacks.drifted_judge,)),
    Threat(16, "malicious pickle", "G0", (attacks.pickled,)),
    Threat(
        17,
        "zip bomb, traversal, links",
        "G0",
        (attacks.bomb, attacks.traversal, forgeries.linked, forgeries.twin_names),
    ),
    Threat(
        18,
        "unknown fields and code in a policy",
        "G0",
        (attacks.loose_policy, forgeries.endless_policy, forgeries.waived_verdict),
    ),
    Threat(19, "NaN, duplicate keys, look-alike ids in JSON", "G0", (attacks.loose_json, forgeries.endless_json)),
    Threat(20, "remote code in a model's configuration", "G0", (attacks.remote_code,)),
    Threat(21, "malformed picture attacks a decoder", "G0", (attacks.bad_picture,)),
    Threat(22, "tracker overwrites an artefact", "G0", (attacks.overwritten_artefact,)),
    Threat(
        23,
        "absent or empty evidence passes",
        "G1",
        (attacks.absent_evidence, attacks.empty_evidence, forgeries.stripped_leads),
    ),
    Threat(
        24, "'failed' is printed, the exit code is 0", "all", (forgeries.printed_failure,), "tests of every exit code"
    ),
    Threat(25, "image tag moved or rebuilt", "G3", (forgeries.tagged_image,), "another digest makes R1 an R2"),
    Threat(
        26, "the host is not what it says", "G4", (forgeries.lying_host, forgeries.impossible_host), "`harness doctor`"
    ),
    Threat(
        27,
        "margin edited after the fact",
        "G6",
        (attacks.young_policy, attacks.widened_margin, forgeries.second_policy),
    ),
    Threat(28, "re-run until green, newest evidence hides red", "G6", (attacks.newest_only,)),
    Threat(29, "old valid verdict replayed", "G0", (attacks.replayed_verdict, attacks.replayed_seal)),
    Threat(
        30, "training data hold the benchmark", "G0", (forgeries.trained_on_the_test,), "refused by `harness accept`"
    ),
    Threat(31, "numbers rounded or scaled to hide", "G0", (attacks.scaled_marks,), "and `harness audit` for tables"),
    Threat(32, "warm cache, changed batch order", "G3", (attacks.changed_batching,)),
)
