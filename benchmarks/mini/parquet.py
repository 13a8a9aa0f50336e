"""Write a table as the hub stores one: Parquet with the feature types that `datasets` reads from the schema."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
ROWS_PER_GROUP = 64
"""Rows that are decoded together when one image is read: few, so that reading stays lazy."""


def _feature(kind: pa.DataType) -> Any:
    if kind == IMAGE:
        return {"_type": "Image"}
    if pa.types.is_struct(kind):
        return {field.name: _feature(field.type) for field in kind}
    if pa.types.is_list(kind):
        return {"feature": _feature(kind.value_type), "_type": "List"}
    name = {pa.float64(): "float64", pa.float32(): "float32"}.get(kind, str(kind))
    return {"dtype": name, "_type": "Value"}


def write(path: Path, schema: pa.Schema, rows: list[dict[str, Any]]) -> None:
    """Write rows; uncompressed, since compressed bytes would depend on the compressor's build."""
    features = {field.name: _feature(field.type) for field in schema}
    info = json.dumps({"info": {"features": features}})
    table = pa.Table.from_pylist(rows, schema.with_metadata({"huggingface": info}))
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, row_group_size=ROWS_PER_GROUP, compression="none", write_statistics=False)
