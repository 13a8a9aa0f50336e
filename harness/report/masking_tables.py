"""Lay out what depends on how an encoder is masked: the operators side by side, and where the answers look."""

from harness.report.names import Plain
from harness.report.table import Amount, Cell, Table, amount
from harness.report.tables import percent

OPERATORS = {"zero": "zeros", "mean": "mean tokens", "noise": "matched noise"}


def operator(mask: str) -> str:
    """Say what stands for a masked encoder."""
    return OPERATORS.get(mask, mask)


def operators(found: Plain) -> list[Table]:
    """Give each operator's rates, and its gap, floor and agreement; none where there is one operator alone."""
    told = found["masking_operator"]
    if len(told) < 2:
        return []
    rates = [
        (operator(mask), *(amount(it["conditional_utilization_rate"][name], percent=True) for name in found["pool"]))
        for mask, it in told.items()
    ]
    beside = [
        (operator(mask), amount(it["information_gap"], percent=True), amount(it["all_masked"]),
         *(("", "") if mask == found["masking"] else _agreement(it["agreement"])))
        for mask, it in told.items()
    ]  # fmt: skip
    heads = ("masked by", *(f">{name}" for name in found["pool"]))
    own = operator(found["masking"])
    others = (">Information Gap, %", ">all masked, points", f">Kendall tau with {own}", ">same first in")
    title = "Conditional Utilization Rate by what stands for a masked encoder, per cent"
    return [
        Table("masking-operators", title, heads, tuple(rates)),
        Table("masking-agreement", "Do the operators agree?", ("masked by", *others), tuple(beside)),
    ]


def _agreement(it: Plain) -> tuple[Cell, Cell]:
    return amount(it), percent(it["same_first_share"])


def attention(found: Plain) -> Table:
    """Give how far each view moves the look, in nats, and the share of attention that the picture has."""
    it = found["attention_divergence"]
    rows = [
        (kept, operator(mask), amount(look, digits=3), Amount(look["reversed"], digits=3),
         Amount(look["on_picture"], factor=100.0), f"{look['questions']:,}")
        for mask, views in (it["views"] if it else {}).items()
        for kept, look in views.items()
    ]  # fmt: skip
    heads = ("kept", "the others masked by", ">KL(full || view), nats", ">reversed", ">on the picture, %", ">questions")
    note = f"The full model: {100 * it['on_picture_of_full']:.1f} % on the picture." if it else ""
    return Table("attention", "Attention divergence", heads, tuple(rows), note)
