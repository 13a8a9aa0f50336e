"""Tell the study in sections: what each figure shows, how to read it, and the tables behind it.

A section whose measures cannot be had stays, with the sentence that says why: a page that leaves something out without
a word would look complete.
"""

from collections.abc import Sequence

from harness.report import masking_tables, names, rank_tables, readout_tables, tables
from harness.report.entries import Judged
from harness.report.figures import plots
from harness.report.figures.heat import heat
from harness.report.figures.plane import plane
from harness.report.names import Plain
from harness.report.section import Figure, Section, figure, why_not


def sections(found: Plain, entries: Sequence[Judged]) -> list[Section]:
    """Tell the whole study, in the order a reader asks."""
    return [
        _statements(found),
        _scores(found),
        _roles(found),
        _utilization(found),
        _operators(found),
        _attention(found),
        _views(found),
        _growth(found),
        _shapley(found),
        _ranks(found),
        _finder(found),
        _entries(entries),
        _missing(found),
    ]


def _statements(found: Plain) -> Section:
    words = (
        "What the two papers state of their models, asked of this table. A statement holds, or does not, where its "
        "95 per cent interval lies wholly on one side of a margin of one point (our margin: the papers name none); "
        "otherwise it is undecided, which is no evidence either way.",
        "A verdict is about the encoders, data and language model of this table. It neither confirms nor refutes what "
        "the papers found with theirs.",
    )
    return Section("statements", "Which statements hold here", words, tables=(tables.statements(found),))


def _scores(found: Plain) -> Section:
    figures = tuple(
        Figure(
            heat(found, view),
            f"{view.capitalize()}. Filled dots: encoders that are {'trained' if view == 'retrained' else 'kept'}; "
            "colours run from a column's lowest score in either map to its highest.",
            wide=True,
        )
        for view in ("retrained", "masked")
        if view == "retrained" or _has_views(found)
    )
    words = (
        "Retrained: every subset trained for itself (arXiv 2606.03879). Masked: the model of the full set, with "
        f"{masking_tables.operator(found['masking'])} for the tokens of all encoders but the kept ones, before fusion "
        "(zeros are the choice of arXiv 2507.03262). Both full sets are one model.",
    )
    views = ("retrained", "masked") if _has_views(found) else ("retrained",)
    both = tuple(tables.made(*(tables.scores(found, view) for view in views)))
    return Section("scores", "Scores of every subset", words, figures, long=both)


def _has_views(found: Plain) -> bool:
    """Tell whether there is a masked view besides the full model itself."""
    return sum(it["value"] is not None for it in found["score"]["masked"].values()) > 1


def _roles(found: Plain) -> Section:
    drawn = plane(found) or plots.capacity(found)
    caption = "Lines are 95 per cent intervals. A Necessity below zero: the rest does better without."
    figures = figure(drawn, caption)
    words = (
        "Capacity is what an encoder reaches on its own; Necessity what the full set loses when it is left out and the "
        "rest is trained again. An encoder far to the right and near zero is able and replaceable.",
        why_not(found, "capacity", "necessity"),
    )
    columns = [names.MEAN, *names.categories(found), *names.in_suite_order(found["benchmarks"])]
    by = [
        tables.by_column(found, key, f"{key}-by-benchmark", f"{key.capitalize()}, points, by benchmark", columns)
        for key in ("capacity", "necessity")
    ]
    shown = tables.made(tables.roles(found))
    long = tables.made(*by, tables.best_encoders(found))
    formula = "C(i) = S({i}),  N(i) = S(F) − S(F without i)"
    return Section("roles", "Capacity and Necessity", words, figures, tuple(shown), tuple(long), formula)


def _utilization(found: Plain) -> Section:
    panels = plots.utilization(found)
    figures = [Figure("".join(panels), "Lines are 95 per cent intervals; all panels share one scale.", panels=True)]
    if gap := plots.gaps(found):
        caption = "Bars: the gap as printed. Behind them: what equal encoders show by noise alone in 95 of 100 tables."
        figures.append(Figure(gap, caption))
    words = (
        "The share of the full model's score that is lost when one encoder is masked, nothing trained again. About "
        "zero: redundant; below: harmful. The Information Gap is the largest rate less the smallest, and noise alone "
        "makes it positive, so its null distribution and its debiased value stand beside it.",
        why_not(found, "conditional_utilization_rate", "information_gap"),
    )
    formula = "u(i) = (S(F) − S(F with i masked)) / S(F),  gap = max u − min u"
    shown = [*tables.utilization(found)[:1], *tables.made(tables.gaps(found))]
    return Section(
        "utilization", "Conditional Utilization Rate and Information Gap", words,
        tuple(figures) if panels else (), tuple(shown), tuple(tables.utilization(found)[1:]), formula,
    )  # fmt: skip


def _operators(found: Plain) -> Section:
    drawn = plots.operators(found)
    figures = figure("".join(drawn), "Mean of all benchmarks; lines are 95 per cent intervals.", panels=True)
    words = (
        "A zero is a token that the model never saw in training, so some of what masking by zeros costs may be the "
        "shock and not the encoder. An encoder's mean token, and noise of its moments, stay nearer to what the model "
        "knows. Where the operators agree on the order of the encoders, the order is not the operator's.",
        ""
        if len(found["masking_operator"]) > 1
        else "Not to be had: the table has views masked by one operator at most (column mask: zero, mean, noise).",
    )
    shown = tables.made(*masking_tables.operators(found))
    return Section("operators", "What stands for a masked encoder", words, figures, tuple(shown))


