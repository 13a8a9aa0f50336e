"""MMVP stands on the hub as a CSV file and a folder of pictures; here small ones of the same layout are read."""

import csv
import io
import json
from dataclasses import replace
from hashlib import sha256

import pytest
from huggingface_hub import constants
from PIL import Image

from benchmarks.errors import InvalidData
from benchmarks.load import load
from benchmarks.vision_centric.mmvp import MMVP

HEADER = ["Index", "Question", "Options", "Correct Answer"]
BELOW = "MMVP/MMVP"


def _picture(shade: int) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (4, 4), (shade, 0, 0)).save(stream, "PNG")
    return stream.getvalue()


def _lines(count=4):
    return [[str(i), "Open, or closed?", "(a) Open (b) Closed", "(a)" if i % 2 else "(b)"] for i in range(1, count + 1)]


def _write(root, lines, header=HEADER, pictures=None):
    (root / "MMVP Images").mkdir(parents=True)
    with (root / "Questions.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *lines])
    for name, data in (pictures or {line[0]: _picture(int(line[0])) for line in _lines(4)}).items():
        (root / "MMVP Images" / f"{name}.jpg").write_bytes(data)


def _entry(mirror, path, rows=1, columns=()):
    digest = sha256((mirror / path).read_bytes()).hexdigest()
    return {"path": path, "rows": rows, "columns": list(columns), "sha256": digest}


def _list(mirror, rows=4, columns=HEADER):
    pictures = sorted((mirror / BELOW / "MMVP Images").iterdir())
    files = [_entry(mirror, f"{BELOW}/MMVP Images/{picture.name}") for picture in pictures]
    files.append(_entry(mirror, f"{BELOW}/Questions.csv", rows, columns))
    (mirror / "manifest.json").write_text(json.dumps({"format": 1, "files": files}))


@pytest.fixture
def mirror(tmp_path):
    _write(tmp_path / BELOW, _lines())
    _list(tmp_path)
    return tmp_path


def _refused(mirror, *words):
    with pytest.raises(InvalidData) as caught:
        load(MMVP, mirror)
    for word in words:
        assert word in str(caught.value)


def test_rows_and_pictures_are_joined_by_the_index(mirror):
    samples = load(MMVP, mirror).samples
    assert [sample.id for sample in samples] == ["1", "2", "3", "4"]
    assert [sample.answers for sample in samples] == [("A",), ("B",), ("A",), ("B",)]
    assert [sample.pictures[0].open().getpixel((0, 0))[0] for sample in samples] == [1, 2, 3, 4]
    assert samples[0].question == "Open, or closed?"


def test_a_byte_order_mark_and_empty_lines_change_nothing(mirror):
    before = load(MMVP, mirror)
    path = mirror / BELOW / "Questions.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\r\n", b"\r\n\r\n"))
    _list(mirror)
    assert load(MMVP, mirror) == before


def test_the_misspelt_first_column_of_some_copies_is_known(mirror, tmp_path_factory):
    other = tmp_path_factory.mktemp("misspelt")
    _write(other / BELOW, _lines(), ["lndex", *HEADER[1:]])
    _list(other, columns=["lndex", *HEADER[1:]])
    assert load(MMVP, other) == load(MMVP, mirror)


def test_an_altered_or_absent_picture_is_named_with_its_row(mirror):
    path = mirror / BELOW / "MMVP Images" / "3.jpg"
    path.write_bytes(_picture(9))
    _refused(mirror, "3.jpg", "'3'", "expected", "found")
    path.unlink()
    _refused(mirror, "3.jpg", "'3'", "cannot be read")


def test_a_picture_that_is_no_image_or_not_listed_is_named_with_its_row(mirror):
    (mirror / BELOW / "MMVP Images" / "2.jpg").write_bytes(b"no image")
    _list(mirror)
    _refused(mirror, "2.jpg", "'2'", "no image")
    manifest = json.loads((mirror / "manifest.json").read_text())
    manifest["files"] = [file for file in manifest["files"] if not file["path"].endswith("1.jpg")]
    (mirror / "manifest.json").write_text(json.dumps(manifest))
    _refused(mirror, "1.jpg", "manifest")


def test_an_altered_table_is_refused(mirror):
    path = mirror / BELOW / "Questions.csv"
    path.write_bytes(path.read_bytes().replace(b"(b)\r\n", b"(a)\r\n", 1))
    _refused(mirror, "Questions.csv", "sha256")


@pytest.mark.parametrize(
    ("rows", "columns", "words"),
    [(5, HEADER, ("4 rows", "5")), (4, HEADER[:3], ("Correct Answer",)), (4, [*HEADER, "x"], ("x",))],
)
def test_a_table_that_the_manifest_does_not_describe_is_refused(mirror, rows, columns, words):
    _list(mirror, rows, columns)
    _refused(mirror, "Questions.csv", *words)


@pytest.mark.parametrize(
    ("lines", "header", "words"),
    [
        ([["1", "Open?"]], HEADER, ("line 2", "2 cells", "4 cells")),
        (_lines(1), ["Number", *HEADER[1:]], ("lacks column Index", "Number")),
        (_lines(1), ["Index", "Question", "Options", "Answer"], ("Correct Answer",)),
        ([["../1", *_lines(1)[0][1:]]], HEADER, ("'../1'",)),
        ([["", *_lines(1)[0][1:]]], HEADER, ("Index ''",)),
        ([_lines(1)[0], _lines(1)[0]], HEADER, ("'1'", "twice")),
        ([[*_lines(1)[0][:3], "(c)"]], HEADER, ("Index '1'", "(a) or (b)")),
        ([[*_lines(1)[0][:3], ""]], HEADER, ("Index '1'", "Correct Answer", "blank")),
        ([["9", *_lines(1)[0][1:]]], HEADER, ("9.jpg", "cannot be read")),
        ([], HEADER, ("no rows",)),
    ],
)
def test_a_bad_line_is_named(tmp_path, lines, header, words):
    _write(tmp_path / BELOW, lines, header)
    _list(tmp_path, len(lines), header)
    _refused(tmp_path, *words)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\xfa", b'Index,"Question\n'])
def test_a_file_that_is_no_table_is_refused(mirror, content):
    (mirror / BELOW / "Questions.csv").write_bytes(content)
    _list(mirror)
    _refused(mirror, "Questions.csv")


def test_a_mirror_without_the_table_says_what_it_holds(mirror):
    (mirror / "manifest.json").write_text(
        json.dumps({"format": 1, "files": [_entry(mirror, f"{BELOW}/MMVP Images/1.jpg")]})
    )
    _refused(mirror, "does not hold MMVP/MMVP/Questions.csv", "MMVP/MMVP/MMVP Images")


@pytest.fixture
def cached(tmp_path, monkeypatch):
    """Lay the files out as the hub's cache holds a commit, so that the door is tried without a network."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    snapshot = tmp_path / "hub" / "datasets--MMVP--MMVP" / "snapshots" / MMVP.source.revision
    _write(snapshot, _lines())
    return replace(MMVP, source=replace(MMVP.source, rows=4))


def test_hub_and_mirror_give_the_same_samples(mirror, cached):
    assert load(cached) == load(MMVP, mirror)


def test_a_row_count_that_the_card_does_not_state_is_refused(cached):
    with pytest.raises(InvalidData, match="has 4 rows, the card says 300"):
        load(MMVP)


def test_a_revision_that_is_not_in_the_cache_is_refused_offline(cached):
    card = replace(cached, source=replace(cached.source, revision="0" * 40))
    with pytest.raises(InvalidData, match="cannot read MMVP/MMVP at revision 000"):
        load(card)
