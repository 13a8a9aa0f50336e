"""Write an indexed PNG whose bytes depend on nothing but its pixels.

Compressors differ from build to build, so the pixels go into stored blocks: the file is as large as they are, and the
same everywhere. Format: PNG specification (ISO/IEC 15948), RFC 1950 and RFC 1951, section 3.2.4.
"""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MOST_STORED = 65535


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _stored(data: bytes) -> bytes:
    parts = [b"\x78\x01"]
    for start in range(0, len(data), _MOST_STORED):
        block = data[start : start + _MOST_STORED]
        last = start + _MOST_STORED >= len(data)
        parts += [struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF), block]
    return b"".join([*parts, struct.pack(">I", zlib.adler32(data))])


def encode(pixels: NDArray[np.uint8], palette: NDArray[np.uint8]) -> bytes:
    """Encode palette indices (height, width) with a palette (at most 256, 3) of RGB bytes."""
    height, width = pixels.shape
    lines = np.zeros((height, width + 1), np.uint8)
    lines[:, 1:] = pixels
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", palette.tobytes()), (b"IDAT", _stored(lines.tobytes())), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)
