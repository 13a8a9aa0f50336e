"""Lay out what depends on how an encoder is masked: the operators side by side, and where the answers look."""

from harness.report.names import Plain
from harness.report.table import Amount, Table, amount
from harness.report.tables import percent

OPERATORS = {"zero": "zeros", "mean": "the encoder's mean token", "noise": "noise of the encoder's moments"}


def operator(mask: str) -> str:
    """Say what stands for a masked encoder."""
    return OPERATORS.get(mask, mask)


def operators(found: Plain) -> Table:
    """Give each operator's rates, floor and agreement; none where there is one operator alone."""
    told = found["masking_operator"]
    rows = [
        (
            operator(mask),
            *(amount(it["conditional_utilization_rate"][name], percent=True) for name in found["pool"]),
            amount(it["information_gap"], percent=True),
            amount(it["all_masked"]),
            amount(it["agreement"]),
            percent(it["agreement"]["same_first_share"]),
        )
        for mask, it in told.items()
    ]
    own = operator(found["masking"])
    heads = (
        "masked by",
        *(f">{name}" for name in found["pool"]),
        ">Information Gap, %",
        ">all masked, points",
        f">tau with {own}",
        ">same first in",
    )
    title = "Conditional Utilization Rate by what stands for a masked encoder, per cent"
    return Table("masking-operators", title, heads, tuple(rows) if len(told) > 1 else ())


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
