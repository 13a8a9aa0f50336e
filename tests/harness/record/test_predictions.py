"""Answers come back as they were written, and nothing else is taken for answers."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import InvalidEvidence
from harness.record import predictions as store
from harness.schema.frozen import canonical
from harness.schema.prediction import Prediction
from tests.harness.nouns import header, predictions, samples

FINITE = st.floats(allow_nan=False, allow_infinity=False)


def answer(draw_text):
    tokens = st.lists(st.tuples(st.integers(0, 2**31 - 1), FINITE), max_size=6)
    return st.builds(
        lambda text, pairs, finish: (text, tuple(t for t, _ in pairs), tuple(m for _, m in pairs), finish),
        draw_text,
        tokens,
        st.sampled_from(["stop", "length"]),
    )


@settings(max_examples=40)
@given(st.lists(answer(st.text(st.characters(exclude_categories=["Cs"]))), min_size=1, max_size=8))
def test_answers_come_back_bit_for_bit(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("answers") / "answers.parquet"
    given_rows = tuple(Prediction(f"q{index}", *row) for index, row in enumerate(rows))
    store.write(path, header(len(rows)), given_rows)
    assert store.read(path) == (header(len(rows)), given_rows)
    assert [one.name for one in path.parent.iterdir()] == ["answers.parquet"]


def test_answers_of_several_row_groups_come_back_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "ROWS_A_GROUP", 3)
    rows = tuple(Prediction(f"q{place}", "a" * place, (place,) * place, (0.5,) * place, "stop") for place in range(10))
    store.write(tmp_path / "a", header(10), rows)
    assert store.read(tmp_path / "a")[1] == rows


def test_the_row_that_is_wrong_is_named(tmp_path):
    margins = {"tokens": [[1, 2], [3, 4]], "margins": [[0.1, 0.2], [0.3, float("-inf")]]}
    for wrong in ({"finish": ["stop", ""]}, {"margins": [[0.5], [1.0]]}, margins):
        forge(tmp_path / "forged", columns(**wrong))
        with pytest.raises(InvalidEvidence, match="'q1'"):
            store.read(tmp_path / "forged")


def test_equal_answers_give_equal_bytes(tmp_path):
    asked = samples(50)
    for name in ("one", "two"):
        store.write(tmp_path / name, header(50), predictions(asked, ["yes"] * 50))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_header_must_count_its_answers(tmp_path):
    with pytest.raises(InvalidEvidence, match="counts 3 answers, 2 were given"):
        store.write(tmp_path / "a", header(3), predictions(samples(2), ["yes", "no"]))


GOOD = canonical(header(2).plain())


def columns(**changes):
    plain = {
        "sample_id": ["q0", "q1"],
        "text": ["a", "b"],
        "tokens": [[1], []],
        "margins": [[0.5], []],
        "finish": ["stop"] * 2,
    }
    return {**plain, **changes}


def forge(path, rows=None, schema=store.SCHEMA, metadata=None, **options):
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, schema, **{**store.WRITING, **options}) as writer:
        writer.write_table(pa.table(rows or columns(), schema=schema))
        writer.add_key_value_metadata({store.HEADER_KEY: GOOD, **(metadata or {}), store.SEAL_KEY: store.UNSEALED})
    path.write_bytes(store.sealed(sink.getvalue().to_pybytes()))


def test_the_forger_can_write_a_file_that_is_read(tmp_path):
    forge(tmp_path / "a")
    assert len(store.read(tmp_path / "a")[1]) == 2


@pytest.mark.parametrize(
    ("forgery", "reason"),
    [
        ({"rows": columns(margins=[[float("nan")], []])}, "no finite number"),
        ({"rows": columns(margins=[[float("inf")], []])}, "no finite number"),
        ({"rows": columns(margins=[[0.5, 0.5], []])}, "1 tokens and 2 margins"),
        ({"rows": columns(finish=["stop", "crash"])}, "finished by 'crash'"),
        (
            {"schema": store.SCHEMA.remove(4), "rows": {k: v for k, v in columns().items() if k != "finish"}},
            "expected the columns",
        ),
        (
            {"schema": store.SCHEMA.append(pa.field("code", pa.string())), "rows": columns(code=["x", "y"])},
            "expected the columns",
        ),
        ({"schema": store.SCHEMA.set(0, pa.field("sample_id", pa.string()))}, "expected the columns"),
        ({"metadata": {b"pandas": b"{}"}}, "expected the metadata keys"),
        (
            {"metadata": {store.HEADER_KEY: GOOD.replace(b'"count":2', b'"count":3')}},
            "counts 3 answers, the file holds 2",
        ),
        ({"metadata": {store.HEADER_KEY: GOOD.replace(b'"count":2', b'"count":NaN')}}, "no valid PredictionHeader"),
        ({"metadata": {store.HEADER_KEY: GOOD.replace(b'"count":2', b'"count":9,"count":2')}}, "not in canonical form"),
        (
            {"metadata": {store.HEADER_KEY: GOOD.replace(b'"count":2', b'"count":2,"why":1')}},
            "no valid PredictionHeader",
        ),
        ({"metadata": {store.HEADER_KEY: b"[" * 100_000}}, "no valid PredictionHeader"),
        ({"use_dictionary": True}, "dictionary-encoded"),
    ],
)
def test_a_forged_file_is_refused_by_name(tmp_path, forgery, reason):
    forge(tmp_path / "forged.parquet", **forgery)
    with pytest.raises(InvalidEvidence, match=reason) as refused:
        store.read(tmp_path / "forged.parquet")
    assert "forged.parquet" in str(refused.value)


def test_a_cut_or_bent_file_is_refused_before_it_is_parsed(tmp_path):
    path = tmp_path / "answers.parquet"
    asked = samples(20)
    store.write(path, header(20), predictions(asked, ["yes"] * 20))
    whole = path.read_bytes()
    bent = [whole[:size] for size in range(0, len(whole), 7)]
    for place in range(0, len(whole), 3):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 8
        bent.append(bytes(flipped))
    for data in bent:
        path.write_bytes(data)
        with pytest.raises(InvalidEvidence, match=r"answers\.parquet"):
            store.read(path)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" * 10, b"\x80\x04\x95not a pickle", b"PK\x03\x04", b"{}"])
def test_what_is_no_parquet_is_refused(tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(InvalidEvidence, match="no sealed file"):
        store.read(tmp_path / "a")


def test_an_absent_or_huge_file_is_refused_before_it_is_read(tmp_path):
    with pytest.raises(InvalidEvidence, match="absent"):
        store.read(tmp_path / "nothing")
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(store.BYTES_LIMIT + 1)
    with pytest.raises(InvalidEvidence, match="at most"):
        store.read(tmp_path / "huge")
