import contextlib
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.audit.audit import arranged, audit_sheets
from harness.audit.mapping import Mapping
from harness.audit.read import decoded, read, tables_of
from harness.errors import InvalidEvidence, UsageError
from tests.harness.audit.simulated import draw


def to_markdown(rows, bold):
    lines = ["| " + " | ".join(f"**{cell}**" if (r, c) in bold else cell for c, cell in enumerate(row)) + " |"
             for r, row in enumerate(rows)]  # fmt: skip
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def to_html(rows, bold):
    def cell(r, c, text):
        inner = f"<b>{text}</b>" if (r, c) in bold else text
        return f"<th>{inner}</th>" if r == 0 else f"<td>{inner}"

    body = ["<tr>" + "".join(cell(r, c, text) for c, text in enumerate(row)) + "</tr>" for r, row in enumerate(rows)]
    return f"<html><p>x<table><thead>{body[0]}</thead><tbody>{''.join(body[1:])}</tbody></table>"


def to_latex(rows, bold):
    def line(r, row):
        return " & ".join(f"\\textbf{{{text}}}" if (r, c) in bold else text for c, text in enumerate(row)) + " \\\\"

    body = [line(r, row) for r, row in enumerate(rows)]
    rest = "\n".join(body[1:])
    head = f"\\begin{{tabular}}{{l{'c' * len(rows[0])}}}\n\\toprule\n{body[0]}"
    return f"{head}\n\\midrule % x & y\n{rest}\n\\end{{tabular}}"


def to_csv(rows, bold):
    return "\n".join(
        ";".join(f"**{cell}**" if (r, c) in bold else cell for c, cell in enumerate(row)) for r, row in enumerate(rows)
    )


def understood(text, name):
    (table,) = [table for sheet in tables_of(text, name) for table in arranged(sheet, Mapping())]
    cells = {
        at: (cell.kind, cell.number, cell.bold)
        for at, cell in table.cells.items()
    }  # fmt: skip
    return [(field.meaning, field.top) for field in table.fields], [row.label for row in table.rows], cells


@pytest.mark.parametrize("seed", range(12))
def test_one_table_reads_the_same_in_every_format(seed):
    rng = random.Random(seed)
    rows = [line.replace("**", "").split(",") for line in draw(rng).text().splitlines()]
    for row in rows[1:]:
        if len(row) > 3 and rng.random() < 0.3:
            row[rng.randrange(2, len(row))] = rng.choice(["-", "n/a", "61-63"])
    bold = {(rng.randrange(1, len(rows)), rng.randrange(1, len(rows[0]))) for _ in range(3)}
    rows[0] = [head.replace("&", "and") for head in rows[0]]
    first = understood(to_csv(rows, bold), "t.csv")
    for writer, name in ((to_markdown, "t.md"), (to_html, "t.html"), (to_latex, "t.tex")):
        assert understood(writer(rows, bold), name) == first
        assert understood(writer(rows, bold), "unknown") == first


def test_merged_cells_are_laid_out_and_named():
    html = """<table><tr><th rowspan=2>Model<th colspan=2>CV-Bench<th rowspan=2>GQA</tr><tr><th>2D<th>3D</tr>
    <tr><td>A<td>55.5<td rowspan=2>60.0<td>61.0</tr><tr><td>B<td>56.0<td>62.0</tr>
    <tr><td>C<td colspan=2>57</tr></table>"""
    (table,) = arranged(tables_of(html, "t.html")[0], Mapping())
    assert [field.meaning.name for field in table.fields] == ["label", "cv_bench_2d", "cv_bench_3d", "gqa"]
    assert [table.cells[1, place].value for place in (1, 2, 3)] == [56, 60, 62]
    assert "one cell over 2 rows" in table.cells[1, 2].remarks
    assert [table.cells[2, place].kind for place in (1, 2, 3)] == ["merged", "merged", "missing"]


def test_latex_multirow_multicolumn_and_macros_are_read():
    tex = r"""\newcommand{\best}[1]{\textbf{#1}}
    \begin{table}\caption{Results averaged over three seeds.}
    \begin{tabular}{@{}l|*{3}{c}@{}} \toprule
    \multirow{2}{*}{Model} & \multicolumn{2}{c}{CV-Bench} & \multirow{2}{*}{MME$^{\text{P}}\uparrow$} \\
    \cmidrule(lr){2-3}
     & 2D & 3D & \\ \midrule
    A\footnote{x & y} & \best{55.52} & 53.58 & 1{,}531.3 \\[2pt]
    \rowcolor{gray!10} B~\cite{b} & 55.40 & {\bf 54.42} & 1\,499.5$^\dagger$ \\ \bottomrule
    \end{tabular}\end{table}"""
    (table,) = arranged(tables_of(tex, "t.tex")[0], Mapping())
    assert [field.meaning.name for field in table.fields][:4] == ["label", "cv_bench_2d", "cv_bench_3d", "mme"]
    assert [row.label for row in table.rows] == ["A", "B"]
    assert table.runs == 3
    assert (str(table.cells[0, 1].text), table.cells[0, 1].bold, table.cells[1, 2].bold) == ("55.52", True, True)
    assert [float(table.cells[row, 3].value) for row in (0, 1)] == [1531.3, 1499.5]


