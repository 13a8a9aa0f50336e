import pytest

from benchmarks.suite import COLUMNS
from harness.audit.headers import recognise
from harness.audit.mapping import read_mapping
from harness.errors import UsageError
from tests.harness.audit.control import report_of

DRESS = ["{}", "{} ↑", "↑ {}", "**{}**", "{} (%)", "{} Acc.", "{}†", "{} accuracy (%)"]


@pytest.mark.parametrize("dress", DRESS)
def test_every_alias_is_recognised_in_every_dress(dress):
    for column in COLUMNS:
        for alias in (column.name, column.title, *column.aliases):
            assert recognise([dress.format(alias)]).benchmark is column


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (["MME^{P}"], "mme"),
        (["MME^P"], "mme"),
        (["MMMU^{val}"], "mmmu"),
        (["SQA^{I}"], "scienceqa_image"),
        (["VQAᵀ"], "textvqa"),
        (["CV-Bench", "2D"], "cv_bench_2d"),
        (["Vision-Centric", "CV-Bench^{3D}"], "cv_bench_3d"),
        (["General", "Avg"], "average of general"),
        (["OCR & Chart", "Average"], "average of ocr_chart"),
        (["AVG-Vision-Centric"], "average of vision_centric"),
        (["Average"], "average"),
        (["Avg. (16)"], "average of sixteen"),
        (["MMMU", "val"], "mmmu"),
        (["MMMU", "test"], "mmmu_test"),
        (["MMBench-CN"], "mmbench_cn"),
        (["MMBench", "CN"], "mmbench_cn"),
        (["MMBench V1.1"], "mmbench_v11"),
        (["DocVQA (val)"], "docvqa_val"),
        (["MMMU-Pro"], "mmmu_pro"),
        (["OCRBench v2"], "other"),
        (["SEED-Bench-2"], "seed_2"),
        (["CUR (%)"], "cur"),
        (["#Params"], "attribute"),
        (["Method"], "label"),
        (["Something else"], "other"),
    ],
)
def test_headers_mean_what_they_say(parts, name):
    assert recognise(parts).name == name


def test_an_arrow_down_turns_the_order():
    assert recognise(["MMVP ↓"]).lower
    assert not recognise(["MMVP ↑"]).lower


def test_the_mapping_corrects_what_was_read(tmp_path):
    path = tmp_path / "map.toml"
    path.write_text(
        '[columns]\n"MVP*" = "mmvp"\n"GQA" = "ignored"\n"Mine" = "average:knowledge"\n[units]\nmmvp = 300\n'
    )
    mapping = read_mapping(path)
    from_file = mapping.meaning("MVP*")
    assert from_file is not None
    assert from_file.name == "mmvp"
    assert mapping.units == {"mmvp": 300}
    assert mapping.meaning("Mine").name == "average of knowledge"
    assert mapping.meaning("other") is None


@pytest.mark.parametrize(
    "text",
    [
        "[columns]\nx = 'nothing known'",
        "[columns]\nx = 3",
        "[units]\nmmvp = 0",
        "[units]\nmmvp = true",
        "[models]\na = 'b'",
        "[models]\na = ['c']\nb = ['c']",
        "[strange]\na = 1",
        "columns = 1",
        "not toml",
    ],
)
def test_a_wrong_mapping_is_wrong_use(tmp_path, text):
    path = tmp_path / "map.toml"
    path.write_text(text)
    with pytest.raises(UsageError):
        read_mapping(path)


def test_averages_without_a_name_cover_the_columns_beside_them():
    text = (
        "| M | Avg | MME | MMB | SEED | GQA | Avg | SQA | MMMU | MathVista | AI2D |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|\n"
        "| A | 63.0 | 1409.4 | 75.8 | 69.1 | 36.8 | 65.2 | 75.7 | 56.8 | 49.9 | 78.2 |\n"
    )
    (table,) = report_of(text).tables
    assert [it.meaning.covers for it in table.fields if it.meaning.role == "average"] == ["general", "knowledge"]


@pytest.mark.parametrize(
    ("label", "name"),
    [("MMMU^{1}", "mmmu"), ("GQA^{a}", "gqa"), ("MMMU^2", "mmmu"), ("MME^{P}", "mme"), ("VQA^{v2}", "vqav2"),
     ("SEED^I", "seed_image"), ("ChartQA/relaxed_overall", "chartqa")],
)  # fmt: skip
def test_a_footnote_of_a_header_is_no_part_of_its_name(label, name):
    assert recognise(label.split("/")).name == name
