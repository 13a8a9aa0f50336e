"""Read a dataset that is one CSV file and a folder of pictures, on the hub or mirrored.

The first line names the columns. A picture is found by a cell of its row; what it is, the file's bytes say and not its
suffix.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.card import Picture, PictureFolder, Row
from benchmarks.errors import InvalidData

IMAGE = "image"


class ListingTable:
    """Hold the rows of the CSV file; pictures stay on disk until they are read."""

    def __init__(self, name: str, root: Path, folder: PictureFolder, digests: Mapping[str, str] | None = None):
        """Read the CSV file of `root`. `digests` gives the sha256 each picture must have, by its path below `root`.

        Raises:
            InvalidData: the file cannot be read or a line has more or fewer cells than the first.
        """
        self.name = name
        self._root, self._folder, self._digests = root, folder, digests
        path = root / folder.table
        try:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                reader = csv.reader(stream, strict=True)
                lines = [(reader.line_num, cells) for cells in reader if cells]
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise InvalidData(f"{path} is not a readable CSV file: {error}") from error
        if not lines:
            raise InvalidData(f"{path} is empty, expected a first line with the names of its columns")
        self.listed = tuple(name.strip() for name in lines[0][1])
        right = dict(folder.misspelt)
        self._header = tuple(right.get(name, name) for name in self.listed)
        if folder.name_column not in self._header:
            raise InvalidData(f"{path} lacks column {folder.name_column}, found {', '.join(self._header)}")
        for number, cells in lines[1:]:
            if len(cells) != len(self._header):
                expected = f"{len(self._header)} cells as in the first line"
                raise InvalidData(f"{path}, line {number}, has {len(cells)} cells, expected {expected}")
        self._rows = [dict(zip(self._header, cells, strict=True)) for _, cells in lines[1:]]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the first line, rightly spelt, and `image`."""
        return (*self._header, IMAGE)

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self, columns: tuple[str, ...]) -> Iterator[Row]:
        """Yield the rows with the given columns only, the image as a picture.

        Raises:
            InvalidData: a row's picture is absent, altered or named by what is no file name.
        """
        for row in self._rows:
            picture = {IMAGE: self._picture(row)} if IMAGE in columns else {}
            yield {**{name: row[name] for name in columns if name != IMAGE}, **picture}

    def _picture(self, row: Mapping[str, str]) -> Picture:
        folder = self._folder
        name = row[folder.name_column].strip()
        where = f"{self._root / folder.table}, row with {folder.name_column} {name!r}"
        if not name or not name.isalnum():
            raise InvalidData(f"{where}: expected letters and digits that name a picture in {folder.pictures}")
        listed = f"{folder.pictures}/{name}{folder.suffix}"
        path = self._root / listed
        try:
            data = path.read_bytes()
        except OSError as error:
            raise InvalidData(f"{where}: its picture {path} cannot be read: {error.strerror}") from error
        picture = Picture.stored(data, path.read_bytes, f"{path} ({where})")
        if self._digests is not None and self._digests.get(listed) != picture.digest:
            expected = self._digests.get(listed, "a line in the manifest")
            raise InvalidData(
                f"{where}: {path} is not the picture that was listed: expected {expected}, found {picture.digest}"
            )
        return picture
