import time
from itertools import product
from math import prod

import pytest

from harness.audit.audit import audit_sheets
from harness.audit.copies import tail
from harness.audit.mapping import Mapping
from harness.audit.read import tables_of
from harness.errors import InvalidEvidence
from tests.harness.audit.control import report_of

HEAD = "model,MMVP,GQA,ChartQA,MMMU,TextVQA\n"


def severities(text, check):
    return [finding.severity for finding in report_of(text).findings if finding.check == check]


@pytest.mark.parametrize(
    ("column", "cells", "slipped"),
    [
        ("GQA", ["63.30", "0.6210", "62.90"], 1),
        ("MME", ["1500.2", "1433.1", "75.2"], 1),
        ("OCRBench", ["62.1", "60.0", "625"], 1),
        ("OCRBench", ["621", "600", "62.5"], 1),
        ("GQA", ["0.6330", "0.6210", "62.9"], 1),
        ("GQA", ["63.3", "62.1", "1.2"], 0),
        ("GQA", ["63.3", "62.1", "11.0"], 0),
        ("MME", ["1500.2", "1433.1", "375.2"], 0),
    ],
)
def test_a_cell_on_another_scale_is_found_and_a_bad_score_is_not(column, cells, slipped):
    text = f"model,{column}\n" + "".join(f"{row},{cell}\n".replace("0,", "A,", 1) for row, cell in enumerate(cells))
    assert severities(text, "scale") == ["inconsistent"] * slipped


@pytest.mark.parametrize("cell", ["6.2", "0.6"])
def test_what_may_be_a_very_bad_score_is_only_unexplained(cell):
    assert severities(f"model,GQA\nA,63.3\nB,{cell}\nC,61.0\n", "scale") == ["unexplained"]


def test_whole_columns_on_another_scale_are_read_right():
    assert report_of("model,GQA,MMVP\nA,0.6330,0.3467\nB,0.6210,0.3600\n").exit_code == 0
    assert report_of("model,MME,OCRBench\nA,75.02,62.1\nB,71.11,60.0\n").exit_code == 0


@pytest.mark.parametrize(("column", "cell"), [("GQA", "120.5"), ("MMVP", "-3.0"), ("MME-P", "2153.6"), ("MME", "2900")])
def test_what_lies_outside_a_range_is_impossible(column, cell):
    others = "1500.1\nC,1433.2" if "MME" in column else "62.0\nC,61.0"
    assert "impossible" in severities(f"model,{column}\nA,{cell}\nB,{others}\n", "range")


def test_perception_and_cognition_together_are_only_unexplained():
    assert severities("model,MME,GQA\nA,2153.6,60.0\nB,2210.1,61.0\n", "range") == ["unexplained"] * 2


def test_one_label_on_two_results_is_inconsistent():
    assert severities(f"{HEAD}X,34.7,63.0,70.0,40.0,60.0\nX,36.0,63.0,70.0,40.0,60.0\n", "duplicate label") == [
        "inconsistent"
    ]
    assert severities(f"{HEAD}X,34.7,63.0,70.0,40.0,60.0\nX,34.7,63.0,70.0,40.0,60.0\n", "duplicate label") == []


def test_rows_that_something_else_tells_apart_may_share_a_label():
    assert severities("model,#Tokens,MMVP,GQA\nX,576,34.7,63.0\nX,1024,36.0,63.4\n", "duplicate label") == []
    sections = "| m | MMVP | GQA |\n|---|---|---|\n| 7B | | |\n| X | 34.7 | 60.0 |\n| 13B | | |\n| X | 36.0 | 61.0 |\n"
    assert severities(sections, "duplicate label") == []


