"""Keep raw answers in one Parquet file: a row a sample, the header as canonical JSON in the file's own metadata.

Parquet because it is typed, compressed and holds no code. The reader takes exactly what the writer writes: this schema,
these sizes, plain encodings (a dictionary could unfold a small file into a huge table).

The file is sealed: its metadata holds the SHA-256 of all its bytes, taken with zeros in the place of the digest, and
nothing is parsed before that agrees. Parquet's own page checksums leave the footer open, where a flipped bit can make
Arrow 25 end the whole process ("repetition level histogram size mismatch") instead of raising.
"""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from harness.errors import InvalidEvidence
from harness.record import durable, strict_json
from harness.schema.columns import Columns, Runs
from harness.schema.frozen import canonical
from harness.schema.prediction import Prediction, PredictionHeader

HEADER_KEY = b"harness.predictions.v1"
SEAL_KEY = b"harness.predictions.sha256"
UNSEALED = b"0" * 64
BYTES_LIMIT = 256 * 2**20
UNPACKED_LIMIT = 2**28
ROWS_LIMIT = 1_000_000
ROWS_A_GROUP = 65_536

SCHEMA = pa.schema(
    [
        pa.field("sample_id", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("tokens", pa.list_(pa.field("element", pa.int32(), nullable=False)), nullable=False),
        pa.field("margins", pa.list_(pa.field("element", pa.float64(), nullable=False)), nullable=False),
        pa.field("finish", pa.string(), nullable=False),
    ]
)
WRITING = {"compression": "zstd", "use_dictionary": False, "store_schema": False, "write_statistics": False}


def write(path: Path, header: PredictionHeader, predictions: Sequence[Prediction]) -> None:
    """Write the answers and their header to `path`, whole or not at all; equal answers give equal bytes.

    Raises:
        HarnessError: the disk refuses.
        InvalidEvidence: the header's count is not the number of answers.
    """
    if header.count != len(predictions):
        raise InvalidEvidence(f"{path}: the header counts {header.count:,} answers, {len(predictions):,} were given")
    columns = {name: [getattr(one, name) for one in predictions] for name in SCHEMA.names}
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, SCHEMA, **WRITING) as writer:
        writer.write_table(pa.table(columns, schema=SCHEMA), row_group_size=ROWS_A_GROUP)
        # Not through the schema: Arrow would then store a second, serialised schema beside it.
        writer.add_key_value_metadata({HEADER_KEY: canonical(header.plain()), SEAL_KEY: UNSEALED})
    durable.write_bytes(path, sealed(sink.getvalue().to_pybytes()), path.with_name(f".{path.name}.partial"))


def sealed(data: bytes) -> bytes:
    """Put the digest of a file's bytes into the place kept free for it."""
    place = _seal_place(data)
    assert data[place] == UNSEALED
    return data[: place.start] + sha256(data).hexdigest().encode() + data[place.stop :]


def read(path: Path) -> tuple[PredictionHeader, Columns]:
    """Read the header and all answers.

    Raises:
        InvalidEvidence: the file is absent, truncated, edited, too large, of another schema, or holds a value no engine
            gives.
    """
    header, answers, _ = read_with_content(path)
    return header, answers


def read_with_content(path: Path) -> tuple[PredictionHeader, Columns, str]:
    """Read the header, all answers and the SHA-256 of the very bytes that they were read from.

    Raises:
        InvalidEvidence: as `read`.
    """
    if not path.is_file():
        raise InvalidEvidence(f"{path} is absent; a file of predictions was expected there")
    if path.stat().st_size > BYTES_LIMIT:
        raise InvalidEvidence(f"{path} has {path.stat().st_size:,} bytes; predictions have at most {BYTES_LIMIT:,}")
    data = path.read_bytes()
    _check_seal(data, path)
    try:
        with pq.ParquetFile(
            pa.BufferReader(data),
            pre_buffer=False,
            thrift_string_size_limit=2**24,
            thrift_container_size_limit=2**20,
        ) as file:
            header = _header(file, path)
            # In this thread alone: the files of a table are many and small, and whole processes share them.
            table = file.read_row_groups(range(file.num_row_groups), use_threads=False)
            table.validate(full=True)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise InvalidEvidence(f"{path} is no readable Parquet file: {error}. Predict again.") from error
    return header, _columns(table, header, path), sha256(data).hexdigest()


def _seal_place(data: bytes) -> slice:
    """Find the digest: in the footer's compact Thrift, a key is followed by two bytes and its value."""
    start = data.rfind(SEAL_KEY) + len(SEAL_KEY) + 2
    return slice(start, start + len(UNSEALED))


