"""A question that a mixture holds is reported, in a table, as JSON and as Markdown; a clean mixture is told clean."""

import json

import pytest

from benchmarks.card import Sample
from benchmarks.errors import UnknownName
from benchmarks.load import Loaded
from harness.cli import scanning
from harness.cli.pinning import pin
from harness.errors import InvalidEvidence, UsageError
from harness.run.local import Local
from tests.harness.data.mixtures import spoiled, whole, write
from tests.harness.data.test_contamination import LONG, encoded, photograph, record, sample


@pytest.fixture
def samples(monkeypatch, tmp_path) -> list[Sample]:
    """Give every benchmark the same few photographs as its questions."""
    monkeypatch.setenv("HARNESS_STORE", str(tmp_path / "store"))
    made = [sample(number) for number in range(6)] + [sample(9, LONG)]
    monkeypatch.setattr(Local, "load", lambda self, card: Loaded(tuple(made), "0" * 64))
    return made


@pytest.fixture
def mixture(tmp_path):
    """Write a mixture whose pictures are no benchmark's."""
    for number in range(100, 104):
        (tmp_path / f"{number}.png").write_bytes(encoded(photograph(number)))
    clean = [record(f"r{number}", f"{number}.png", "What is this?") for number in range(100, 104)]
    write(tmp_path / "mixture.json", clean)
    return tmp_path / "mixture.json"


def plant(mixture, *records) -> None:
    write(mixture, [*json.loads(mixture.read_text()), *records])


def told(capsys, *words, **options):
    code = scanning.scan(*words, overrides=(), as_json=True, **{"pictures": None, "to": None, **options})
    return code, json.loads(capsys.readouterr().out)


def test_a_clean_mixture_holds_nothing_of_all_sixteen(samples, mixture, capsys):
    code, found = told(capsys, mixture, "all")
    assert code == 0
    assert (found["records"], found["pictures"], found["unread"], found["findings"]) == (4, 4, [], [])
    assert len(found["benchmarks"]) == 16
    assert all(one["questions"] == len(samples) and one["taken"] == [] for one in found["benchmarks"].values())


def test_a_planted_question_is_found_and_leaves_with_40(samples, mixture, capsys):
    (mixture.parent / "leak.png").write_bytes(encoded(photograph(3)))
    plant(mixture, record("leak", "leak.png", "What is this?"))
    code, found = told(capsys, mixture, "chartqa,gqa")
    assert code == scanning.TAKEN
    assert set(found["benchmarks"]) == {"chartqa", "gqa"}
    assert found["benchmarks"]["gqa"]["taken"] == ["3"]
    assert {(one["record"], one["how"]) for one in found["findings"]} == {("leak", "same picture")}


def test_a_copy_that_was_changed_is_told_apart_from_the_very_picture(samples, mixture, capsys):
    (mixture.parent / "small.jpg").write_bytes(encoded(photograph(3).resize((200, 150)), "JPEG", quality=60))
    plant(mixture, record("small", "small.jpg", "What is this?"), record("words", None, LONG))
    code, found = told(capsys, mixture, "gqa")
    one = found["benchmarks"]["gqa"]
    assert code == 0
    assert (one["taken"], one["alike"]) == ([], ["3"])
    assert (one["same_picture"], one["like_picture"], one["like_question"]) == (0, 1, 1)


def test_pictures_that_cannot_be_read_leave_with_30_and_their_names(samples, mixture, capsys):
    plant(mixture, record("gone", "gone.png", "What is this?"))
    code, found = told(capsys, mixture, "gqa")
    assert code == scanning.UNREAD
    assert "gone.png" in found["unread"][0]


def test_the_report_is_written_as_markdown(samples, mixture, capsys, tmp_path):
    (mixture.parent / "leak.png").write_bytes(encoded(photograph(3)))
    plant(mixture, record("leak", "leak.png", "What is this?"))
    report = tmp_path / "scan.md"
    scanning.scan(mixture, "gqa", None, report, (), as_json=False)
    text, shown = report.read_text(), capsys.readouterr().out
    assert "| gqa | 7 | 1 | 0 | 0 | 1 | 0 |" in text
    assert "| same picture | gqa | 3 | leak | 1.000 | 100 |" in text
    assert "same picture" in shown
    assert "5 records with 5 pictures" in shown


def test_what_cannot_be_scanned_is_refused(samples, mixture, tmp_path):
    with pytest.raises(UsageError, match=r"--to .*report\.md"):
        scanning.scan(mixture, "gqa", None, tmp_path / "report.txt", (), as_json=False)
    with pytest.raises(UnknownName, match="Did you mean 'chartqa'"):
        scanning.scan(mixture, "chartqua", None, None, (), as_json=False)
    with pytest.raises(InvalidEvidence, match="no training data at"):
        scanning.scan(tmp_path / "none.json", "gqa", None, None, (), as_json=False)


def test_pin_prints_the_digest_and_what_was_left_out(tmp_path, capsys):
    records = whole(tmp_path, 3)
    write(tmp_path / "m.json", [*records, *(one for one, _ in spoiled(tmp_path))])
    assert pin(tmp_path, ["m.json"], as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["records"], sum(found["left_out"]["m.json"].values())) == ({"m.json": 3}, 6)
    assert pin(tmp_path, ["m.json"], as_json=False) == 0
    assert f"manifest={found['manifest']}" in capsys.readouterr().out
