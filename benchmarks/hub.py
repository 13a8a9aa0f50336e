"""Read a hub dataset at its pinned commit: the one door to `datasets`.

`datasets` takes seconds to import, and a mirror needs none of it, nor has the light wing the hub's client; so both are
imported when something of the hub is opened.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.card import Picture, PictureFolder, Row, Source
from benchmarks.errors import InvalidData
from benchmarks.listing import ListingTable

_COMMIT = re.compile("[0-9a-f]{40}")


def _demand_pinned(source: Source) -> None:
    """Refuse a branch or a tag: what it names tomorrow is other data under the same number.

    Raises:
        InvalidData: the revision is no commit.
    """
    if not _COMMIT.fullmatch(source.revision):
        raise InvalidData(
            f"{source.hub_id} is not read from the hub: its card names the revision {source.revision!r}, expected a "
            f"commit of 40 hexadecimal digits. Mirror the dataset as you have it and name the mirror "
            f"(mirror.location=FOLDER), or write the commit that its hub page shows into the card"
        )


def open_listing(source: Source, folder: PictureFolder) -> ListingTable:
    """Download or find in the cache a CSV file with its folder of pictures, and open it.

    Raises:
        InvalidData: the card names no commit, or the hub or the cache cannot give these files at it.
    """
    _demand_pinned(source)
    import huggingface_hub

    name = f"{source.hub_id} at revision {source.revision}"
    wanted = [folder.table, f"{folder.pictures}/*{folder.suffix}"]
    try:
        root = huggingface_hub.snapshot_download(
            source.hub_id, repo_type="dataset", revision=source.revision, allow_patterns=wanted
        )
    except (OSError, ValueError) as error:
        raise InvalidData(f"cannot read {name}: {error}") from error
    return ListingTable(name, Path(root), folder)


def fetch(repository: str, file: str, revision: str) -> Path:
    """Download or find in the cache one file of a hub repository, at a commit, and return where it lies.

    Raises:
        InvalidData: the hub or the cache cannot give it.
    """
    import huggingface_hub

    try:
        return Path(huggingface_hub.hf_hub_download(repository, file, revision=revision))
    except (OSError, ValueError) as error:
        raise InvalidData(str(error).splitlines()[0]) from error


class HubTable:
    """Hold one configuration of a hub dataset as a memory-mapped table with lazy, still encoded images."""

    def __init__(self, source: Source, config: str):
        """Download or find in the cache; `datasets` shows its own progress on standard error.

        Raises:
            InvalidData: the card names no commit, or the hub or the cache cannot give this configuration at it.
        """
        _demand_pinned(source)
        import datasets
        from datasets.exceptions import DatasetsError

        self.name = f"{source.hub_id} ({config}, {source.split}) at revision {source.revision}"
        try:
            table = datasets.load_dataset(source.hub_id, config, split=source.split, revision=source.revision)
        except (OSError, ValueError, DatasetsError) as error:
            raise InvalidData(f"cannot read {self.name}: {error}") from error
        image, images = datasets.Image(decode=False), datasets.List(datasets.Image(decode=False))
        self.images = [name for name, kind in table.features.items() if isinstance(kind, datasets.Image)]
        self.lists = [
            name
            for name, kind in table.features.items()
            if isinstance(kind, datasets.List) and isinstance(kind.feature, datasets.Image)
        ]
        for name in (*self.images, *self.lists):
            table = table.cast_column(name, images if name in self.lists else image)
        self._table = table

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the column names."""
        return tuple(self._table.column_names)

    def __len__(self) -> int:
        return len(self._table)

    def _picture(self, index: int, column: str, cell: dict[str, Any] | None, at: int | None = None) -> Picture | None:
        if cell is None:
            return None
        where = f"{self.name}, row {index}, column {column!r}"
        if cell["bytes"] is None:
            raise InvalidData(f"{where} holds the path of an image, expected the image: mirror the dataset instead")

        def read() -> bytes:
            again = self._table[index][column]
            return (again if at is None else again[at])["bytes"]

        return Picture.stored(cell["bytes"], read, where)

    def rows(self, columns: tuple[str, ...]) -> Iterator[Row]:
        """Yield the rows with the given columns only, image cells as pictures, lists of images as lists of them."""
        images = [name for name in self.images if name in columns]
        lists = [name for name in self.lists if name in columns]
        for index, cells in enumerate(self._table.select_columns(list(columns))):
            row = dict(cells)
            for name in images:
                row[name] = self._picture(index, name, row[name])
            for name in lists:
                row[name] = [self._picture(index, name, cell, at) for at, cell in enumerate(row[name] or ())]
            yield row
