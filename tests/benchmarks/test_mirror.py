"""A mirror gives every picture of a row, wherever the row keeps it, and decodes a row group once a column."""

import json
from hashlib import sha256

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.knowledge.mmmu import MMMU, PICTURES
from benchmarks.load import load
from tests.benchmarks.small_mirror import png

FILE = "lmms-lab/MMMU/default/validation-00000-of-00001.parquet"
IMAGE = pa.struct({"bytes": pa.binary(), "path": pa.string()})
TEXTS = ("id", "question", "options", "answer", "question_type")
SCHEMA = pa.schema({**dict.fromkeys(TEXTS, pa.string()), **dict.fromkeys(PICTURES, IMAGE)})


def _row(index):
    cells = dict.fromkeys(PICTURES) | {
        "id": f"validation_Art_{index}",
        "question": "Is <image 1> like <image 2>?",
        "options": "['yes', 'no']",
        "answer": "A",
        "question_type": "multiple-choice",
    }
    return cells | {f"image_{k}": {"bytes": png(10 * index + k), "path": None} for k in (1, 2)}


@pytest.fixture
def mmmu(tmp_path):
    path = tmp_path / FILE
    path.parent.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist([_row(index) for index in range(6)], SCHEMA), path, row_group_size=3)
    entry = {"path": FILE, "rows": 6, "columns": SCHEMA.names, "sha256": sha256(path.read_bytes()).hexdigest()}
    (tmp_path / "manifest.json").write_text(json.dumps({"format": 1, "files": [entry]}))
    return tmp_path


def test_a_row_with_two_pictures_gives_both_in_order(mmmu):
    for index, sample in enumerate(load(MMMU, mmmu).samples):
        shades = [picture.open().getpixel((0, 0)) for picture in sample.pictures]
        assert shades == [(10 * index + 1, 0, 0), (10 * index + 2, 0, 0)]


def test_reading_picture_after_picture_decodes_each_column_of_a_row_group_once(mmmu, monkeypatch):
    samples, decoded = load(MMMU, mmmu).samples, []
    read = pq.ParquetFile.read_row_group
    monkeypatch.setattr(
        pq.ParquetFile,
        "read_row_group",
        lambda *a, **options: decoded.append(options["columns"]) or read(*a, **options),
    )
    for sample in samples:
        for picture in sample.pictures:
            assert sha256(picture.read()).hexdigest() == picture.digest
    assert decoded == 2 * [["image_1"], ["image_2"]]
