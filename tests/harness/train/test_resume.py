"""A snapshot is whole or it is not there."""

import os

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from harness.train.resume import Snapshot, Snapshots


def snapshot(step: int, stage: int = 0) -> Snapshot:
    draw = torch.Generator().manual_seed(step)
    return Snapshot(
        stage,
        step,
        {"tower.a.b": torch.randn(3, 4, generator=draw)},
        {"exp_avg.tower.a.b": torch.randn(3, 4, generator=draw), "step.tower.a.b": torch.tensor(float(step))},
        {"align": torch.randn(5, generator=draw, dtype=torch.float64)},
    )


def same(one: Snapshot, other: Snapshot) -> bool:
    parts = ("weights", "moments", "losses")
    return (one.stage, one.step) == (other.stage, other.step) and all(
        getattr(one, part).keys() == getattr(other, part).keys()
        and all(torch.equal(tensor, getattr(other, part)[name]) for name, tensor in getattr(one, part).items())
        for part in parts
    )


def test_the_newest_snapshot_comes_back_bit_by_bit_and_is_the_only_one_kept(tmp_path):
    snapshots = Snapshots(tmp_path, 3600)
    assert snapshots.newest() is None
    for made in (snapshot(9), snapshot(10), snapshot(2, stage=1)):
        snapshots.write(made)
    assert len(list(tmp_path.iterdir())) == 1
    newest = Snapshots(tmp_path, 3600).newest()
    assert newest is not None
    assert same(newest, snapshot(2, stage=1))


@given(share=st.floats(0, 0.999))
def test_a_torn_snapshot_is_ignored_and_the_one_before_it_used(tmp_path_factory, share):
    folder = tmp_path_factory.mktemp("torn")
    Snapshots(folder, 3600).write(snapshot(1))
    (whole,) = folder.iterdir()
    torn = folder / "snapshot-00-00000002.safetensors"
    torn.write_bytes(whole.read_bytes()[: int(share * whole.stat().st_size)])
    newest = Snapshots(folder, 3600).newest()
    assert newest is not None
    assert same(newest, snapshot(1))
    assert not torn.exists()


def test_a_death_while_writing_leaves_the_older_snapshot(tmp_path, monkeypatch):
    snapshots = Snapshots(tmp_path, 3600)
    snapshots.write(snapshot(1))

    def die(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", die)
    with pytest.raises(KeyboardInterrupt):
        snapshots.write(snapshot(2))
    newest = Snapshots(tmp_path, 3600).newest()
    assert newest is not None
    assert same(newest, snapshot(1))


@pytest.mark.parametrize(("every_s", "due"), [(0.0, True), (3600.0, False)])
def test_a_snapshot_is_due_when_its_time_has_passed(tmp_path, every_s, due):
    assert Snapshots(tmp_path, every_s).due is due
