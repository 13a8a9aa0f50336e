r"""Tell pictures that look alike: the same photograph at another size, compressed again, or with its border cut off.

The perceptual hash of a picture (Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010):
its luminance at 32 x 32, the 8 x 8 lowest coefficients of the two-dimensional cosine transform (DCT-II), and one bit
for each that says whether it lies above their median; the constant term, which is brightness, is left out. Two hashes
are compared by the number of bits in which they differ. Resizing and compression move a few of the 63 bits; a border
that is cut off moves many, so a picture is hashed whole and with each of `CROPS` cut off every side.

A hash of 63 bits cannot tell two charts of one layout apart, so what it finds is held to a second look: the
correlation of the two 32 x 32 luminances, r = cov(a, b) / (sd a sd b).
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.fft import dctn

SIDE, LOW = 32, 8
CROPS = (0.0, 0.03, 0.06, 0.1)
RADIUS = 7
"""Bits that may differ: with eight bands of eight bits, two hashes this close share a band, which makes the index."""
ALIKE = 0.97
"""Ours: resized and recompressed copies correlate above 0.99, a picture with a border cut off above 0.97."""
BANDS = 8


@dataclass(frozen=True, slots=True)
class Looks:
    """Hold what is compared of one picture: hashes (K,) uint64 and luminances (K, 1024), whole first, then cropped."""

    hashes: NDArray[np.uint64]
    planes: NDArray[np.float32]


def looks(data: bytes) -> Looks:
    """Take the looks of an encoded picture.

    Raises:
        OSError: the bytes are no picture that can be read whole.
    """
    with Image.open(io.BytesIO(data)) as opened:
        picture = opened.convert("L")
    width, height = picture.size
    planes = []
    for crop in CROPS:
        box = (round(crop * width), round(crop * height), round((1 - crop) * width), round((1 - crop) * height))
        # Reducing first, by whole pixels, makes large photographs cheap; the filter then sees every pixel that is left.
        small = picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR, box=box, reducing_gap=2.0)
        planes.append(np.asarray(small, dtype=np.float32))
    return Looks(
        np.array([hashed(plane) for plane in planes], dtype=np.uint64), np.stack(planes).reshape(len(CROPS), -1)
    )


def hashed(plane: NDArray[np.float32]) -> int:
    """Return the 63-bit hash of a luminance (32, 32)."""
    low = np.asarray(dctn(plane, norm="ortho"))[:LOW, :LOW].ravel()[1:]
    bits = low > np.median(low)
    return int(np.packbits(np.concatenate([[False], bits])).view(">u8")[0])


def correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return the correlation of two luminances; that of a blank picture with anything is 0."""
    left, right = one - one.mean(), other - other.mean()
    size = float(np.linalg.norm(left) * np.linalg.norm(right))
    return float(left @ right) / size if size > 0 else 0.0


class Gallery:
    """Find which of many pictures one looks like, without comparing it to all of them."""

    def __init__(self, pictures: Sequence[Looks]):
        count = len(CROPS)
        self.hashes = np.concatenate([one.hashes for one in pictures]) if pictures else np.zeros(0, np.uint64)
        self.planes = (
            np.concatenate([one.planes.astype(np.uint8) for one in pictures]) if pictures else np.zeros((0, 1))
        )
        self.owner = np.repeat(np.arange(len(pictures)), count)
        self.whole = np.tile(np.arange(count) == 0, len(pictures))
        bands = self.hashes[:, None] >> (np.arange(BANDS, dtype=np.uint64) * np.uint64(8)) & np.uint64(255)
        self.order = [np.argsort(bands[:, band], kind="stable") for band in range(BANDS)]
        self.sorted = [bands[order, band] for band, order in enumerate(self.order)]

    def like(self, picture: Looks) -> dict[int, float]:
        """Return the numbers of the pictures that one looks like, with their correlation.

        One of the two is always taken whole: two pictures that agree only where both are cropped are not copies.
        """
        found: dict[int, float] = {}
        for at, own in enumerate(picture.hashes):
            rows = self._near(own)
            for row in rows if at == 0 else rows[self.whole[rows]]:
                r = correlation(picture.planes[at], self.planes[row].astype(np.float32))
                if r >= ALIKE:
                    number = int(self.owner[row])
                    found[number] = max(r, found.get(number, 0.0))
        return found

    def _near(self, own: np.uint64) -> NDArray[np.intp]:
        parts = []
        for band in range(BANDS):
            key = own >> np.uint64(8 * band) & np.uint64(255)
            start, end = np.searchsorted(self.sorted[band], [key, key + np.uint64(1)])
            parts.append(self.order[band][start:end])
        rows = np.unique(np.concatenate(parts))
        return rows[np.bitwise_count(self.hashes[rows] ^ own) <= RADIUS]
