"""A folder agrees with its list in every name and every byte, or the difference is named."""

import pytest

from harness.errors import InvalidEvidence
from harness.record.durable import sha256_of
from harness.record.manifest import Manifest


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a").write_text("one")
    (tmp_path / "b").write_text("two")
    Manifest.of(tmp_path).write(tmp_path)
    return tmp_path


def test_a_folder_agrees_with_the_list_made_of_it(folder):
    listed = Manifest.read(folder)
    listed.check(folder)
    assert list(listed.files) == ["b", "deep/a"]
    assert listed.digest == Manifest.of(folder).digest


def test_an_edited_file_is_named_with_both_digests(folder):
    before = sha256_of(folder / "b")
    (folder / "b").write_text("owt")
    with pytest.raises(InvalidEvidence, match=f"{before}.*{sha256_of(folder / 'b')}"):
        Manifest.read(folder).check(folder)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda folder: (folder / "deep" / "a").unlink(), "1 of 2 files missing: deep/a"),
        (lambda folder: (folder / "c").write_text(""), "1 of 2 files not listed: c"),
        (lambda folder: (folder / "c").symlink_to("b"), "is a link"),
        (lambda folder: (folder / "manifest.json").unlink(), "absent"),
        (lambda folder: (folder / "manifest.json").write_text("{}"), "files: Field required"),
        (lambda folder: (folder / "manifest.json").write_text('{"files":{}} '), "not in canonical form"),
    ],
)
def test_every_other_difference_is_named(folder, change, words):
    change(folder)
    with pytest.raises(InvalidEvidence, match=words):
        Manifest.read(folder).check(folder)
