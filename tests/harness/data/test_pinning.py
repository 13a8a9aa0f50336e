"""A pinned mixture is read piece by piece, gives what its file holds, and names what nobody can train on."""

from hashlib import sha256
from multiprocessing import get_context

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.config.compose import compose
from harness.data.conversation import read_conversations
from harness.data.loader import serve
from harness.data.pinning import MANIFEST, index_of, left_out, pin
from harness.data.streamed import Streamed, conversations
from harness.errors import InvalidEvidence, UsageError
from harness.schema.recipe import DataSource
from harness.train.train import train
from tests.harness.data.mixtures import spoiled, whole, write
from tests.harness.miniature import MACHINE

NAME = "mixture.json"


def source(manifest: str) -> DataSource:
    return DataSource(name="m", location="here", file=NAME, revision="1", manifest=manifest, weight=1.0)


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / NAME, whole(tmp_path, 12))
    return tmp_path


@settings(max_examples=12)
@given(st.permutations(range(14)), st.booleans())
def test_a_stream_gives_what_reading_the_whole_file_gives(tmp_path_factory, order, lines):
    folder = tmp_path_factory.mktemp("mixture")
    kept, bad = whole(folder, 8), spoiled(folder)
    records = [*kept, *(one for one, _ in bad)]
    write(folder / NAME, [records[at] for at in order], lines)
    pinned = pin(folder, [NAME])
    streamed = conversations(source(pinned.digest), folder)
    assert isinstance(streamed, Streamed)
    good = [records[at] for at in order if at < 8]
    write(folder / "good.json", good)
    expected = read_conversations(folder / "good.json", folder)
    assert [(one.id, one.picture, one.turns) for one in streamed] == [
        (one.id, one.picture, one.turns) for one in expected
    ]
    assert [one.sha256 for one in streamed] == [sha256(one.picture.read_bytes()).hexdigest() for one in expected]
    assert len(streamed) == pinned.kept[NAME] == 8


def test_what_is_left_out_is_counted_and_listed_with_why(folder):
    bad = spoiled(folder)
    write(folder / NAME, [*whole(folder, 2), *(one for one, _ in bad), *whole(folder, 2)])
    pinned = pin(folder, [NAME])
    assert pinned.left_out[NAME] == {
        "absent picture": 1,
        "broken picture": 2,
        "no picture": 1,
        "several pictures": 1,
        "turns": 1,
    }
    assert [(line["record"], line["id"], line["why"]) for line in left_out(folder / NAME)] == [
        (number, one["id"], why) for number, (one, why) in enumerate(bad, start=2)
    ]


def test_a_manifest_is_a_function_of_what_lies_in_the_folder(folder):
    first = pin(folder, [NAME])
    assert pin(folder, [NAME]) == first
    (folder / "images" / "3.png").write_bytes((folder / "images" / "4.png").read_bytes())
    assert pin(folder, [NAME]).digest != first.digest


@pytest.mark.parametrize("changed", [MANIFEST, NAME, f"{NAME}.index"])
def test_a_file_that_changed_after_it_was_pinned_is_refused(folder, changed):
    pinned = pin(folder, [NAME])
    with (folder / changed).open("ab") as file:
        file.write(b"\n")
    with pytest.raises(InvalidEvidence, match=r"expected sha256 .* pin the mixture again: harness pin"):
        conversations(source(pinned.digest), folder)


def test_a_source_that_pins_nothing_says_how_to_pin_it(folder):
    with pytest.raises(UsageError, match=f"harness pin {folder} {NAME}"):
        conversations(source(""), folder)


def test_a_source_without_its_index_or_its_file_names_them(folder):
    pinned = pin(folder, [NAME])
    index_of(folder / NAME).unlink()
    with pytest.raises(InvalidEvidence, match=r"no .*mixture\.json\.index"):
        conversations(source(pinned.digest), folder)
    other = source(pinned.digest).model_copy(update={"file": "other.json"})
    with pytest.raises(InvalidEvidence, match=r"pins mixture\.json; the recipe names other\.json"):
        conversations(other, folder)


def test_a_source_whose_pictures_are_all_absent_is_refused_and_leaves_nothing(tmp_path):
    write(tmp_path / NAME, whole(tmp_path / "elsewhere", 3))
    with pytest.raises(InvalidEvidence, match=r"none of the 3 records .*absent picture.*below the folder"):
        pin(tmp_path, [NAME])
    assert not (tmp_path / MANIFEST).exists()
    assert not index_of(tmp_path / NAME).exists()


@pytest.mark.parametrize("files", [[], ["../mixture.json"]])
def test_files_are_named_as_they_lie_in_the_folder(tmp_path, files):
    with pytest.raises(UsageError, match="name the mixture's JSON files"):
        pin(tmp_path, files)


@pytest.mark.parametrize("harm", ["edited", "torn", "gone"])
def test_a_picture_that_changes_after_it_was_pinned_stops_the_training(miniature, folder, harm):
    streamed = conversations(source(pin(folder, [NAME]).digest), folder)
    for file in (folder / "images").iterdir():
        content = file.read_bytes()
        if harm == "gone":
            file.unlink()
        else:
            file.write_bytes(content[:-1] + b"x" if harm == "edited" else content[:99])
    with pytest.raises(InvalidEvidence, match=r"picture .*png.*harness pin"):
        next(batches(miniature, [streamed]))


def batches(miniature, sources, workers: int = 0, first: int = 0):
    recipe = compose().recipe
    stage = recipe.stages[1].model_copy(update={"steps": 6, "global_batch": 4})
    return serve(sources, stage, recipe.canvas, miniature.speech(), 64, 512, 0, 2, workers, first)


def test_a_streamed_mixture_is_served_as_one_read_whole_also_by_workers_and_from_a_later_step(miniature, folder):
    digest = pin(folder, [NAME]).digest
    ways = {
        "whole": list(batches(miniature, [read_conversations(folder / NAME, folder)])),
        "streamed": list(batches(miniature, [conversations(source(digest), folder)])),
        "workers": list(batches(miniature, [conversations(source(digest), folder)], workers=2)),
    }
    later = list(batches(miniature, [conversations(source(digest), folder)], first=4))
    assert len(ways["whole"]) == 12
    for way in ("streamed", "workers"):
        for one, other in zip(ways["whole"], ways[way], strict=True):
            assert one.ids == other.ids
            assert torch.equal(one.tokens, other.tokens)
            assert torch.equal(one.canvas, other.canvas)
    assert [one.ids for one in later] == [one.ids for one in ways["whole"][8:]]


def trained(training, root, folder, work):
    train(training, MACHINE, root, folder, work, lambda step: None)


def test_a_pinned_mixture_trains(miniature, folder, tmp_path):
    digest = pin(folder, [NAME]).digest
    tune = miniature.recipe.stages[1].model_copy(update={"sources": (source(digest),), "steps": 2})
    training = miniature.training("clip", stages=(tune,))
    # In a process of its own: what DeepSpeed remembers of a group outlives the group, which vLLM's tests take down.
    child = get_context("spawn").Process(target=trained, args=(training, miniature.root, folder, tmp_path / "work"))
    child.start()
    child.join()
    assert child.exitcode == 0
    assert set((tmp_path / "work" / "order" / "tune.txt").read_text().split()) <= {
        f"m/r{number}" for number in range(12)
    }