def test_a_pasted_row_and_a_pasted_column_are_found():
    rows = "A,34.7,63.1,70.2,40.1,60.3\nB,36.0,62.7,69.8,41.2,61.4\n"
    assert severities(f"{HEAD}{rows}C,34.7,63.1,70.2,40.1,60.3\n", "copy") == ["unexplained"]
    finer = "A,34.67,63.12,70.24,40.11,60.31\nB,36.00,62.71,69.80,41.22,61.42\n"
    assert severities(f"{HEAD}{finer}C,34.67,63.12,70.24,40.11,60.31\n", "copy") == ["inconsistent"]
    assert severities(f"{HEAD}{rows}C,34.7,62.9,70.0,40.1,60.1\n", "copy") == []
    columns = "model,GQA,ChartQA\n" + "".join(f"M{at},6{at}.{at}1,6{at}.{at}1\n" for at in range(6))
    assert severities(columns, "copy") == ["inconsistent"]


def test_bold_that_is_not_best_is_found_and_ties_are_not():
    assert severities("model,GQA\nA,**62.0**\nB,63.0\n", "bold") == ["inconsistent"]
    assert severities("model,GQA\nA,**63.0**\nB,63.0\n", "bold") == []
    assert severities("model,GQA\nA,**63.0**\nB,62.0\nC,**63.0**\n", "bold") == []
    assert severities("model,GQA↓\nA,**62.0**\nB,63.0\n", "bold") == []


def test_a_row_bold_all_through_is_no_claim():
    text = "model,GQA,MMVP,ChartQA\nOurs,**60.0**,**34.7**,**70.0**\nB,63.0,36.0,71.0\n"
    assert severities(text, "bold") == []


def test_rows_that_never_are_bold_may_stand_outside_the_comparison():
    text = "model,GQA,ChartQA,TextVQA\nGPT,80.0,90.0,95.0\nA,**62.0**,71.0,**61.0**\nB,60.0,**72.0**,60.0\n"
    assert severities(text, "bold") == ["unexplained"] * 3


def test_best_of_a_block_is_best_enough():
    html = (
        "<table><tr><th>m<th>GQA<th>MMVP</tr><tr><td colspan=3>7B</tr><tr><td>A<td><b>62.0</b><td>30.0</tr>"
        "<tr><td>B<td>60.0<td>32.0</tr><tr><td colspan=3>13B</tr><tr><td>A<td>65.0<td>36.0</tr></table>"
    )
    assert severities(html, "bold") == []


TWO = (
    "| m | GQA | ChartQA | MMVP |\n|---|---|---|---|\n| A | 63.0 | 70.0 | 34.7 |\n\n"
    "| m | GQA | {} | MMVP |\n|---|---|---|---|\n"
)


def test_two_tables_that_agree_elsewhere_must_agree_here():
    assert severities(TWO.format("ChartQA") + "| A | 63.0 | 71.0 | 34.7 |\n", "cross table") == ["inconsistent"]
    assert severities(TWO.format("ChartQA") + "| A | 63.04 | 70.02 | 34.67 |\n", "cross table") == []


def test_two_tables_that_agree_nowhere_may_show_two_settings():
    assert severities(TWO.format("ChartQA") + "| A | 61.0 | 71.0 | 36.0 |\n", "cross table") == ["unexplained"] * 3


def test_what_the_metrics_say_decides_what_a_conflict_weighs():
    text = "model,benchmark,metric,score,source\nA,MMVP,{},34.7,x\nA,MMVP,{},36.0,y\n"
    assert severities(text.format("pair", "pair"), "cross table") == ["inconsistent"]
    assert severities(text.format("pair", "as_reported"), "cross table") == ["unexplained"]
    assert severities(text.format("pair", "item"), "cross table") == ["note"]


MASKED = (
    "| Encoders | Overall | CUR |\n|---|---|---|\n| Full | 64.0 | |\n"
    "| w/o CLIP | 60.0 | {} |\n| w/o SAM | 63.8 | 0.31% |\n| IG | | {} |\n"
)


