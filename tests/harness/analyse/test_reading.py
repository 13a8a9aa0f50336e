"""Anybody's table: delimiters, words for subsets, columns that are no scores."""

import pytest

from harness.analyse.lattice import build
from harness.analyse.reading import read
from harness.errors import InvalidEvidence


def table(tmp_path, text):
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    return read(tmp_path / "t.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_delimiter_and_a_byte_order_mark_will_do(tmp_path, delimiter):
    text = "\ufefftrained,benchmark,score\nclip,gqa,40\nsam,gqa,30\nclip+sam,gqa,50\n".replace(",", delimiter)
    found = table(tmp_path, text)
    assert [(cell.trained, cell.value) for cell in found.cells] == [
        (("clip",), 40.0),
        (("sam",), 30.0),
        (("clip", "sam"), 50.0),
    ]


def test_the_words_all_and_none_stand_for_the_pool_and_the_empty_set(tmp_path):
    text = "trained,kept,benchmark,score\nclip,,gqa,40\nsam,,gqa,30\nall,,gqa,50\nall,none,gqa,10\nnone,,gqa,12\n"
    lattice = build(table(tmp_path, text).cells)
    assert lattice.pool == ("clip", "sam")
    assert lattice.scores["masked"][0, [0, 3], 0].tolist() == [10.0, 50.0]
    assert lattice.scores["retrained"][0, :, 0].tolist() == [12.0, 40.0, 30.0, 50.0]


def test_a_benchmark_has_one_name_however_it_is_printed(tmp_path):
    text = "trained,benchmark,score\nclip,SEED-I,40\nsam,seed image,30\nclip+sam,SEED^I,50\n"
    assert {cell.benchmark for cell in table(tmp_path, text).cells} == {"seed_image"}


def test_averages_and_columns_without_numbers_are_left_out_of_a_wide_table_and_named(tmp_path):
    text = "trained,notes,GQA,Average\nclip,a,40 %,1\nsam,b,30,2\nclip+sam,c,x,3\n"
    found = table(tmp_path, text)
    assert {cell.benchmark for cell in found.cells} == {"gqa"}
    assert found.cells[0].value == 40.0
    assert found.cells[2].value != found.cells[2].value
    assert any("Average" in told for told in found.remarks)
    assert any("notes" in told for told in found.remarks)


def test_a_scale_of_a_thousand_is_seen_by_one_value_above_a_hundred_and_taken_off_errors_too(tmp_path):
    text = "trained,benchmark,score,standard_error,chance\nclip,OCRBench,90,20,10\nclip+sam,OCRBench,500,10,10\n"
    found = table(tmp_path, text)
    assert [(cell.value, cell.error, cell.chance) for cell in found.cells] == [(9.0, 2.0, 1.0), (50.0, 1.0, 1.0)]
    assert found.remarks == ("ocrbench is divided by 10, as the suite prints it",)


def test_several_recipes_in_one_table_are_refused(tmp_path):
    with pytest.raises(InvalidEvidence, match="several recipes: big, tiny"):
        table(tmp_path, "trained,recipe,benchmark,score\nclip,tiny,gqa,1\nclip,big,gqa,2\n")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b""])
def test_what_is_no_text_or_empty_is_refused(tmp_path, content):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(InvalidEvidence):
        read(tmp_path / "t.csv")


def test_a_folder_is_no_table(tmp_path):
    with pytest.raises(InvalidEvidence, match="absent or no plain file"):
        read(tmp_path)


def test_a_benchmark_that_is_called_like_a_key_of_the_answer_is_refused(tmp_path):
    with pytest.raises(InvalidEvidence, match="cannot be called general"):
        table(tmp_path, "trained,general\nclip,1\nsam,2\n")


def test_a_score_beyond_any_scale_is_no_number(tmp_path):
    found = table(tmp_path, "trained,benchmark,score\nclip,gqa,1e300\nclip+sam,gqa,inf\nsam,gqa,-3\n")
    assert [cell.value == cell.value for cell in found.cells] == [False, False, True]


def test_masked_views_alone_are_a_lattice_too(tmp_path):
    text = "trained,kept,benchmark,score\nclip+sam,clip,gqa,40\nclip+sam,sam,gqa,30\nclip+sam,clip+sam,gqa,50\n"
    lattice = build(table(tmp_path, text).cells)
    assert lattice.known("masked")[1:].all()
    assert lattice.lacking("retrained", [1, 2, 3]) == "2 of the 3 retrained subsets it needs are missing: clip, sam"
