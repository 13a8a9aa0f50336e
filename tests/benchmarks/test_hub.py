import dataclasses
import re
import sys

import datasets.config
import pytest

from benchmarks.errors import InvalidData
from benchmarks.load import load
from benchmarks.table import BENCHMARKS, VARIANTS, find

# A folder with a dataset card is to `datasets` what a hub dataset is, so the door is tried without a network.


@pytest.fixture
def local(mirror, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")

    def card(name, rows):
        benchmark = find(name)
        folder = tmp_path / name
        if not folder.exists():
            (folder).symlink_to(mirror / benchmark.source.hub_id)
        return dataclasses.replace(
            benchmark, source=dataclasses.replace(benchmark.source, hub_id=str(folder), rows=rows)
        )

    return card


def test_hub_and_mirror_give_the_same_samples(local, opened):
    expected = opened["chartqa"]
    came = load(local("chartqa", len(expected.samples)))
    assert came == expected
    assert came.samples[7].pictures[0].read() == expected.samples[7].pictures[0].read()


def test_a_row_count_that_the_card_does_not_state_is_refused(local, opened):
    with pytest.raises(InvalidData, match="the card says 2,500"):
        load(local("chartqa", 2500))


def test_a_dataset_that_is_not_there_is_refused(local, tmp_path):
    card = local("chartqa", 1)
    (tmp_path / "chartqa").unlink()
    with pytest.raises(InvalidData, match="cannot read"):
        load(card)


@pytest.mark.parametrize("name", ["ai2d_no_mask", "chartqa", "mmvp"])
@pytest.mark.parametrize("revision", ["main", "9e63b7d", "refs/convert/parquet"])
def test_a_branch_is_refused_before_the_hub_is_asked(name, revision, monkeypatch):
    monkeypatch.setitem(sys.modules, "datasets", None)
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    card = find(name)
    loose = dataclasses.replace(card, source=dataclasses.replace(card.source, revision=revision))
    with pytest.raises(InvalidData, match=f"names the revision '{revision}'.*mirror.location"):
        load(loose)


def test_every_benchmark_but_one_variant_is_pinned():
    # No source states a commit of the diagrams without masks; they are read from a mirror.
    loose = [card.name for card in (*BENCHMARKS, *VARIANTS) if not re.fullmatch("[0-9a-f]{40}", card.source.revision)]
    assert loose == ["ai2d_no_mask"]
