"""Write the block of results that README shows, with its figures, and put it between its two marks.

Both come from the measures alone, so that a test can make them again and hold them against what lies there.
"""

import re

from harness.errors import InvalidEvidence
from harness.report import escapes, names, tables
from harness.report.figures.alone import alone
from harness.report.figures.growth import growth
from harness.report.figures.plane import plane
from harness.report.names import MEAN, Plain
from harness.report.table import Amount, Cell, Table, amount, to_markdown

BEGIN, END = "<!-- scores:begin -->", "<!-- scores:end -->"
FIGURES = "results/figures"
FEW = 6
_DESCRIPTION = re.compile(r"<desc[^>]*>([^<]*)</desc>")


def block(found: Plain, page: str) -> str:
    """Return the block, marks included; `page` is how the whole page is made."""
    counts = f"{found['subsets']['retrained']} of {found['of_subsets']} retrained subsets"
    if found["subsets"]["masked"] > 1:
        counts += f" and {found['subsets']['masked']} of {found['of_subsets']} masked views"
    seeds = f"seed{'s' * (len(found['seeds']) > 1)} {', '.join(found['seeds'])}"
    benchmarks = names.counted(len(found["benchmarks"]), "benchmark")
    lines = [
        BEGIN,
        f"{counts}, {benchmarks}, {seeds}: points of 100 with",
        f"95 per cent intervals. Made by `{page}`, which writes the whole study as one page.",
        "",
        *_shown(found),
        to_markdown(_scores(found)),
        *(f"- {escapes.markdown(problem)}" for problem in found["problems"]),
        *([""] if found["problems"] else []),
    ]
    for table in tables.made(_roles(found), _statements(found)):
        lines += [f"{table.title}:", "", to_markdown(table)]
    unasked, of = sum(it["verdict"] == "cannot be asked" for it in found["statements"]), len(found["statements"])
    if unasked:
        told = "None" if unasked == of else f"All but {unasked}"
        lines += [f"{told} of the {of} statements of the papers can be asked of this table.", ""]
    return "\n".join(lines).rstrip() + f"\n{END}"


def figures(found: Plain) -> dict[str, str]:
    """Return the files of the figures that the block shows, by where they lie; none that cannot be drawn."""
    drawn = {"capacity_and_necessity": plane(found), "growth": growth(found)}
    return {f"{FIGURES}/{name}.svg": alone(one) for name, one in drawn.items() if one}


def _shown(found: Plain) -> list[str]:
    told = [
        f'<img src="{path}" width="49%" alt="{"".join(_DESCRIPTION.findall(drawn))}">'
        for path, drawn in figures(found).items()
    ]
    return [*told, ""] if told else []


def replaced(text: str, fresh: str) -> str:
    """Return a README's text with its block replaced.

    Raises:
        InvalidEvidence: the two marks do not stand there once each, in their order.
    """
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise InvalidEvidence(f"the block of results stands between '{BEGIN}' and '{END}', once each, in this order")
    return text[: text.index(BEGIN)] + fresh + text[text.index(END) + len(END) :]


def _scores(found: Plain) -> Table:
    """Show the singles, the best subset of each size, and what is reached without a picture and by guessing."""
    known = {name: it for name, it in found["score"]["retrained"].items() if it["value"] is not None}
    by_size: dict[int, list[str]] = {}
    for name in known:
        by_size.setdefault(name.count("+") + 1, []).append(name)
    chosen = [*by_size.pop(1, []), *(max(same, key=lambda name: known[name]["value"]) for same in by_size.values())]
    few = len(found["benchmarks"]) <= FEW
    columns = [MEAN, *(names.in_suite_order(found["benchmarks"]) if few else names.categories(found))]
    rows = [
        (_called(name, found), *(amount(names.on(known[name], column), digits=1) for column in columns))
        for name in chosen
    ]
    for key, title in (("blind", "blind: no picture"), ("chance", "guessing")):
        if found["baseline"][key]["value"] is not None:
            rows.append((title, *(_bare(names.on(found["baseline"][key], column)) for column in columns)))
    heads = ("trained", *(f">{names.title(column)}" for column in columns))
    return Table("readme-scores", "Scores", heads, tuple(rows))


def _called(name: str, found: Plain) -> str:
    size, most = name.count("+") + 1, len(found["pool"])
    if size == most:
        return f"all {most}"
    return name if size == 1 else f"{name} (best known of {size})"


def _roles(found: Plain) -> Table:
    whole = tables.roles(found)
    return Table(whole.name, whole.title, whole.heads, whole.rows if len(whole.heads) > 2 else ())


def _statements(found: Plain) -> Table:
    asked = [it for it in found["statements"] if it["verdict"] != "cannot be asked"]
    rows = tuple((it["statement"], it["source"], it["verdict"], it["because"]) for it in asked)
    title = "What the papers state, asked of this table"
    return Table("readme-statements", title, ("statement", "of", "here", "because"), rows)


def _bare(plain: Plain) -> Cell:
    return "" if plain["value"] is None else Amount(plain["value"], digits=1)
