"""Lay out how much every subset of encoders reads out before any training, beside what it reached after it."""

from harness.report.names import Plain
from harness.report.table import Table, amount


def readouts(found: Plain) -> Table:
    """Give every subset whose readout is known a row, the most readable first."""
    scores = found["score"]["retrained"]
    order = sorted(found["readout"], key=lambda name: -found["readout"][name]["value"])
    rows = tuple((name, amount(found["readout"][name], percent=True), amount(scores[name])) for name in order)
    heads = ("subset", ">read out, %", ">retrained score")
    note = (
        "Read out: held-out R\u00b2 of one linear map from the frozen, pre-trained encoders' fused tokens to the words "
        "of each cell. Nothing is trained for it."
    )
    return Table("readouts", "What subsets read out before any training", heads, rows, note)
