import json
from collections import Counter
from hashlib import sha256

import pyarrow.parquet as pq
import pytest

from benchmarks.mini import mirror as mini_mirror
from benchmarks.table import BENCHMARKS

PINNED = "1ab59e68c8142d7c81a016862e59f6931b05d7df315c1f3e6fc275d4f351054d"
"""Depends on nothing but the seed and the locked pyarrow, which writes its version into each file."""


def test_the_mirror_has_the_same_bytes_on_every_machine(mirror):
    assert sha256((mirror / "manifest.json").read_bytes()).hexdigest() == PINNED


def test_drawing_again_gives_the_same_manifest_and_another_seed_another(mirror, tmp_path):
    told = []
    again = mini_mirror.draw(tmp_path / "a", 0, lambda done, of: told.append((done, of)))
    assert again == sha256((mirror / "manifest.json").read_bytes()).hexdigest()
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert mini_mirror.draw(tmp_path / "a", 1) != again


def test_every_benchmark_has_at_least_four_hundred_questions_over_many_pictures(opened):
    for benchmark in BENCHMARKS:
        samples = opened[benchmark.name].samples
        assert len(samples) >= 400
        sizes = Counter(sample.cluster for sample in samples)
        assert len(sizes) >= 100
        assert max(sizes.values()) <= 4
        assert sum(size > 1 for size in sizes.values()) > 90


def test_the_mirror_has_the_columns_of_the_hub_datasets(mirror):
    for entry in json.loads((mirror / "manifest.json").read_text())["files"]:
        schema = pq.read_schema(mirror / entry["path"])
        assert schema.names == entry["columns"]
        features = json.loads(schema.metadata[b"huggingface"])["info"]["features"]
        assert list(features) == schema.names
        assert features.get("image", {"_type": "Image"}) == {"_type": "Image"}


def test_the_sources_of_cv_bench_differ_in_size(opened):
    sizes = Counter(sample.meta["source"] for sample in opened["cv_bench_2d"].samples)
    assert set(sizes) == {"ADE20K", "COCO"}
    assert sizes["COCO"] > 1.3 * sizes["ADE20K"]


def test_pictures_decode_to_the_canvas(opened):
    for loaded in opened.values():
        assert {sample.pictures[0].open().size for sample in loaded.samples[::40]} == {(64, 64)}


def test_no_question_can_be_answered_without_its_picture(opened):
    # The same words are asked about several pictures, and have more than one answer among them.
    for loaded in opened.values():
        answers: dict[str, Counter] = {}
        for sample in loaded.samples:
            gold = sample.choices["ABCD".index(sample.answers[0])] if sample.choices else sample.answers[0]
            answers.setdefault(sample.question, Counter())[gold] += 1
        for question, counts in answers.items():
            if counts.total() >= 12:
                assert max(counts.values()) / counts.total() <= 0.8, (question, counts)


def test_a_failed_drawing_leaves_what_was_there(tmp_path):
    folder = tmp_path / "mirror"
    digest = mini_mirror.draw(folder, 0)

    def interrupt(done, of):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mini_mirror.draw(folder, 1, interrupt)
    assert sha256((folder / "manifest.json").read_bytes()).hexdigest() == digest
    assert [path.name for path in tmp_path.iterdir()] == ["mirror"]
