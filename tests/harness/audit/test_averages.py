import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.suite import COLUMNS
from tests.harness.audit.control import report_of

KNOWLEDGE = "model,Knowledge Avg,SQA-I,MMMU,MathVista,AI2D\n"


def found(text, check="average"):
    return [finding for finding in report_of(text).findings if finding.check == check]


def graves(text):
    return [finding.severity for finding in found(text) if finding.severity != "note"]


def test_a_published_average_that_does_not_follow_is_inconsistent():
    text = KNOWLEDGE + "X4-8B,64.2,84.3,43.4,52.7,76.1\nX4-13B,63.0,82.0,41.0,54.4,74.0\nX5,68.6,85.5,51.8,57.9,79.1\n"
    (finding,) = found(text)
    assert (finding.severity, finding.cells[0].row) == ("inconsistent", "X4-13B")
    assert "(82 + 41 + 54.4 + 74) / 4 = 62.85" in finding.arithmetic
    assert "[62.8, 62.9]" in finding.arithmetic
    assert "[62.95, 63.05]" in finding.arithmetic


def test_naive_equality_would_be_a_false_alarm():
    # (84.3 + 43.4 + 52.7 + 76.1) / 4 = 64.125, printed 64.2: the members' rounding explains it.
    assert graves(KNOWLEDGE + "X4-8B,64.2,84.3,43.4,52.7,76.1\n") == []


def test_perception_counts_a_twentieth_and_ocrbench_a_tenth():
    general = "model,General Avg,MME,MMB,SEED,GQA\nGPT-4V,63.0,1409.4,75.8,69.1,36.8\n"
    assert graves(general) == []
    ocr = "model,OCR & Chart Avg,ChartQA,OCRBench,TextVQA,DocVQA\nA,71.3,73.3,{},71.7,77.8\nB,71.3,73.8,{},72.8,76.8\n"
    assert graves(ocr.format("62.4", "61.9")) == []
    assert graves(ocr.format("624", "619")) == []


def test_the_whole_is_the_mean_of_sixteen_and_of_the_four_categories():
    cells = "1432.02,61.28,65.99,63.30,68.82,35.69,29.40,60.01,43.00,35.70,60.40,37.54,30.00,53.99,55.52,53.58"
    text = f"model,Average,{','.join(column.title for column in COLUMNS)}\nA,{{}},{cells}\n"
    assert graves(text.format("51.61")) == []
    assert graves(text.format("51.71")) == ["inconsistent"]
    groups = "model,Average,General,Knowledge,OCR & Chart,Vision-Centric\nA,{},68.0,51.3,45.2,50.5\n"
    assert graves(groups.format("53.7")) == []
    assert graves(groups.format("54.7")) == ["inconsistent"]


def test_paper_b_counts_cv_bench_once_and_categories_alike():
    heads = "MME,MMB,SEED,GQA,AI2D,MathVista,SQA,MMMU,DocVQA,ChartQA,OCRBench,TextVQA,CV-Bench,MMVP,RealWorldQA"
    cells = "1500,70.0,70.0,60.0,60.0,40.0,70.0,40.0,70.0,70.0,600,60.0,60.0,40.0,60.0"
    whole = (275 / 4 + 210 / 4 + 260 / 4 + 160 / 3) / 4
    assert graves(f"model,{heads},Overall\nA,{cells},{whole:.1f}\n") == []


def test_an_average_over_printed_members_of_a_partial_group_is_accepted():
    text = "model,Vision-Centric Avg,MMVP,RealWorldQA\nA,40.4,18.7,62.1\nB,49.4,38.7,60.1\nC,57.6,51.3,64.2\n"
    (finding,) = [it for it in found(text) if it.severity != "note"]
    assert (finding.severity, finding.cells[0].row) == ("inconsistent", "C")


