"""Bad rows: every one is named, with what was expected and what to do, before a question is asked."""

import io
from dataclasses import replace

import pyarrow as pa
import pytest
from PIL import Image

from benchmarks.errors import InvalidData
from benchmarks.load import load
from benchmarks.mini import parquet
from benchmarks.mini.columns import CHARTQA as CHARTQA_ROWS
from tests.benchmarks.small_mirror import CHARTQA, FILE, listed, png, refused, rows_of


@pytest.fixture
def small(tmp_path):
    rows = rows_of(5)
    parquet.write(tmp_path / FILE, CHARTQA_ROWS, rows)
    listed(tmp_path, FILE, 5, CHARTQA_ROWS.names)
    return tmp_path


def test_an_image_without_bytes_is_invalid(small):
    parquet.write(small / FILE, CHARTQA_ROWS, [{**rows_of(1)[0], "image": {"bytes": None, "path": "a.png"}}])
    listed(small, FILE, 1, CHARTQA_ROWS.names)
    refused(small, FILE, "row 0", "path of an image", "bytes")


def _one(folder, row, schema=CHARTQA_ROWS):
    parquet.write(folder / FILE, schema, [*rows_of(2), row])
    listed(folder, FILE, 3, schema.names)


@pytest.mark.parametrize("data", [b"", b"GIF", b"no image at all", png()[:7], b"\xff\xd8\xff\xe0" + bytes(40)])
def test_bytes_that_are_no_image_are_refused_before_any_question_is_asked(small, data):
    _one(small, {**rows_of(1)[0], "image": {"bytes": data, "path": None}})
    refused(small, FILE, "row 2", f"{len(data)} bytes", "Fetch or draw")


def test_an_image_that_is_cut_off_is_named_when_it_is_opened(small):
    whole = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(whole, "PNG")
    _one(small, {**rows_of(1)[0], "image": {"bytes": whole.getvalue()[:2000], "path": None}})
    samples = load(CHARTQA, small).samples
    assert samples[1].pictures[0].open().size == (4, 4)
    with pytest.raises(InvalidData, match=r"row 2, column 'image' cannot be decoded"):
        samples[2].pictures[0].open()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"image": None}, ("chartqa row 2", "None", "an image")),
        ({"answer": None}, ("chartqa row 2", "answer", "None")),
        ({"answer": " \n"}, ("chartqa row 2", "answer", "blank")),
        ({"question": ""}, ("chartqa row 2", "question", "blank")),
        ({"type": None}, ("chartqa row 2", "type")),
    ],
)
def test_an_empty_cell_is_named_with_its_row_and_what_to_do(small, change, words):
    _one(small, {**rows_of(1)[0], **change})
    refused(small, *words, FILE.split("/default")[0], "draw or fetch it again")


def test_a_column_of_numbers_where_text_belongs_is_named_with_its_row(small):
    schema = CHARTQA_ROWS.set(2, pa.field("answer", pa.float64()))
    rows = [{**row, "answer": float("nan")} for row in rows_of(3)]
    parquet.write(small / FILE, schema, rows)
    listed(small, FILE, 3, schema.names)
    refused(small, "chartqa row 0", "nan", "text")


def test_a_row_that_the_reader_did_not_foresee_is_named(small):
    def reader(rows):
        for row in rows["default"]:
            yield from CHARTQA.to_samples({"default": [row]}) if row["answer"] != "1" else [row["answer"].missing]

    refused(
        small, "row 1 of", FILE.split("/default")[0], "AttributeError", benchmark=replace(CHARTQA, to_samples=reader)
    )


def test_a_table_without_one_question_of_the_benchmark_is_invalid(small):
    refused(small, "no row", benchmark=replace(CHARTQA, to_samples=lambda rows: iter(())))


def test_lists_of_images_are_read_in_order_and_again_when_asked(tmp_path):
    schema = CHARTQA_ROWS.set(3, pa.field("image", pa.list_(parquet.IMAGE)))
    rows = rows_of(70)
    lists = [{**row, "image": [row["image"], *([rows[0]["image"]] if i % 2 else [])]} for i, row in enumerate(rows)]
    parquet.write(tmp_path / FILE, schema, lists)
    listed(tmp_path, FILE, 70, schema.names)

    def rows_with_one(cells):
        for row in cells["default"]:
            pictures.append(tuple(row["image"]))
            yield {**row, "image": row["image"][0]}

    pictures = []
    load(replace(CHARTQA, to_samples=lambda cells: CHARTQA.to_samples({"default": rows_with_one(cells)})), tmp_path)
    assert [len(images) for images in pictures] == [1 + i % 2 for i in range(70)]
    for i in (0, 69, 3, 64):
        assert [image.open().getpixel((0, 0))[0] for image in pictures[i]] == ([i, 0] if i % 2 else [i])