def _check_seal(data: bytes, path: Path) -> None:
    if SEAL_KEY not in data:
        raise InvalidEvidence(f"{path} is no sealed file of predictions, or its end is missing. Predict again.")
    place = _seal_place(data)
    stated = data[place].decode(errors="replace")
    found = sha256(data[: place.start] + UNSEALED + data[place.stop :]).hexdigest()
    if stated != found:
        raise InvalidEvidence.digest(str(path), stated, found, "It was truncated or edited; predict again.")


def _header(file: pq.ParquetFile, path: Path) -> PredictionHeader:
    """Check everything that the file says of itself before a row is unpacked."""
    footer = file.metadata
    if not file.schema_arrow.equals(SCHEMA, check_metadata=False):
        raise InvalidEvidence(
            f"{path}: expected the columns {_described(SCHEMA)}; found {_described(file.schema_arrow)}"
        )
    metadata = footer.metadata or {}
    if set(metadata) != {HEADER_KEY, SEAL_KEY}:
        found = ", ".join(sorted(key.decode(errors="replace") for key in metadata))
        raise InvalidEvidence(
            f"{path}: expected the metadata keys {HEADER_KEY.decode()} and {SEAL_KEY.decode()}; found {found}"
        )
    header = strict_json.parse(PredictionHeader, metadata[HEADER_KEY], f"{path}: its header")
    if not 0 < footer.num_rows <= ROWS_LIMIT:
        raise InvalidEvidence(f"{path} holds {footer.num_rows:,} answers; expected 1 to {ROWS_LIMIT:,}")
    if footer.num_rows != header.count:
        raise InvalidEvidence(f"{path}: the header counts {header.count:,} answers, the file holds {footer.num_rows:,}")
    groups = [footer.row_group(index) for index in range(footer.num_row_groups)]
    if sum(group.total_byte_size for group in groups) > UNPACKED_LIMIT:
        raise InvalidEvidence(f"{path} unpacks to more than {UNPACKED_LIMIT:,} bytes")
    chunks = [group.column(index) for group in groups for index in range(group.num_columns)]
    if any(chunk.has_dictionary_page for chunk in chunks):
        raise InvalidEvidence(f"{path} has dictionary-encoded columns; predictions are written plainly")
    return header


def _columns(table: pa.Table, header: PredictionHeader, path: Path) -> Columns:
    """Take a table for answers, refusing what no engine writes; checked by the column, since rows are millions."""
    ids, texts, finishes = (table.column(name).to_pylist() for name in ("sample_id", "text", "finish"))
    tokens, margins = (_runs(table.column(name).combine_chunks()) for name in ("tokens", "margins"))
    if strange := set(finishes) - {"stop", "length"}:
        odd = next(place for place, finish in enumerate(finishes) if finish in strange)
        raise InvalidEvidence(f"{path}: {ids[odd]!r} finished by {finishes[odd]!r}; expected 'stop' or 'length'")
    counts, leads = tokens.lengths, margins.lengths
    for odd in np.flatnonzero((leads != 0) & (leads != counts))[:1]:
        raise InvalidEvidence(f"{path}: {ids[odd]!r} has {counts[odd]} tokens and {leads[odd]} margins")
    for at in np.flatnonzero(~np.isfinite(margins.values))[:1]:
        odd = int(np.searchsorted(np.cumsum(leads), at, side="right"))
        raise InvalidEvidence(f"{path}: {ids[odd]!r} has a margin that is no finite number")
    if len(ids) != header.count:
        raise InvalidEvidence(f"{path}: the header counts {header.count:,} answers, {len(ids):,} could be read")
    return Columns(ids, texts, tokens, margins, finishes)


def _runs(column: pa.ListArray) -> Runs:
    bounds = _numbers(column.offsets, np.int32).astype(np.int64)
    values = _numbers(column.values, np.float64 if pa.types.is_floating(column.type.value_type) else np.int32)
    return Runs(values[bounds[0] : bounds[-1]], bounds - bounds[0])


def _numbers(column: pa.Array, dtype: type[np.generic]) -> NDArray[Any]:
    """Show the numbers of a column as they lie there; Arrow's own ways would import pandas for it, half a second."""
    if not len(column):
        return np.zeros(0, dtype)
    return np.frombuffer(column.buffers()[1], dtype, len(column), column.offset * np.dtype(dtype).itemsize)


def _described(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name} {field.type}" for field in schema)
