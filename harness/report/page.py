"""Write the study as one HTML page that needs nothing else: style, script, figures and tables stand inside it.

Equal input gives equal bytes. The page loads nothing: its own policy refuses every address, and every style and script
but the two whose digests it names. All words of a stranger are written by `escapes`.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

from harness.report import entries, escapes, names, table
from harness.report.entries import Judged, Kind
from harness.report.names import Plain
from harness.report.section import Figure, Section
from harness.report.sections import sections
from harness.report.table import Table

FORMATS = (("CSV", "csv", "text/csv"), ("Markdown", "md", "text/markdown"), ("LaTeX", "tex", "application/x-tex"))
KINDS: dict[str, Kind] = {"holds": "good", "does not hold": "bad", "undecided": "unsure"}
SAID = {
    "holds": ("holds", "hold"),
    "does not hold": ("does not hold", "do not hold"),
    "undecided": ("is undecided", "are undecided"),
    "cannot be asked": ("cannot be asked", "cannot be asked"),
}
WRITERS = {"csv": table.to_csv, "md": table.to_markdown, "tex": table.to_latex}


@dataclass(frozen=True, slots=True)
class Origin:
    """Say where a page's numbers come from: the table's name, the digest of its bytes, the command that makes it."""

    title: str
    digest: str
    command: str
    version: str


def page(found: Plain, origin: Origin, judged: Sequence[Judged] = ()) -> str:
    """Write the page of a study from its measures and its entries."""
    told = sections(found, judged)
    style, script = (files("harness.report").joinpath(name).read_text() for name in ("style.css", "behaviour.js"))
    title = f"{names.words(found['pool'])}: what each encoder contributes"
    links = "".join(f'<li><a href="#{one.slug}">{escapes.html(one.heading)}</a></li>' for one in told)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escapes.html(title)}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#statements">Skip to the results</a>
<header class="top">
<h1>What does each vision encoder contribute?</h1>
<p class="lead">{escapes.html(_lead(found))}</p>
{_facts(found, judged)}
<nav aria-label="Sections"><ul>{links}</ul></nav>
</header>
<main>
{_problems(found)}
{"".join(_section(one) for one in told)}
</main>
<footer>
<p>Intervals: 95 per cent, {found["replicates"]:,} draws. {escapes.html(found["intervals"])}.</p>
<p>From {escapes.html(origin.title)}, SHA-256 <code>{escapes.html(origin.digest)}</code>, by
<code>{escapes.html(origin.command)}</code>, version {escapes.html(origin.version)}.
This page loads nothing from anywhere.</p>
</footer>
<script>{script}</script>
</body>
</html>
"""


def all_tables(found: Plain, judged: Sequence[Judged] = ()) -> list[Table]:
    """Return every table of the page, each once."""
    inside = [one for section in sections(found, judged) for one in (*section.tables, *section.long)]
    return [*inside, entries.table(judged)] if judged else inside


def _policy(style: str, script: str) -> str:
    digests = [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in (style, script)]
    return f"default-src 'none'; style-src {digests[0]}; script-src {digests[1]}; base-uri 'none'; form-action 'none'"


def _lead(found: Plain) -> str:
    counts = Counter(one["verdict"] for one in found["statements"])
    told = [f"{counts[verdict]} {phrase[counts[verdict] != 1]}" for verdict, phrase in SAID.items() if counts[verdict]]
    return (
        f"{names.words(found['pool'])}, alone and together, on {names.counted(len(found['benchmarks']), 'benchmark')}. "
        f"Of {len(found['statements'])} statements of two papers {names.words(told)} here."
    )


def _facts(found: Plain, judged: Sequence[Judged]) -> str:
    best = {name: it for name, it in found["score"]["retrained"].items() if it["value"] is not None}
    facts = [
        (
            "retrained subsets",
            f"{found['subsets']['retrained']} of {found['of_subsets']}",
            "complete on all benchmarks",
        ),
        ("masked views", f"{found['subsets']['masked']} of {found['of_subsets']}", "the full set counted"),
        ("benchmarks", str(len(found["benchmarks"])), f"seeds: {', '.join(found['seeds'])}"),
    ]
    if best:
        first = max(best, key=lambda name: best[name]["value"])
        facts.append(("best mean of the known subsets", f"{best[first]['value']:.1f}", first))
    if judged:
        matched = sum(row.outcome == "MATCH" for row in judged)
        facts.append(("entries that match", f"{matched:,} of {len(judged):,}", entries.counted(judged)))
    inside = "".join(
        f"<div><dt>{escapes.html(what)}</dt><dd>{escapes.html(value)} <small>{escapes.html(beside)}</small></dd></div>"
        for what, value, beside in facts
    )
    return f'<dl class="facts">{inside}</dl>'


def _problems(found: Plain) -> str:
    if not found["problems"]:
        return ""
    told = "".join(f"<li>{escapes.html(problem)}</li>" for problem in found["problems"])
    return f'<section id="problems"><h2>Mind, when reading</h2><ul class="problems">{told}</ul></section>'


def _section(one: Section) -> str:
    formula = f'<p class="formula">{escapes.html(one.formula)}</p>' if one.formula else ""
    words = "".join(f"<p>{escapes.html(text)}</p>" for text in one.paragraphs if text)
    figures = "".join(_figure(figure) for figure in one.figures)
    shown = "".join(_table(each) for each in one.tables)
    folded = "".join(
        f"<details><summary>{escapes.html(each.title)}</summary>{_table(each)}</details>" for each in one.long
    )
    listed = entries.to_html(one.entries) + _formats(entries.table(one.entries)) if one.entries else ""
    heading = f'<h2 id="{one.slug}-heading">{escapes.html(one.heading)}</h2>'
    inside = f"{heading}{formula}{words}{figures}{shown}{folded}{listed}"
    return f'<section id="{one.slug}" aria-labelledby="{one.slug}-heading">{inside}</section>\n'


def _figure(figure: Figure) -> str:
    caption = f"<figcaption>{escapes.html(figure.caption)}</figcaption>"
    if figure.panels:
        return f'<div class="panels">{figure.drawn}</div><p class="note">{escapes.html(figure.caption)}</p>'
    label, class_ = escapes.html(figure.caption), "scroll wide" if figure.wide else "scroll"
    return (
        f'<figure><div class="{class_}" role="region" tabindex="0" aria-label="{label}">{figure.drawn}</div>'
        f"{caption}</figure>"
    )


def _table(one: Table) -> str:
    written = _statements(one) if one.name == "statements" else table.to_html(one)
    return written + _formats(one)


def _statements(one: Table) -> str:
    """Write the statements with the verdict's sign."""
    heads = "".join(f'<th scope="col">{escapes.html(title)}</th>' for title in one.titles)
    rows = []
    for row in one.rows:
        statement, source, verdict, because = (str(cell) for cell in row)
        rows.append(
            f'<tr><th scope="row">{escapes.html(statement)}</th><td class="source">{escapes.html(source)}</td>'
            f"<td>{entries.verdict_html(verdict, KINDS.get(verdict, ''))}</td>"
            f'<td class="why">{escapes.html(because)}</td></tr>'
        )
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escapes.html(one.title)}"><table class="stacks">'
        f"<caption>{escapes.html(one.title)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _formats(one: Table) -> str:
    links = []
    for title, ending, kind in FORMATS:
        data = b64encode(WRITERS[ending](one).encode()).decode()
        links.append(f'<a download="{one.name}.{ending}" href="data:{kind};charset=utf-8;base64,{data}">{title}</a>')
    return f'<p class="formats">This table as {", ".join(links[:-1])} or {links[-1]}.</p>'
