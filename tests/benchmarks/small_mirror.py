"""A small mirror of ChartQA that a test may harm."""

import io
import json
from hashlib import sha256

import pytest
from PIL import Image

from benchmarks.errors import InvalidData
from benchmarks.load import load
from benchmarks.table import find

CHARTQA = find("chartqa")
FILE = "lmms-lab/ChartQA/default/test-00000-of-00001.parquet"


def png(shade: int = 0) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (4, 4), (shade, 0, 0)).save(stream, "PNG")
    return stream.getvalue()


def rows_of(count: int, shade=lambda i: i % 256):
    return [
        {
            "type": "human_test",
            "question": f"What {i}?",
            "answer": str(i),
            "image": {"bytes": png(shade(i)), "path": None},
        }
        for i in range(count)
    ]


def listed(folder, path, rows, columns):
    entry = {"path": path, "rows": rows, "columns": columns, "sha256": sha256((folder / path).read_bytes()).hexdigest()}
    (folder / "manifest.json").write_text(json.dumps({"format": 1, "files": [entry]}))


def refused(folder, *words, benchmark=CHARTQA):
    with pytest.raises(InvalidData) as caught:
        load(benchmark, folder)
    assert caught.value.exit_code == 40
    for word in words:
        assert word in str(caught.value)
