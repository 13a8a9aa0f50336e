from pathlib import Path

import pytest

from benchmarks.mini.folder import replaced


def test_a_folder_appears_whole_at_the_end(tmp_path):
    with replaced(tmp_path / "deep" / "made") as fresh:
        (fresh / "a").write_text("1")
        assert not (tmp_path / "deep" / "made").exists()
    assert (tmp_path / "deep" / "made" / "a").read_text() == "1"


def test_a_new_folder_takes_the_place_of_the_old_one_and_leaves_nothing_beside(tmp_path):
    for content in ("1", "2"):
        with replaced(tmp_path / "made") as fresh:
            (fresh / content).write_text(content)
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["2"]
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_an_error_while_writing_keeps_the_old_folder(tmp_path):
    with replaced(tmp_path / "made") as fresh:
        (fresh / "a").write_text("1")
    with pytest.raises(FileNotFoundError), replaced(tmp_path / "made") as fresh:
        (fresh / "absent" / "b").write_text("2")
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["a"]
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_an_error_while_taking_the_place_puts_the_old_folder_back(tmp_path, monkeypatch):
    with replaced(tmp_path / "made") as fresh:
        (fresh / "a").write_text("1")
    rename = Path.rename

    def refuse(self, target):
        if self.name == "new":
            raise OSError("refused")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError, match="refused"), replaced(tmp_path / "made") as fresh:
        (fresh / "b").write_text("2")
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["a"]
