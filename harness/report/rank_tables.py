"""Lay out the effective ranks of the encoders, what changes in training, and what they explain."""

from harness.report.names import Plain
from harness.report.table import Amount, Cell, Table, amount
from harness.report.tables import p, share


def ranks(found: Plain) -> list[Table]:
    """Give the effective rank of every encoder before and after training, and what changes."""
    stations = ("before", "solo", "joint")
    rows = [(name, *(amount(it[key]) for key in stations)) for name, it in found["effective_rank"].items()]
    rows = [row for row in rows if any(row[1:])]
    heads = ("encoder", ">before training", ">after solo training", ">after joint training")
    shares = [
        (name, *(share(it[key]["share_of_cap"]) for key in stations)) for name, it in found["effective_rank"].items()
    ]
    shares = [row for row in shares if any(row[1:])]
    steps = ("solo_from_before", "joint_from_solo", "joint_from_before")
    changed: list[tuple[Cell, ...]] = [
        (name, *(cell for key in steps for cell in (amount(it[key]), it[key]["word"] or "")))
        for name, it in found["rank_change"].items()
    ]
    changed = [row for row in changed if any(row[1:])]
    titles = ("solo / before", "joint / solo", "joint / before")
    variant = f"Variant: {found['rank_variant']}."
    ratios = ("encoder", *(head for title in titles for head in (f">{title}", "it")))
    return [
        Table("effective-rank", "Effective rank", heads, tuple(rows), variant),
        Table("effective-rank-share", "Effective rank, per cent of its cap", heads, tuple(shares)),
        Table("rank-change", "Does the rank survive training?", ratios, tuple(changed)),
    ]


def pairs(found: Plain) -> Table:
    """Give what becomes of the ranks of a pair's members when they are trained together, best pair first."""
    scores = found["score"]["retrained"]
    order = sorted(found["pair_rank_change"], key=lambda pair: -(scores[pair]["value"] or 0.0))
    rows: list[tuple[Cell, ...]] = []
    for pair in order:
        members = [
            cell
            for name, it in found["pair_rank_change"][pair].items()
            for cell in (name, amount(it), it["word"] or "")
        ]
        rows.append((pair, amount(scores[pair]), *members))
    heads = ("pair", ">its score", "one", ">together / alone", "it", "the other", ">together / alone", "it")
    return Table("pair-rank-change", "Ranks of a pair's members, trained together over alone", heads, tuple(rows))


def residuals(found: Plain) -> Table:
    """Give, for every variant of the rank, what it explains of the score that parameters leave."""
    rows = [
        (variant, Amount(it["slope"], signed=True), Amount(it["partial_r2"]),
         Amount(it["cross_validated_r2"], signed=True), p(it["p_value"]), f"{it['points']}")
        for variant, it in found["residual_by_variant"].items()
    ]  # fmt: skip
    heads = ("rank", ">points per unit of rank", ">partial R²", ">left one out", ">p", ">subsets")
    note = "The first variant decides the statement; the others show how much hangs on the choice."
    return Table("residual", "What rank explains of the score at equal parameters", heads, tuple(rows), note)
