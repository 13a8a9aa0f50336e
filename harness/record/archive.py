"""Write a bundle as one zip file and open a stranger's: nothing in it decides where a byte is written.

Members are streamed one by one into a fresh folder under names that match a closed list of places, so absolute names,
`..`, links, devices, case collisions and names twice never reach the disk. Counts, sizes and the size of the central
directory are bounded before anything is unpacked, and what is unpacked is counted as it comes, not as it is announced.
"""

import re
import stat
import struct
import zipfile
import zlib
from pathlib import Path

from harness.errors import InvalidEvidence
from harness.record import durable

ARCHIVE_LIMIT = 2**30
UNPACKED_LIMIT = 2**31
MEMBER_LIMIT = 256 * 2**20
DIRECTORY_LIMIT = 4 * 2**20
MEMBERS_LIMIT = 20_000
RATIO_LIMIT = 1_000
BLOCK = 2**20
PLACES = re.compile(
    r"(?:ro-crate-metadata\.json|statement\.dsse\.json|scores\.csv|(?:runs|ledger|verdicts)\.jsonl|policy\.toml"
    r"|predictions/[a-z0-9_][a-z0-9_+.-]*\.parquet|questions/[a-z0-9_]+\.jsonl"
    r"|(?:configs|canaries)/[a-z0-9_][a-z0-9_+.-]*\.json)"
)
# Time and rights carry nothing, and equal content should give equal bytes.
EPOCH = (1980, 1, 1, 0, 0, 0)
PARQUET = b"PAR1"


def pack(folder: Path, target: Path) -> None:
    """Write a folder's files into a zip file, whole or not at all; equal folders give equal bytes.

    Raises:
        HarnessError: the disk refuses.
    """
    partial = target.with_name(f".{target.name}.partial")
    with durable.refusing(target, partial):
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, allowZip64=False) as archive:
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                name = path.relative_to(folder).as_posix()
                assert PLACES.fullmatch(name), name
                archive.writestr(zipfile.ZipInfo(name, EPOCH), path.read_bytes(), zipfile.ZIP_DEFLATED)
        partial.replace(target)


def unpack(archive: Path, folder: Path) -> tuple[str, ...]:
    """Unpack a bundle into an empty folder and return the names of its files.

    Raises:
        InvalidEvidence: it is no zip file, or holds what no bundle holds; the message names the member.
    """
    _look_at_end(archive)
    try:
        with zipfile.ZipFile(archive) as opened:
            members = opened.infolist()
            _look_at_members(members, archive)
            left = UNPACKED_LIMIT
            for member in members:
                left -= _stream(opened, member, folder, left, archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, EOFError, ValueError, RuntimeError, zlib.error) as error:
        raise InvalidEvidence(f"{archive} is no readable zip file: {error}") from error
    return tuple(member.filename for member in members)


def _look_at_end(archive: Path) -> None:
    """Bound the central directory before a parser builds it in memory."""
    if not archive.is_file():
        raise InvalidEvidence(f"{archive} is absent or no plain file; a bundle was expected there")
    size = archive.stat().st_size
    if size > ARCHIVE_LIMIT:
        raise InvalidEvidence(f"{archive} has {size:,} bytes; a bundle has at most {ARCHIVE_LIMIT:,}")
    with archive.open("rb") as file:
        first = file.read(4)
        file.seek(max(0, size - 22))
        end = file.read(22)
    if first != b"PK\x03\x04" or len(end) != 22 or not end.startswith(b"PK\x05\x06"):
        raise InvalidEvidence(f"{archive} is no zip file, or something was put before or behind it")
    entries, directory, start = struct.unpack("<8x2xHII2x", end)
    if entries > MEMBERS_LIMIT or directory > DIRECTORY_LIMIT or start + directory + 22 != size:
        raise InvalidEvidence(
            f"{archive} lists {entries:,} members in {directory:,} bytes, or is not one plain zip file"
        )


def _look_at_members(members: list[zipfile.ZipInfo], archive: Path) -> None:
    seen: set[str] = set()
    for member in members:
        name = member.filename
        kind = stat.S_IFMT(member.external_attr >> 16)
        if member.orig_filename != name or not PLACES.fullmatch(name):
            raise InvalidEvidence(f"{archive}: {member.orig_filename!r} has no place in a bundle")
        if kind not in (0, stat.S_IFREG) or member.is_dir() or member.flag_bits & 0x1:
            raise InvalidEvidence(f"{archive}: {name} is a link, a device or encrypted; only plain files belong there")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InvalidEvidence(f"{archive}: {name} is compressed by method {member.compress_type}")
        if name.lower() in seen:
            raise InvalidEvidence(f"{archive}: {name} stands twice")
        seen.add(name.lower())
        if member.file_size > MEMBER_LIMIT or member.file_size > RATIO_LIMIT * max(member.compress_size, 1024):
            raise InvalidEvidence(f"{archive}: {name} unpacks to {member.file_size:,} bytes; that is a bomb")


def _stream(opened: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, left: int, archive: Path) -> int:
    """Unpack one member and return its size; its own announcement is not trusted."""
    target = folder / member.filename
    target.parent.mkdir(exist_ok=True)
    written = 0
    with opened.open(member) as source, target.open("xb") as file:
        while block := source.read(BLOCK):
            written += len(block)
            if written > min(left, MEMBER_LIMIT):
                raise InvalidEvidence(f"{archive}: {member.filename} unpacks to more than a bundle may hold")
            if written == len(block) and member.filename.endswith(".parquet") != block.startswith(PARQUET):
                raise InvalidEvidence(f"{archive}: {member.filename} is not of the kind that its name says")
            file.write(block)
    return written
