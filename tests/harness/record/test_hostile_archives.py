"""Whatever bytes a stranger sends as a bundle: refused by name or unpacked in its places, in bounded memory."""

import io
import struct
import tarfile
import tempfile
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import InvalidEvidence
from harness.record import archive

PLACED = ("scores.csv", "policy.toml", "runs.jsonl", "predictions/a.parquet", "questions/gqa.jsonl", "canaries/a.json")
NAMES = st.one_of(
    st.sampled_from(PLACED),
    st.text(min_size=1, max_size=30),
    st.builds("/".join, st.lists(st.sampled_from(("..", ".", "predictions", "a.parquet", "", "~")), min_size=1)),
)
MEMBERS = st.lists(st.tuples(NAMES, st.binary(max_size=200)), min_size=1, max_size=5)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MEGABYTE = 2**20


def zipped(members) -> bytes:
    """Write members as they come, twice if they come twice."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members:
            file.writestr(zipfile.ZipInfo(name), data)
    return kept.getvalue()


def opened(data: bytes) -> dict[str, bytes] | None:
    """Unpack in a folder of its own; return the files that lie there, or None where it was refused.

    Nothing may lie beside the folder afterwards, and nothing in it that has no place.
    """
    with tempfile.TemporaryDirectory() as around:
        path, target = Path(around) / "a.zip", Path(around) / "target"
        path.write_bytes(data)
        target.mkdir()
        try:
            names = archive.unpack(path, target)
        except InvalidEvidence:
            names = None
        lie = {one.relative_to(target).as_posix() for one in target.rglob("*") if not one.is_dir()}
        assert {one.name for one in Path(around).iterdir()} == {"a.zip", "target"}
        assert all(archive.PLACES.fullmatch(name) for name in lie)
        assert not any(one.is_symlink() for one in target.rglob("*"))
        return None if names is None else {name: (target / name).read_bytes() for name in names}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@QUICK
@given(MEMBERS)
def test_members_are_unpacked_whole_or_the_archive_is_refused(members):
    found = opened(zipped(members))
    if found is not None:
        assert found == dict(members)
        assert len(found) == len(members)


@QUICK
@given(st.binary(max_size=400))
def test_bytes_that_are_no_archive_are_refused(data):
    assert opened(data) is None
    assert opened(b"PK\x03\x04" + data) is None


@QUICK
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=8))
def test_an_archive_with_bytes_changed_is_refused_or_holds_what_its_checksums_say(changes):
    good = dict.fromkeys(PLACED[:3], b"some text that is long enough to be packed, packed, packed")
    data = bytearray(zipped(good.items()))
    for place, value in changes:
        data[place % len(data)] = value
    found = opened(bytes(data))
    if found is not None:
        assert set(found.values()) <= {*good.values(), b""}


@QUICK
@given(st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_an_end_of_archive_that_lies_is_refused(entries, size, start):
    data = zipped([("scores.csv", b"a,b")])
    body, true = data[:-22], struct.unpack("<8x2xHII2x", data[-22:])
    if (entries, size, start) != true:
        assert opened(body + b"PK\x05\x06" + struct.pack("<4xHHIIH", entries, entries, size, start, 0)) is None


def bomb(announced: int | None = None) -> bytes:
    """Pack 512 MB of zeros in half a megabyte, without ever holding them; `announced` is the size that it claims."""
    packer, check, block, packed = zlib.compressobj(9, zlib.DEFLATED, -15), 0, bytes(MEGABYTE), []
    for _ in range(512):
        packed.append(packer.compress(block))
        check = zlib.crc32(block, check)
    packed.append(packer.flush())
    data, size = b"".join(packed), 512 * MEGABYTE if announced is None else announced
    sizes = struct.pack("<III", check, len(data), size)
    head = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sizes + struct.pack("<HH", 10, 0) + b"scores.csv"
    listed = b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 33) + sizes
    listed += struct.pack("<HHHHHII", 10, 0, 0, 0, 0, 0, 0) + b"scores.csv"
    end = b"PK\x05\x06" + struct.pack("<4xHHIIH", 1, 1, len(listed), len(head) + len(data), 0)
    return head + data + listed + end


@pytest.mark.slow
@pytest.mark.parametrize("announced", [None, 100 * MEGABYTE, 1000])
def test_a_bomb_costs_neither_memory_nor_disk(announced):
    data = bomb(announced)
    tracemalloc.start()
    refused = opened(data) is None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused
    assert peak < len(data) + 64 * MEGABYTE


@pytest.mark.parametrize("kind", ["w", "w:gz", "w:xz"])
def test_a_tar_file_is_no_bundle_whatever_it_is_called(kind):
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode=kind) as file:
        link = tarfile.TarInfo("scores.csv")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        file.addfile(link)
    assert opened(kept.getvalue()) is None


def test_a_zip_file_in_a_zip_file_is_unpacked_once():
    inner = zipped([("scores.csv", bytes(MEGABYTE))])
    assert opened(zipped([("scores.csv", inner)])) == {"scores.csv": inner}
    assert opened(zipped([("inner.zip", inner)])) is None


def test_two_names_for_one_member_are_refused():
    """The directory of the archive names one member twice, as bombs that quote themselves do."""
    data = zipped([("scores.csv", b"x" * 1000)])
    listed, end = data[data.index(b"PK\x01\x02") : -22], data[-22:]
    other = listed.replace(b"scores.csv", b"runs.jsonl")
    start = struct.unpack("<I", end[16:20])[0]
    twice = data[:start] + listed + other
    twice += b"PK\x05\x06" + struct.pack("<4xHHIIH", 2, 2, len(listed + other), start, 0)
    assert opened(twice) is None
