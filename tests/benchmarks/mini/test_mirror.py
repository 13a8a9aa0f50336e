import json
from collections import Counter, defaultdict
from hashlib import sha256

import numpy as np
import pyarrow.parquet as pq
import pytest

from benchmarks.general.mme import PERCEPTION
from benchmarks.mini import mirror as mini_mirror
from benchmarks.mini.questions.ocrbench import DATASETS
from benchmarks.table import BENCHMARKS

PINNED = "9617059ac033653db1a650946abe55e938c5f322ea27c9be306957cddc92a9ac"
"""Depends on nothing but the seed and the locked pyarrow, which writes its version into each file."""


def test_the_mirror_has_the_same_bytes_on_every_machine(mirror):
    assert sha256((mirror / "manifest.json").read_bytes()).hexdigest() == PINNED


def test_drawing_again_gives_the_same_manifest_and_another_seed_another(mirror, tmp_path):
    told = []
    again = mini_mirror.draw(tmp_path / "a", 0, lambda done, of: told.append((done, of)))
    assert again == sha256((mirror / "manifest.json").read_bytes()).hexdigest()
    assert told == [(done, 16) for done in range(1, 17)]
    assert mini_mirror.draw(tmp_path / "a", 1) != again


def test_every_benchmark_has_at_least_four_hundred_questions_over_many_pictures(opened):
    for benchmark in BENCHMARKS:
        samples = opened[benchmark.name].samples
        assert len(samples) >= 400
        sizes = Counter(sample.cluster for sample in samples)
        assert len(sizes) >= 80


def test_pairs_and_groups_are_whole(opened):
    mme = Counter(sample.meta["pair"] for sample in opened["mme"].samples)
    assert set(mme.values()) == {2}
    assert len(mme) >= 150
    assert {sample.category for sample in opened["mme"].samples} == set(PERCEPTION)
    mmbench = Counter(sample.meta["group"] for sample in opened["mmbench"].samples)
    assert set(mmbench.values()) == {4}
    assert len(mmbench) >= 150
    assert set(Counter(sample.meta["pair"] for sample in opened["mmvp"].samples).values()) == {2}


def test_a_pair_of_yes_and_no_shares_its_picture(opened):
    pairs = defaultdict(list)
    for sample in opened["mme"].samples:
        pairs[sample.meta["pair"]].append(sample)
    for first, second in pairs.values():
        assert {first.answers[0], second.answers[0]} == {"Yes", "No"}
        assert first.pictures == second.pictures


def test_a_pair_of_pictures_differs_in_one_figure_and_has_opposite_answers(opened):
    pairs = defaultdict(list)
    for sample in opened["mmvp"].samples:
        pairs[sample.meta["pair"]].append(sample)
    for first, second in pairs.values():
        assert (first.question, first.choices) == (second.question, second.choices)
        assert {first.answers[0], second.answers[0]} == {"A", "B"}
        one, other = (np.asarray(sample.pictures[0].open()) for sample in (first, second))
        rows, columns = np.nonzero((one != other).any(-1))
        assert 0 < np.ptp(rows) <= 20
        assert 0 <= np.ptp(columns) <= 20


def test_every_rotation_of_a_question_has_the_same_right_option(opened):
    groups = defaultdict(list)
    for sample in opened["mmbench"].samples:
        groups[sample.meta["group"]].append(sample)
    for rotations in groups.values():
        assert len({s.choices["ABCD".index(s.answers[0])] for s in rotations}) == 1
        assert {s.answers[0] for s in rotations} == set("ABCD")


def test_every_subject_of_mmmu_has_questions_and_a_few_have_a_second_picture(opened):
    samples = opened["mmmu"].samples
    assert len({sample.category for sample in samples}) == 30
    two = [sample for sample in samples if len(sample.pictures) == 2]
    assert 10 < len(two) < 100
    assert all("<image 2>" in sample.question and sample.pictures[0] != sample.pictures[1] for sample in two)


def test_ocrbench_has_its_ten_types(opened):
    assert {sample.category for sample in opened["ocrbench"].samples} == set(DATASETS)


def test_the_mirror_has_the_columns_of_the_hub_datasets(mirror):
    for entry in json.loads((mirror / "manifest.json").read_text())["files"]:
        if entry["path"].endswith(".parquet"):
            schema = pq.read_schema(mirror / entry["path"])
            assert schema.names == entry["columns"]
            features = json.loads(schema.metadata[b"huggingface"])["info"]["features"]
            assert list(features) == schema.names


def test_the_sources_of_cv_bench_differ_in_size(opened):
    sizes = Counter(sample.meta["source"] for sample in opened["cv_bench_2d"].samples)
    assert set(sizes) == {"ADE20K", "COCO"}
    assert sizes["COCO"] > 1.3 * sizes["ADE20K"]


def test_pictures_decode_to_the_canvas(opened):
    for loaded in opened.values():
        assert {sample.pictures[0].open().size for sample in loaded.samples[::40]} == {(64, 64)}


def test_a_failed_drawing_leaves_what_was_there(tmp_path):
    folder = tmp_path / "mirror"
    digest = mini_mirror.draw(folder, 0)

    def interrupt(done, of):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mini_mirror.draw(folder, 1, interrupt)
    assert sha256((folder / "manifest.json").read_bytes()).hexdigest() == digest
    assert [path.name for path in tmp_path.iterdir()] == ["mirror"]
