"""What cells hold is read as it is written, or refused by the record's name."""

import json

import pytest

from harness.data.cells import NOTHING, Contents, read_cells, token_ids
from harness.errors import InvalidEvidence


def written(folder, content: object):
    file = folder / "cells.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def test_cells_come_as_they_are_written(tmp_path):
    record = {"id": "r7", "image": "a.png", "cells": [[" red", " ring"], [], ["7"]]}
    (one,) = read_cells(written(tmp_path, [record]), tmp_path)
    assert one == Contents("r7", tmp_path / "a.png", ((" red", " ring"), (), ("7",)))


@pytest.mark.parametrize("cells", ["words", None, {"0": []}, ["red"], [["red"], None], [[5]], [[""]], [[["red"]]]])
def test_faulty_cells_are_refused_by_their_record(tmp_path, cells):
    with pytest.raises(InvalidEvidence, match=r"record 1, 'r7'"):
        read_cells(
            written(tmp_path, [{"id": i, "image": "a", "cells": c} for i, c in (("fine", [[]]), ("r7", cells))]),
            tmp_path,
        )


@pytest.mark.parametrize("content", ["", "[", "{}", "[5]", "[{}]", "null", '[{"id": "r", "image": "a"}]'])
def test_a_file_of_another_form_is_refused(tmp_path, content):
    file = written(tmp_path, content)
    with pytest.raises(InvalidEvidence, match=str(file)):
        read_cells(file, tmp_path)


def test_words_are_laid_out_as_wide_as_the_fullest_cell(miniature):
    speech = miniature.speech()

    def spelled(*words):
        return [token for word in words for token in speech.tokenizer.encode(word, add_special_tokens=False)]

    ids = token_ids([[[" red", "Q"], []], [["7"], ["7", "8", "9"]]], speech)
    width = ids.shape[2]
    assert width == max(3, len(spelled(" red", "Q")))
    for row, words in zip(ids.flatten(0, 1).tolist(), ([" red", "Q"], [], ["7"], ["7", "8", "9"]), strict=True):
        assert row == spelled(*words) + [NOTHING] * (width - len(spelled(*words)))
    assert token_ids([[[]]], speech, width=6).shape == (1, 1, 6)
