"""Take every measure of a lattice at once and lay the answers out as plain values, a key a measure.

What a lattice cannot give stands under `unavailable` with the reason; a measure that can be had for some encoders only
holds null for the others. Nothing here is a formula: each has its own page.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.suite import GROUPS
from harness.analyse import growth, masks, redundancy, routing, shapley
from harness.analyse.attention_table import Looks
from harness.analyse.baseline import with_baseline
from harness.analyse.by_encoder import along, nested, pair_names, square
from harness.analyse.capacity import capacity
from harness.analyse.conditional_utilization import above_floor, conditional_utilization
from harness.analyse.information_gap import information_gap
from harness.analyse.lattice import MOST_ENCODERS, VIEWS, Lattice, group_of
from harness.analyse.masking_operators import by_operator, without_picture
from harness.analyse.masks import Values
from harness.analyse.necessity import necessity, relative
from harness.analyse.needs import unavailable
from harness.analyse.number import number
from harness.analyse.pairs import find_pairs
from harness.analyse.rank_summary import before_and_after, residuals
from harness.analyse.rankings import agreement, win_probabilities
from harness.analyse.ranks import Ranks
from harness.analyse.readout_table import Readouts, told
from harness.analyse.replicates import REPLICATES, Draws, draw
from harness.analyse.statements import statements
from harness.analyse.traits import Traits

Plain = dict[str, Any]
MEAN = 0


def summarise(
    lattice: Lattice,
    traits: Traits | None = None,
    replicates: int = REPLICATES,
    seed: int = 0,
    ranks: Ranks | None = None,
    looks: Looks | None = None,
    readouts: Readouts | None = None,
) -> Plain:
    """Take all measures; `traits` are parameters, ranks and probes of the encoders, `ranks` those before and after.

    `looks` are where the answers of masked views look, `readouts` what subsets read out before any training.
    """
    draws = draw(lattice, replicates, seed)
    why = unavailable(lattice)
    retrained, origin = with_baseline(lattice, draws, "retrained")
    masked, floor = with_baseline(lattice, draws, "masked")
    answers: Plain = {
        **_about(lattice, draws),
        "empty_subset": {"retrained": origin, "masked": floor},
        "baseline": {**_baselines(lattice, draws), "without_picture": without_picture(lattice, draws, seed)},
        "score": {view: _scores(lattice, draws.scores[view], draws.columns) for view in VIEWS},
        **_roles(lattice, retrained, masked, draws.columns),
        **_whole_lattice(lattice, retrained, masked, draws.columns),
        **_redundancy(lattice, masked, draws.columns),
        "masking": lattice.operator,
        "masking_operator": by_operator(lattice, draws, seed),
        "ranking_agreement": _orders(retrained[:, MEAN], masked[:, MEAN], readouts),
        "win_probability": _wins(lattice, retrained[:, MEAN], masked[:, MEAN]),
        **_pairs(lattice, retrained, traits, ranks, readouts),
        "readout": told(readouts, why),
        **before_and_after(ranks, why),
        **residuals(retrained[0, MEAN], traits, ranks, why),
        "attention_divergence": looks.plain() if looks and looks.views else None,
    }
    if looks is None or not looks.views:
        why["attention_divergence"] = "it needs a trained model: harness attend --out FILE.json, then --attention"
    answers["problems"] += [*(ranks.problems if ranks else ()), *(looks.problems if looks else ())]
    answers["problems"] += readouts.problems if readouts else ()
    answers["statements"] = [one.plain() for one in statements(answers)]
    answers["unavailable"] = why
    return answers


def _about(lattice: Lattice, draws: Draws) -> Plain:
    count = 2 ** len(lattice.pool) - 1
    return {
        "pool": list(lattice.pool),
        "benchmarks": list(lattice.benchmarks),
        "seeds": list(lattice.seeds),
        "subsets": {view: int(lattice.known(view)[1:].all(axis=1).sum()) for view in VIEWS},
        "complete": {view: bool(lattice.known(view)[1:].all()) for view in VIEWS},
        "of_subsets": count,
        "intervals": draws.noise,
        "replicates": draws.scores["retrained"].shape[0] - 1,
        "problems": list(lattice.problems),
    }


def _baselines(lattice: Lattice, draws: Draws) -> Plain:
    """Give what is reached without a picture, by guessing, and by the full model with every encoder masked."""
    means = {
        name: np.array([[one[list(column.members)].mean() for column in lattice.columns]])
        for name, one in (("blind", lattice.blind), ("chance", lattice.chance))
    }
    return {
        **{name: along(values, draws.columns) for name, values in means.items()},
        "all_masked": along(draws.scores["masked"][:, :, 0], draws.columns),
    }


def _scores(lattice: Lattice, draws: Values, columns: Sequence[str]) -> Plain:
    """Name every subset that is not empty, small ones first, with its score on every column."""
    n = len(lattice.pool)
    places = [int(mask) for size in range(1, n + 1) for mask in sorted(masks.of_size(n, size), key=_by_members)]
    return nested(draws[..., places], [masks.written(mask, lattice.pool) for mask in places], columns)


def _by_members(mask: int) -> list[int]:
    return [place for place in range(MOST_ENCODERS) if int(mask) >> place & 1]


def _roles(lattice: Lattice, retrained: Values, masked: Values, columns: Sequence[str]) -> Plain:
    pool = lattice.pool
    rates = conditional_utilization(masked)
    grouped = [place for place, name in enumerate(columns) if name in GROUPS]
    by_encoder = nested(rates, pool, columns)
    gaps: Plain = {name: information_gap(rates[:, at]).plain() for at, name in enumerate(columns)}
    gap: Plain = {**gaps.pop("mean"), **gaps}
    if grouped:
        overall = rates[:, grouped].mean(axis=1)
        for place, name in enumerate(pool):
            by_encoder[name]["category_average"] = number(overall[:, place]).plain()
        gap["category_average"] = information_gap(overall).plain()
    return {
        "capacity": nested(capacity(retrained), pool, columns),
        "necessity": nested(necessity(retrained), pool, columns),
        "relative_necessity": nested(relative(retrained), pool, columns),
        "conditional_utilization_rate": by_encoder,
        "floor_corrected_utilization_rate": nested(above_floor(masked, masked[..., 0]), pool, columns),
        "information_gap": gap,
    }


def _whole_lattice(lattice: Lattice, retrained: Values, masked: Values, columns: Sequence[str]) -> Plain:
    pool, n, pairs = lattice.pool, len(lattice.pool), pair_names(lattice.pool)
    best, two = growth.best_pair_against_full(retrained[:, MEAN]), growth.two_best_singles(retrained[:, MEAN])
    of_column = {name: routing.best_encoder(retrained[:, at], pool) for at, name in enumerate(columns)}
    return {
        "shapley_value": nested(shapley.shapley(retrained), pool, columns),
        "masked_shapley_value": nested(shapley.shapley(masked), pool, columns),
        "shapley_interaction": nested(shapley.interactions(retrained), pairs, columns),
        "removal_interaction": nested(shapley.removal_interactions(retrained), pairs, columns),
        "gain_of_further_encoder": {
            str(size): {
                "best": along(growth.best_gain(retrained, size), columns),
                "mean": along(growth.mean_gain(retrained, size), columns),
            }
            for size in range(2, n + 1)
        },
        "best_pair_against_full": _named(best, pool),
        "two_highest_capacities": _named(two, pool),
        "best_encoder": {name: found.plain() if found else None for name, found in of_column.items()},
        "oracle_routing": {
            "score": number(routing.oracle(retrained, lattice.columns)).plain(),
            "gain": number(routing.oracle_gain(retrained, lattice.columns)).plain(),
            "optimism": routing.optimism(retrained, lattice.columns),
        },
    }


def _redundancy(lattice: Lattice, masked: Values, columns: Sequence[str]) -> Plain:
    best = redundancy.best_masked_view(masked[:, MEAN])
    above = [place for place, name in enumerate(columns) if place == MEAN or name in GROUPS]
    found = redundancy.harm(
        conditional_utilization(masked)[:, above], lattice.pool, [columns[place] for place in above]
    )
    own = len(columns) - len(lattice.benchmarks)
    others = [own + place for place, name in enumerate(lattice.benchmarks) if group_of(name) != "ocr_chart"]
    return {
        "best_masked_view": {"subset": masks.written(best.mask, lattice.pool), **best.plain()} if best else None,
        "harm": found.plain() if found else None,
        "recovered_by_two": redundancy.recovered_by_two(masked[:, others]).plain(),
    }


def _named(found: growth.Chosen | None, pool: Sequence[str]) -> Plain | None:
    return {"pair": masks.written(found.mask, pool), **found.plain()} if found else None


def _orders(retrained: Values, masked: Values, readouts: Readouts | None) -> Plain:
    read = readouts.of_subsets() if readouts else np.full(retrained.shape[-1], np.nan)
    return {
        "alone": agreement(capacity(retrained), capacity(masked)).plain(),
        "leave_one_out": agreement(necessity(retrained), conditional_utilization(masked)).plain(),
        "subsets": agreement(retrained[:, 1:-1], masked[:, 1:-1]).plain(),
        "capacity_and_necessity": agreement(capacity(retrained), necessity(retrained)).plain(),
        "readouts": agreement(np.broadcast_to(read, retrained.shape)[:, 1:], retrained[:, 1:]).plain(),
    }


def _wins(lattice: Lattice, retrained: Values, masked: Values) -> Plain:
    measured = {
        "capacity": capacity(retrained),
        "necessity": necessity(retrained),
        "conditional_utilization_rate": conditional_utilization(masked),
    }
    return {name: square(win_probabilities(draws), lattice.pool) for name, draws in measured.items()}


def _pairs(
    lattice: Lattice, retrained: Values, traits: Traits | None, ranks: Ranks | None, readouts: Readouts | None
) -> Plain:
    n, own = len(lattice.pool), -len(lattice.benchmarks)
    pairs = [(1 << i) | (1 << j) for i in range(n) for j in range(i + 1, n)]
    known = {name: values for name, values in traits.values.items() if name != "parameters"} if traits else {}
    known |= ranks.known_before_pairs() if ranks else {}
    found = find_pairs(
        capacity(retrained[:, own:]), retrained[:, MEAN][:, pairs], known, readouts.of_pairs() if readouts else None
    )
    names = {
        name: "+".join(lattice.pool[place] for place in finder.first) if finder.first else None
        for name, finder in found.items()
    }
    return {"pair_finder": {name: {"pair": names[name], **finder.plain()} for name, finder in found.items()}}
