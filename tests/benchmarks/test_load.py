import json
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.card import Picture
from benchmarks.load import load
from benchmarks.mini import parquet
from benchmarks.mini.columns import CHARTQA as CHARTQA_ROWS
from benchmarks.table import find
from tests.benchmarks.small_mirror import CHARTQA, FILE, listed, png, refused, rows_of


@pytest.fixture
def small(tmp_path):
    rows = rows_of(5)
    parquet.write(tmp_path / FILE, CHARTQA_ROWS, rows)
    listed(tmp_path, FILE, 5, CHARTQA_ROWS.names)
    return tmp_path


def test_samples_stand_in_the_order_of_the_rows_and_pictures_open(small):
    samples = load(CHARTQA, small).samples
    assert [sample.question for sample in samples] == [f"What {i}?" for i in range(5)]
    assert samples[3].pictures[0].open().getpixel((0, 0)) == (3, 0, 0)
    assert samples[3].pictures[0].digest == sha256(samples[3].pictures[0].read()).hexdigest()


def test_several_shards_read_like_one_file(small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("shards")
    rows, entries = rows_of(5), []
    for shard, part in enumerate((rows[:2], rows[2:])):
        path = f"lmms-lab/ChartQA/default/test-0000{shard}-of-00002.parquet"
        parquet.write(folder / path, CHARTQA_ROWS, part)
        digest = sha256((folder / path).read_bytes()).hexdigest()
        entries.append({"path": path, "rows": len(part), "columns": CHARTQA_ROWS.names, "sha256": digest})
    (folder / "manifest.json").write_text(json.dumps({"format": 1, "files": entries}))
    assert load(CHARTQA, folder) == load(CHARTQA, small)


def test_the_digest_changes_with_anything_in_a_sample_and_with_nothing_else(tmp_path_factory):
    def digest(rows):
        folder = tmp_path_factory.mktemp("digest")
        parquet.write(folder / FILE, CHARTQA_ROWS, rows)
        listed(folder, FILE, len(rows), CHARTQA_ROWS.names)
        return load(CHARTQA, folder).digest

    rows = rows_of(3)
    other_name = [{**row, "image": {**row["image"], "path": "elsewhere.png"}} for row in rows]
    assert digest(rows) == digest(other_name)
    changed = [
        rows[::-1],
        rows[:2],
        [{**rows[0], "question": "Other?"}, *rows[1:]],
        [{**rows[0], "answer": "9"}, *rows[1:]],
        [{**rows[0], "image": {"bytes": png(99), "path": None}}, *rows[1:]],
    ]
    digests = [digest(case) for case in (rows, *changed)]
    assert len(set(digests)) == len(digests)


def test_an_altered_file_is_named_with_both_digests(small):
    expected = sha256((small / FILE).read_bytes()).hexdigest()
    data = bytearray((small / FILE).read_bytes())
    data[len(data) // 2] ^= 1
    (small / FILE).write_bytes(data)
    refused(small, FILE, expected, sha256(data).hexdigest())


def test_a_truncated_file_is_refused_even_if_the_manifest_lists_it_so(small):
    data = (small / FILE).read_bytes()
    (small / FILE).write_bytes(data[: len(data) // 2])
    refused(small, FILE, "sha256")
    listed(small, FILE, 5, CHARTQA_ROWS.names)
    refused(small, FILE, "Parquet")


def test_an_absent_file_is_named(small):
    (small / FILE).unlink()
    refused(small, FILE)


def test_a_wrong_row_count_is_said_with_both_numbers(small):
    listed(small, FILE, 6, CHARTQA_ROWS.names)
    refused(small, FILE, "5 rows", "6")


def test_a_missing_column_is_named(small):
    table = pq.read_table(small / FILE).drop_columns(["answer"])
    pq.write_table(table, small / FILE)
    listed(small, FILE, 5, table.column_names)
    refused(small, "answer", "found type, question, image")


def test_columns_that_the_manifest_does_not_list_arerefused(small):
    listed(small, FILE, 5, ["type", "question"])
    refused(small, FILE, "columns")


def test_an_empty_table_is_invalid(small):
    parquet.write(small / FILE, CHARTQA_ROWS, [])
    listed(small, FILE, 0, CHARTQA_ROWS.names)
    refused(small, "no rows")


def test_an_empty_gold_answer_is_invalid(small):
    parquet.write(small / FILE, CHARTQA_ROWS, [{**rows_of(1)[0], "answer": " "}])
    listed(small, FILE, 1, CHARTQA_ROWS.names)
    refused(small, "row 0", "answer", "blank")


def test_a_duplicate_id_is_invalid(mirror, tmp_path):
    cv_bench = find("cv_bench_2d")
    path = "nyu-visionx/CV-Bench/2D/test-00000-of-00001.parquet"
    table = pq.read_table(mirror / path)
    (tmp_path / path).parent.mkdir(parents=True)
    pq.write_table(pa.concat_tables([table, table.slice(7, 1)]), tmp_path / path)
    listed(tmp_path, path, table.num_rows + 1, table.column_names)
    refused(tmp_path, "'7'", "twice", benchmark=cv_bench)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"format": 1}', '{"format": 9, "files": []}', '{"format": 1, "files": [{}]}']
)
def test_a_broken_manifest_is_invalid(small, content):
    (small / "manifest.json").write_text(content)
    refused(small, "manifest.json")


def test_a_folder_that_is_no_mirror_is_invalid(tmp_path):
    refused(tmp_path, str(tmp_path))
    refused(tmp_path / "nowhere", "nowhere")


def test_a_benchmark_that_the_mirror_lacks_is_answered_with_what_it_holds(small):
    refused(small, "It holds: lmms-lab/ChartQA.", "mirror.location=hub", benchmark=find("ai2d"))
    other = replace(CHARTQA, source=replace(CHARTQA.source, split="val"))
    refused(small, f"It holds: {FILE}.", benchmark=other)


def test_pictures_are_equal_iff_their_bytes_are():
    assert Picture.of(b"a") == Picture.of(b"a") != Picture.of(b"b")


def test_loading_twenty_thousand_rows_adds_little_memory(tmp_path):
    # Whatever follows the end of a PNG is not looked at.
    image = {"bytes": png().ljust(16_000, b"\0"), "path": None}
    rows = [{"type": "human_test", "question": f"What {i}?", "answer": "1", "image": image} for i in range(256)]
    path = tmp_path / FILE
    path.parent.mkdir(parents=True)
    with pq.ParquetWriter(path, CHARTQA_ROWS, compression="none", use_dictionary=False) as writer:
        for _ in range(80):
            writer.write_table(pa.Table.from_pylist(rows, CHARTQA_ROWS), row_group_size=64)
    listed(tmp_path, FILE, 20_480, CHARTQA_ROWS.names)
    code = (
        "import resource, sys\nfrom pathlib import Path\n"
        "from benchmarks.load import load\nfrom benchmarks.table import find\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "samples = load(find('chartqa'), Path(sys.argv[1])).samples\n"
        "assert len(samples) == 20480 and len(samples[-1].pictures[0].read()) == 16000\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)"
    )
    added_mib = int(subprocess.check_output([sys.executable, "-c", code, str(tmp_path)], text=True))
    assert added_mib < 200