def test_printed_measures_must_follow_from_the_scores():
    assert severities(MASKED.format("6.25%", "5.94"), "measures") == ["note"]
    assert severities(MASKED.format("0.0625", "5.94"), "measures")[-1] == "note"
    assert "inconsistent" in severities(MASKED.format("7.25%", "6.94"), "measures")
    assert "inconsistent" in severities(MASKED.format("6.25%", "9.94"), "measures")


def test_measures_are_reckoned_where_the_lattice_allows():
    text = "model,ChartQA\nCLIP+SAM,60.0\nCLIP,50.0\nSAM,45.0\n"
    (finding,) = [it for it in report_of(text).findings if it.check == "measures"]
    assert "Capacity(clip) in [49.95, 50.05]" in finding.arithmetic
    assert "Necessity(clip) in [14.9, 15.1]" in finding.arithmetic
    assert finding.severity == "note"


def test_our_own_masked_and_retrained_rows_are_kept_apart():
    text = (
        "trained,kept,benchmark,seed,score\nclip+sam,clip+sam,chartqa,0,60.0\nclip+sam,clip,chartqa,0,45.0\n"
        "clip+sam,sam,chartqa,0,30.0\nclip,clip,chartqa,0,50.0\nsam,sam,chartqa,0,48.0\n"
    )
    masked, retrained = [it for it in report_of(text).findings if it.check == "measures"]
    assert "CUR(clip) in [49.8" in masked.arithmetic
    assert "Necessity(clip) in [11.9, 12.1]" in retrained.arithmetic


def test_unread_cells_are_named():
    text = "model,MMMU,GQA\nA,36-38,63.3\nB,~35,63.3*\nC,36.7,oops\nD,-,60.1\n"
    said = " ".join(finding.arithmetic for finding in report_of(text).findings if finding.check == "reading")
    for words in ("a range", "a bound", "words stand", "without a number", "footnote mark"):
        assert words in said


def test_rows_of_changes_means_and_people_are_no_models():
    text = "model,MMVP,GQA\nMini-Gemini,34.7,60.0\nOurs,36.0,61.0\nΔ,+1.3,+1.0\nAverage,35.35,60.5\nHuman,99.1,99.1\n"
    report = report_of(text)
    assert [row.label for row in report.tables[0].rows if row.is_model] == ["Mini-Gemini", "Ours"]
    assert report.exit_code == 0


def test_the_tail_of_unlike_coins_is_the_sum_over_all_outcomes():
    shares = [0.1, 0.5, 0.25, 0.9]
    for agreeing in range(5):
        slow = sum(
            prod(share if bit else 1 - share for bit, share in zip(bits, shares, strict=True))
            for bits in product((0, 1), repeat=4)
            if sum(bits) >= agreeing
        )
        assert tail(shares, agreeing) == pytest.approx(slow)


def test_a_better_row_between_the_others_does_not_stand_outside_the_comparison():
    better = "| B | 1531.3 | 62.0 |\n"
    table = f"| Model | MME | GQA |\n|---|---|---|\n| A | **1510.7** | **61.2** |\n{better}| C | 1400.1 | 60.0 |\n"
    report = audit_sheets("t.md", tables_of(table, "t.md"), Mapping())
    assert [(it.check, it.severity) for it in report.findings] == [("bold", "inconsistent")] * 2
    closed = table.replace(better, "").replace("|---|---|---|\n", "|---|---|---|\n| GPT | 1600.2 | 70.1 |\n")
    report = audit_sheets("t.md", tables_of(closed, "t.md"), Mapping())
    assert [(it.check, it.severity) for it in report.findings] == [("bold", "unexplained")] * 2


def test_a_table_that_nobody_reads_is_refused_before_it_costs_a_minute():
    text = "Model,GQA,MMVP,ChartQA\n" + "".join(f"M{n},{n % 97}.1,{n % 89}.3,{n % 83}.2\n" for n in range(9000))
    started = time.process_time()
    with pytest.raises(InvalidEvidence, match="27,000 numbers; at most 25,000"):
        audit_sheets("t.csv", tables_of(text, "t.csv"), Mapping())
    assert time.process_time() - started < 20
