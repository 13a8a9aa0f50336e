"""A stranger's Parquet file is read elsewhere; what it does there stays there."""

import shutil
from hashlib import sha256

import pytest

from harness.errors import InvalidEvidence
from harness.record import predictions, quarantine
from tests.harness.nouns import header, samples
from tests.harness.nouns import predictions as answers


@pytest.fixture
def files(tmp_path):
    paths = [tmp_path / f"{index}.parquet" for index in range(3)]
    for path in paths:
        predictions.write(path, header(5), answers(samples(5), ["yes", "no", 'a "b"\n', "", "é"]))
    return paths


def test_what_comes_back_is_what_was_written(files):
    assert list(quarantine.read_all(files)) == [predictions.read(path) for path in files]
    assert list(quarantine.read_all([])) == []


def test_a_refusal_comes_back_with_its_reason(files):
    files[1].write_bytes(files[1].read_bytes()[:-9])
    reading = quarantine.read_all(files)
    next(reading)
    with pytest.raises(InvalidEvidence, match=r"1\.parquet"):
        next(reading)


def test_a_file_that_ends_the_child_is_named(files, monkeypatch):
    monkeypatch.setattr(quarantine.sys, "executable", shutil.which("true"))
    with pytest.raises(InvalidEvidence, match=r"0\.parquet: the process that read it was ended"):
        list(quarantine.read_all(files))


def test_a_footer_bent_and_sealed_again_never_ends_this_process(files):
    data = bytearray(files[0].read_bytes())
    place = predictions._seal_place(bytes(data))
    for at in range(len(data) - 400, len(data) - 8, 23):
        if place.start <= at < place.stop:
            continue
        bent = bytearray(data)
        bent[at] ^= 0x11
        bent[place] = predictions.UNSEALED
        if predictions._seal_place(bytes(bent)) != place:
            continue
        bent[place] = sha256(bent).hexdigest().encode()
        files[0].write_bytes(bent)
        try:
            ((found, rows),) = quarantine.read_all(files[:1])
        except InvalidEvidence:
            continue
        assert found.count == len(rows)


def test_no_module_of_the_folder_that_words_are_typed_in_is_run(files, tmp_path, monkeypatch):
    for name in ("json.py", "numpy.py", "harness.py"):
        (tmp_path / name).write_text("raise SystemExit('a stranger was run')")
    monkeypatch.chdir(tmp_path)
    assert len(list(quarantine.read_all(files))) == len(files)