def _attention(found: Plain) -> Section:
    it = found["attention_divergence"]
    on = f" On {names.title(it['benchmark'])}, smoothed by {it['smoothing']:g}." if it else ""
    words = (
        "How far masking moves where the answer looks: the attention that the last prompt position pays to the "
        "picture's tokens in the language model's last layer, of the full model (p) and of a masked view (q)."
        f"{on} 0: the mask does not move the look.",
        why_not(found, "attention_divergence"),
    )
    figures = figure(plots.attention(found), "Lines are 95 per cent intervals over questions.")
    formula = "KL(p ‖ q) = Σ p ln(p / q), over the picture's tokens"
    shown = tables.made(masking_tables.attention(found))
    return Section("attention", "Attention divergence", words, figures, tuple(shown), (), formula)


def _views(found: Plain) -> Section:
    drawn = plots.orders(found)
    figures = figure("".join(drawn), "First place on top; in brackets 95 per cent intervals.", panels=True)
    words = (
        "Masking asks what a finished model uses; retraining asks what a model could do without. The two can put "
        "encoders in different orders. Kendall's tau is 1 for equal orders and −1 for opposite ones.",
        why_not(found, "ranking_agreement"),
    )
    shown = tables.made(tables.orders(found))
    return Section("orders", "Masked against retrained", words, figures, tuple(shown), tuple(tables.wins(found)))


def _growth(found: Plain) -> Section:
    drawn = plots.growth(found)
    caption = "A point a subset, a dash the mean of its size, the line through the best of each size."
    figures = figure(drawn, caption)
    words = (
        "How much the best subset of each size gains over the best of one less. The best of several noisy scores is "
        "too high: the table says how much of a choice is owed to luck.",
        why_not(found, "gain_of_further_encoder", "best_pair_against_full", "two_highest_capacities"),
    )
    shown = tables.made(tables.growth(found), tables.choices(found))
    return Section("growth", "What each further encoder brings", words, figures, tuple(shown))


def _shapley(found: Plain) -> Section:
    drawn = plots.shapley(found)
    origin = found["empty_subset"]
    words = (
        "The Shapley value shares S(F) − S(none) fairly over all orders in which encoders could join; the interaction "
        "of a pair is positive where two complement each other and negative where one can stand in for the other.",
        f"S(none), which no model has, is {origin['retrained']} for the retrained lattice and {origin['masked']} for "
        "the masked one.",
        why_not(found, "shapley_value", "masked_shapley_value", "shapley_interaction"),
    )
    figures = figure("".join(drawn), "Points of 100; lines are 95 per cent intervals.", panels=True)
    columns = [names.MEAN, *names.categories(found), *names.in_suite_order(found["benchmarks"])]
    long = tables.made(
        tables.by_column(found, "shapley_value", "shapley-by-benchmark", "Shapley value, points, by benchmark", columns)
    )
    shown = tables.made(tables.interactions(found))
    return Section("shapley", "Shapley values and interactions", words, figures, tuple(shown), tuple(long))


def _ranks(found: Plain) -> Section:
    words = [
        "The effective rank of an encoder's features before the projector: as it was pre-trained, after training "
        "alone, and after joint training with the whole pool.",
        why_not(found, "effective_rank"),
    ]
    if it := found["residual"]:
        words.append(f"Rank and the score at equal parameter count: {it['says']}.")
    else:
        words.append(why_not(found, "residual"))
    drawn = plots.ranks(found)
    figures = figure(drawn, "Lines are 95 per cent intervals over seeds, where there are two or more.")
    shown = tables.made(*rank_tables.ranks(found), rank_tables.pairs(found), rank_tables.residuals(found))
    return Section("ranks", "Effective rank before and after training", tuple(words), figures, tuple(shown))


def _finder(found: Plain) -> Section:
    drawn = plots.regret(found)
    figures = figure(drawn, "Points lost against the best of all pairs; shorter is better.")
    words = (
        "Can the best pair be told without training pairs? Each rule orders the pairs from what is known of their "
        "members, or of both before any training. Its regret is what its first pair stays behind the best pair of the "
        "exhaustive table.",
        why_not(found, "pair_finder", "readout"),
    )
    shown, long = tables.made(tables.finders(found)), tables.made(readout_tables.readouts(found))
    return Section("finder", "Finding a pair without training pairs", words, figures, tuple(shown), tuple(long))


def _entries(entries: Sequence[Judged]) -> Section:
    if not entries:
        words = (
            "No verdicts were given. harness verify --json judges the accepted entries; harness report --verdicts "
            "shows what it printed.",
        )
        return Section("entries", "Entries and verdicts", words)
    from_words = (
        "Every entry with its stored score, standard error over questions, baselines, and the verdict of a re-run."
    )
    return Section("entries", "Entries and verdicts", (from_words,), entries=tuple(entries))


def _missing(found: Plain) -> Section:
    shown = tables.made(tables.unavailable(found))
    heading = "What this table cannot say" if shown else "Nothing is missing"
    words = (
        "A measure is left out where scores that it needs are missing, never filled in."
        if shown
        else "Every measure could be taken of every encoder.",
    )
    return Section("missing", heading, words, tables=tuple(shown))