def test_an_average_over_columns_that_are_not_printed_is_no_fault():
    assert graves("model,General,MMB,GQA\nA,70.1,72.7,64.5\nB,72.5,72.1,65.2\n") == []
    assert graves("model,General,Knowledge\nA,70.1,72.7\n") == []


def test_a_bare_average_promises_nothing():
    text = "model,Avg,MMB,GQA,POPE\nA,50.0,72.7,64.5,88.0\nB,51.0,72.1,65.2,87.0\n"
    assert graves(text) == ["unexplained"]


def test_the_odd_row_of_a_bare_average_is_held_to_the_rule_of_the_others():
    rows = [(72.7, 64.5, 88.0), (72.1, 65.2, 87.0), (70.1, 61.2, 86.0), (69.9, 60.2, 85.1)]
    lines = [f"M{at},{sum(row) / 3:.1f},{row[0]},{row[1]},{row[2]}" for at, row in enumerate(rows)]
    lines[2] = lines[2].replace("M2,72.4", "M2,74.2")
    (finding,) = [it for it in found("model,Avg,MMB,GQA,POPE\n" + "\n".join(lines)) if it.severity != "note"]
    assert (finding.severity, finding.cells[0].row) == ("inconsistent", "M2")


def test_the_subset_that_an_average_does_fit_is_named():
    rows = [(72.7, 64.5, 88.0, 50.0), (72.1, 65.2, 87.0, 41.0), (70.1, 61.2, 86.0, 30.0)]
    lines = [f"M{at},{(row[0] + row[2]) / 2:.2f},{','.join(map(str, row))}" for at, row in enumerate(rows)]
    (finding,) = [it for it in found("model,Avg,MMB,GQA,POPE,VizWiz\n" + "\n".join(lines)) if it.severity != "note"]
    assert "the mean of MMB, POPE" in finding.explanation or "without GQA, VizWiz" in finding.explanation


def test_a_mean_of_unlike_scales_is_named_and_not_impossible():
    text = "model,General Avg,MME,MMB,SEED,GQA\n" + "".join(
        f"M{at},{(mme + mmb + seed + gqa) / 4:.1f},{mme},{mmb},{seed},{gqa}\n"
        for at, (mme, mmb, seed, gqa) in enumerate([(1500.0, 70.1, 71.2, 62.0), (1400.0, 68.0, 70.0, 61.0)])
    )
    report = report_of(text)
    assert "impossible" not in {finding.severity for finding in report.findings}
    assert [it.severity for it in report.findings if it.check == "average"] == ["unexplained"]


def test_an_average_of_cut_off_numbers_is_not_called_wrong():
    # The mean is 62.925 and lies in [62.875, 62.975]: 62.9 rounded, 62.8 only cut off.
    text = KNOWLEDGE + "A,{},82.0,41.0,54.4,74.3\n"
    assert [graves(text.format(average)) for average in ("62.9", "62.8", "62.7")] == [
        [],
        ["unexplained"],
        ["inconsistent"],
    ]


@given(
    st.lists(st.tuples(*[st.integers(100_000, 900_000)] * 4), min_size=1, max_size=4),
    st.sampled_from([1, 2]),
    st.booleans(),
)
@settings(max_examples=60)
def test_no_honest_average_is_ever_inconsistent(rows, decimals, cut):
    def shown(value):
        scale = 10 ** (4 - decimals)
        return f"{(value // scale if cut else (value + scale // 2) // scale) / 10**decimals:.{decimals}f}"

    lines = [f"M{at},{shown(sum(row) // 4)},{','.join(shown(value) for value in row)}" for at, row in enumerate(rows)]
    assert "inconsistent" not in graves(KNOWLEDGE + "\n".join(lines))


@pytest.mark.parametrize("missing", ["-", "", "n/a"])
def test_a_row_without_a_member_is_left_out(missing):
    assert graves(KNOWLEDGE + f"A,64.2,{missing},43.4,52.7,76.1\nB,64.2,84.3,43.4,52.7,76.1\n") == []
