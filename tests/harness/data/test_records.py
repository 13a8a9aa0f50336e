"""A mixture is read record by record, and one that was cut short is never taken for a whole one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.data import records
from harness.data.records import stream
from harness.errors import InvalidEvidence

RECORDS = st.lists(
    st.fixed_dictionaries(
        {"id": st.text(max_size=9), "conversations": st.lists(st.dictionaries(st.text(), st.text()))}
    ),
    min_size=1,
    max_size=6,
)


@given(RECORDS, st.sampled_from([None, 1]), st.booleans(), st.integers(1, 40))
def test_records_come_back_from_a_list_and_from_lines_whatever_the_piece(
    tmp_path_factory, wanted, indent, ascii, piece
):
    folder = tmp_path_factory.mktemp("records")
    whole, lines = folder / "whole.json", folder / "lines.jsonl"
    whole.write_text(json.dumps(wanted, indent=indent, ensure_ascii=ascii), encoding="utf-8")
    lines.write_text("".join(json.dumps(one, ensure_ascii=ascii) + "\n" for one in wanted), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "PIECE", piece)
        assert list(stream(whole)) == wanted
        assert list(stream(lines)) == wanted


@given(st.floats(0.02, 0.98))
def test_a_list_that_was_cut_short_is_refused(tmp_path_factory, share):
    text = json.dumps([{"id": str(number), "conversations": [{"from": "human"}]} for number in range(9)])
    file = tmp_path_factory.mktemp("cut") / "mixture.json"
    file.write_text(text[: int(share * len(text))])
    with pytest.raises(InvalidEvidence, match=str(file)):
        list(stream(file))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}{", '"words"', "[1, 2]", '[{"id": "a"}] more', '{"a": 1} 7', "[{'a': 1}]"]
)
def test_what_is_no_list_of_records_is_refused(tmp_path, text):
    file = tmp_path / "mixture.json"
    file.write_text(text)
    with pytest.raises(InvalidEvidence):
        list(stream(file))


def test_a_file_that_is_absent_or_no_text_is_refused(tmp_path):
    with pytest.raises(InvalidEvidence, match="no training data at"):
        list(stream(tmp_path / "none.json"))
    file = tmp_path / "binary.json"
    file.write_bytes(b'[{"id": "a"}, {"id": "\xff"}]')
    with pytest.raises(InvalidEvidence, match="no UTF-8 text"):
        list(stream(file))
