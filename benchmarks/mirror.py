"""Read a local mirror: hub datasets as Parquet files in a folder, listed in a manifest with their digests.

Layout: `<mirror>/<hub id>/<configuration>/<split>-00000-of-00001.parquet` and `<mirror>/manifest.json`. A file is
read batch by batch and an image again when it is asked for, so memory does not grow with the number of rows. Parquet
is read with pyarrow rather than `datasets`: no copy in a cache, and a read-only mirror works.

A dataset that is a CSV file and a folder of pictures stands as it is on the hub, `<mirror>/<hub id>/<table>` and
`<mirror>/<hub id>/<pictures>/...`, and every file is in the manifest, a picture as one row without columns.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.card import Picture, PictureFolder, Row, Source
from benchmarks.errors import InvalidData
from benchmarks.listing import ListingTable

MANIFEST = "manifest.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class File:
    """Describe one Parquet file as the manifest lists it."""

    path: str
    rows: int
    columns: tuple[str, ...]
    sha256: str


def read_manifest(mirror: Path) -> dict[str, File]:
    """Return the files of a mirror by path relative to it.

    Raises:
        InvalidData: there is no manifest, or it is not one.
    """
    path = mirror / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InvalidData(f"no {MANIFEST} in {mirror}: expected the folder of a mirror") from error
    except (OSError, ValueError) as error:
        raise InvalidData(f"{path} is not a manifest: {error}") from error
    try:
        if content["format"] != FORMAT:
            raise InvalidData(f"{path} has format {content['format']!r}, expected {FORMAT}")
        files = [File(f["path"], f["rows"], tuple(f["columns"]), f["sha256"]) for f in content["files"]]
    except (KeyError, TypeError) as error:
        raise InvalidData(f"{path} is not a manifest: expected format and files, found no {error}") from error
    return {file.path: file for file in files}


def _checked(mirror: Path, file: File) -> Path:
    path = mirror / file.path
    try:
        with path.open("rb") as stream:
            came = file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InvalidData(f"{path}, listed in {MANIFEST}, cannot be read: {error.strerror}") from error
    if came != file.sha256:
        raise InvalidData(f"{path} is not the file that {MANIFEST} lists: expected sha256 {file.sha256}, found {came}")
    return path


def _absent(mirror: Path, wanted: str, source: Source, manifest: Mapping[str, File]) -> str:
    """Say what a mirror lacks, what of that dataset or else what datasets it holds, and what to do."""
    same = sorted(path for path in manifest if path.startswith(f"{source.hub_id}/"))
    held = same[:5] or sorted({"/".join(Path(path).parts[:2]) for path in manifest})
    return (
        f"{mirror} does not hold {wanted}. It holds: {', '.join(held)}. Mirror it too, or read it from the hub with "
        "mirror.location=hub"
    )


def open_listing(mirror: Path, source: Source, folder: PictureFolder) -> ListingTable:
    """Open a mirrored CSV file with its folder of pictures, checked against the manifest.

    Raises:
        InvalidData: a file is absent, altered or not what the manifest says.
    """
    manifest, below = read_manifest(mirror), f"{source.hub_id}/"
    file = manifest.get(f"{below}{folder.table}")
    if file is None:
        raise InvalidData(_absent(mirror, f"{below}{folder.table}", source, manifest))
    _checked(mirror, file)
    digests = {path.removeprefix(below): other.sha256 for path, other in manifest.items() if path.startswith(below)}
    table = ListingTable(f"{mirror}/{source.hub_id}", mirror / source.hub_id, folder, digests)
    found = (len(table), table.listed)
    if found != (file.rows, file.columns):
        raise InvalidData(
            f"{mirror / file.path} has {found[0]:,} rows of {', '.join(found[1])}; {MANIFEST} says {file.rows:,} of "
            f"{', '.join(file.columns)}"
        )
    return table


class _Shard:
    """Hold one open Parquet file and the row group it decoded last."""

    def __init__(self, path: Path, file: File):
        self.path = path
        try:
            self._parquet = pq.ParquetFile(path, memory_map=False)
        except (OSError, pa.ArrowException) as error:
            raise InvalidData(f"{path} is not a readable Parquet file: {error}") from error
        self.schema: pa.Schema = self._parquet.schema_arrow
        found = self._parquet.metadata.num_rows
        if found != file.rows:
            raise InvalidData(f"{path} has {found:,} rows, {MANIFEST} says {file.rows:,}")
        if tuple(self.schema.names) != file.columns:
            listed, held = ", ".join(file.columns), ", ".join(self.schema.names)
            raise InvalidData(f"{path} has columns {held}; {MANIFEST} says {listed}")
        self._group: int | None = None
        self._decoded: dict[str, pa.ChunkedArray] = {}

    def __len__(self) -> int:
        return self._parquet.metadata.num_rows

    def rows(self, columns: tuple[str, ...]) -> Iterator[Row]:
        """Yield the rows, image cells as pictures, one row group in memory at a time."""
        images = [name for name in columns if _is_image(self.schema.field(name).type)]
        lists = [name for name in columns if _is_image_list(self.schema.field(name).type)]
        index = 0
        for group in range(self._parquet.num_row_groups):
            try:
                table = self._parquet.read_row_group(group, columns=list(columns))
            except (OSError, pa.ArrowException) as error:
                raise InvalidData(f"{self.path}, row group {group}, cannot be decoded: {error}") from error
            for offset, row in enumerate(table.to_pylist()):
                for name in images:
                    row[name] = self._picture(_Place(index, group, offset, name), row[name])
                for name in lists:
                    cells = enumerate(row[name] or ())
                    row[name] = [self._picture(_Place(index, group, offset, name, at), cell) for at, cell in cells]
                yield row
                index += 1

    def _picture(self, place: "_Place", cell: dict[str, Any] | None) -> Picture | None:
        if cell is None:
            return None
        where = f"{self.path}, row {place.index}, column {place.column!r}"
        if cell["bytes"] is None:
            raise InvalidData(f"{where} holds the path of an image, expected the image. Mirror it with its bytes")
        return Picture.stored(cell["bytes"], lambda: self._encoded(place), where)

    def _encoded(self, place: "_Place") -> bytes:
        """Read the bytes of one image again; neighbours and other columns come from the group that was decoded last."""
        if place.group != self._group:
            self._group, self._decoded = place.group, {}
        if place.column not in self._decoded:
            table = self._parquet.read_row_group(place.group, columns=[place.column])
            self._decoded[place.column] = table.column(place.column)
        cell = self._decoded[place.column][place.offset]
        return (cell if place.at is None else cell[place.at])["bytes"].as_py()


class _Place(NamedTuple):
    """Say where one image stands: the row of the file, the row group and the row in it, column, place in a list."""

    index: int
    group: int
    offset: int
    column: str
    at: int | None = None


def _is_image(kind: pa.DataType) -> bool:
    return pa.types.is_struct(kind) and {field.name for field in kind} == {"bytes", "path"}


def _is_image_list(kind: pa.DataType) -> bool:
    return (pa.types.is_list(kind) or pa.types.is_large_list(kind)) and _is_image(kind.value_type)


class MirrorTable:
    """Hold one configuration of a mirrored dataset, checked against the manifest."""

    def __init__(self, mirror: Path, source: Source, config: str):
        """Open and check every shard.

        Raises:
            InvalidData: a file is absent, altered, truncated or not what the manifest says.
        """
        self.name = f"{mirror}/{source.hub_id} ({config}, {source.split})"
        folder = f"{source.hub_id}/{config}/"
        manifest = read_manifest(mirror)
        files = sorted(path for path in manifest if path.startswith(f"{folder}{source.split}-"))
        if not files:
            raise InvalidData(_absent(mirror, f"{folder}{source.split}-*.parquet", source, manifest))
        self._shards = [_Shard(_checked(mirror, manifest[path]), manifest[path]) for path in files]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the column names."""
        return tuple(self._shards[0].schema.names)

    def __len__(self) -> int:
        return sum(map(len, self._shards))

    def rows(self, columns: tuple[str, ...]) -> Iterator[Row]:
        """Yield the rows with the given columns only, image cells as pictures, lists of images as lists of them."""
        for shard in self._shards:
            yield from shard.rows(columns)
