"""Nothing in a stranger's zip file decides where or how much is written."""

import os
import stat
import struct
import zipfile

import pytest

from harness.errors import InvalidEvidence
from harness.record import archive

GOOD = {"scores.csv": b"a,b\n", "predictions/tiny.clip.gqa.s0.parquet": b"PAR1 and so on"}


def packed(path, members=None):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in (members or GOOD).items():
            file.writestr(name, data)
    return path


def test_what_is_packed_is_unpacked_and_equal_folders_give_equal_bytes(tmp_path):
    folder, again = tmp_path / "in", tmp_path / "out"
    (folder / "predictions").mkdir(parents=True)
    again.mkdir()
    for name, data in GOOD.items():
        (folder / name).write_bytes(data)
    archive.pack(folder, tmp_path / "a.zip")
    archive.pack(folder, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert set(archive.unpack(tmp_path / "a.zip", again)) == set(GOOD)
    assert {name: (again / name).read_bytes() for name in GOOD} == GOOD


def refused(path, tmp_path, words):
    target = tmp_path / "deep" / "target"
    target.mkdir(parents=True)
    before = {one for one in tmp_path.rglob("*") if not one.is_relative_to(target)}
    with pytest.raises(InvalidEvidence, match=words):
        archive.unpack(path, target)
    assert {one for one in tmp_path.rglob("*") if not one.is_relative_to(target)} == before


@pytest.mark.parametrize(
    "name",
    [
        *("../scores.csv", "/scores.csv", "predictions/../../x.parquet", "predictions/..parquet", "C:\\scores.csv"),
        *("scores.csv/", "Scores.csv", "weights.pt", "predictions/a.pkl", "questions/a/b.jsonl", "./scores.csv"),
        *("predictions/-rf.parquet", "predictions/e\u0301.parquet", "policy.yaml", "predictions\\a.parquet"),
    ],
)
def test_a_name_that_has_no_place_is_refused(tmp_path, name):
    refused(packed(tmp_path / "a.zip", {name: b"x"}), tmp_path, "has no place in a bundle")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr("scores.csv", b"1")
        file.writestr("scores.csv", b"2")
    refused(tmp_path / "a.zip", tmp_path, "stands twice")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_a_link_or_a_device_is_refused(tmp_path, kind):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        link = zipfile.ZipInfo("scores.csv")
        link.external_attr = (kind | 0o777) << 16
        file.writestr(link, "/etc/passwd")
    refused(tmp_path / "a.zip", tmp_path, "link, a device")


def test_a_bomb_is_refused_before_and_while_it_unpacks(tmp_path, monkeypatch):
    bomb = packed(tmp_path / "a.zip", {"scores.csv": bytes(40 * 2**20)})
    refused(bomb, tmp_path, "bomb")
    monkeypatch.setattr(archive, "RATIO_LIMIT", 10**9)
    monkeypatch.setattr(archive, "UNPACKED_LIMIT", 2**20)
    refused(bomb, tmp_path / "again", "more than a bundle may hold")


def test_a_size_that_lies_is_refused(tmp_path):
    path = packed(tmp_path / "a.zip", {"scores.csv": bytes(2**20)})
    data = bytearray(path.read_bytes())
    place = data.rfind(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 7)
    path.write_bytes(data)
    refused(path, tmp_path, "no readable zip|bundle")


def test_too_many_members_are_refused_before_they_are_listed(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MEMBERS_LIMIT", 1)
    refused(packed(tmp_path / "a.zip"), tmp_path, "lists 2 members")


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: b"#!" + data,
        lambda data: data[: len(data) // 2],
        lambda data: data[:40] + bytes(6) + data[46:],
        lambda data: os.urandom(200),
    ],
)
def test_a_damaged_file_is_refused(tmp_path, change):
    path = packed(tmp_path / "a.zip")
    path.write_bytes(change(path.read_bytes()))
    refused(path, tmp_path, "zip")


@pytest.mark.parametrize(
    "members", [{"predictions/a.parquet": b"\x80\x04 a pickle"}, {"scores.csv": b"PAR1"}, {"runs.jsonl": b"PAR1"}]
)
def test_a_file_of_another_kind_than_its_name_is_refused(tmp_path, members):
    refused(packed(tmp_path / "a.zip", members), tmp_path, "not of the kind")