def test_models_may_stand_across():
    text = "Benchmark,A,B\nMMVP,34.67,30.00\nGQA,63.3,64.1\nChartQA,70.4,71.2\n"
    (table,) = arranged(tables_of(text, "t.csv")[0], Mapping())
    assert [row.label for row in table.rows] == ["A", "B"]
    assert [field.meaning.name for field in table.fields][1:] == ["mmvp", "gqa", "chartqa"]
    assert table.remarks


def test_a_long_table_is_one_table_a_source():
    text = "model,benchmark,score,source\nA,MMVP,34.67,x\nA,GQA,63.3,x\nA,MMVP,34.7,y\n"
    assert [(it.name, len(it.cells)) for it in arranged(tables_of(text, "t.csv")[0], Mapping())] == [("x", 2), ("y", 1)]


def test_our_own_long_form_assumes_no_count():
    rows = ("clip+sam,clip+sam,,mmvp,0,51.5", "clip+sam,clip,,mmvp,0,40.1", "clip+sam,clip,noise,mmvp,0,30.2")
    text = "\n".join(("trained,kept,mask,benchmark,seed,score", *rows))
    (table,) = arranged(tables_of(text, "t.csv")[0], Mapping())
    labels = ["clip+sam (seed 0)", "clip+sam keeps clip (seed 0)", "clip+sam keeps clip by noise (seed 0)"]
    assert [row.label for row in table.rows] == labels
    assert table.fields[0].steps is None


@given(st.text(max_size=400), st.sampled_from(["t.csv", "t.md", "t.html", "t.tex", "t"]))
@settings(max_examples=250)
def test_no_text_breaks_a_reader(text, name):
    with contextlib.suppress(InvalidEvidence):
        audit_sheets(name, tables_of(text, name), Mapping())


PIECES = st.sampled_from(
    [
        *("<table>", "</table>", "<tr>", "<td>", "<td rowspan=3>", "<td colspan=9>", "<th>", "<sup>", "</sup>", "<b>"),
        *(
            "\\begin{tabular}{cc}",
            "\\end{tabular}",
            "&",
            "\\\\",
            "\\multirow{3}{*}{x}",
            "\\multicolumn{4}{c}{",
            "}",
            "{",
        ),
        *("\\midrule", "\\textbf", "$", "%", "^", "_", "|", "---|---", "\n", ",", '"', "**", "-"),
        *("63.3", "MMVP", "model", "benchmark,score", "GQA", "Average"),
    ]
)


@given(st.lists(PIECES, max_size=60), st.sampled_from(["t.csv", "t.md", "t.html", "t.tex", "t"]))
@settings(max_examples=400)
def test_no_broken_table_breaks_a_reader(pieces, name):
    with contextlib.suppress(InvalidEvidence):
        audit_sheets(name, tables_of("".join(pieces), name), Mapping())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.html", "<table><tr>" + "<td colspan=99999 rowspan=99999>1" * 500 + "</table>"),
        ("t.html", "<table>" * 3000),
        ("t.csv", ",".join("x" * 1000) + "\n" + ",".join("1" * 1000)),
        ("t.tex", "\\begin{tabular}{c} a & b \\\\ 1 & 2"),
        ("t.csv", 'model,MMVP\n"A,34'),
        ("t.csv", ""),
        ("t.md", "no table here"),
    ],
)
def test_hostile_and_broken_files_are_refused(name, text):
    with pytest.raises(InvalidEvidence):
        audit_sheets(name, tables_of(text, name), Mapping())


def test_deep_latex_and_long_cells_end():
    text = (
        "\\begin{tabular}{cc} Model & MMVP \\\\ A & "
        + "{" * 5000
        + "34.7"
        + "}" * 5000
        + " \\\\ B & 36.0 \\\\ \\end{tabular}"
    )
    assert tables_of(text, "t.tex")


def test_bytes_that_are_no_text_are_refused():
    for data in (b"\xff\xfe\x00", b"\x80abc", b"a\0b"):
        with pytest.raises(InvalidEvidence):
            decoded(data, "t.csv")
    assert decoded("é".encode("utf-16"), "t") == "é"


def test_control_characters_do_not_reach_a_terminal():
    assert "\x1b" not in decoded(b"\x1b[31mA", "t.csv")


def test_an_absent_file_is_wrong_use(tmp_path):
    with pytest.raises(UsageError):
        read(tmp_path / "absent.csv")


def test_a_file_that_is_too_large_is_not_opened(tmp_path):
    path = tmp_path / "t.csv"
    with path.open("wb") as file:
        file.truncate(9 * 2**20)
    with pytest.raises(InvalidEvidence, match="at most"):
        read(path)


def test_links_leave_their_words():
    text = "| Model | MMVP |\n|---|---|\n| [A 7B](https://example.org/a) | [34.7](#note) |\n"
    (table,) = arranged(tables_of(text, "t.md")[0], Mapping())
    assert (table.rows[0].label, table.cells[0, 1].text) == ("A 7B", "34.7")


@pytest.mark.parametrize("mark", ["[", "*", "`", "<", "![", "\\"])
def test_a_long_line_of_one_mark_takes_no_long_time(mark):
    started = time.process_time()
    tables_of(f"|Model|MMVP|\n|-|-|\n|{mark * 20_000}|34.7|\n", "t.md")
    assert time.process_time() - started < 3
