"""A checkpoint comes back bit by bit, or not at all."""

import json
import re
import shutil

import pytest
import torch
from torch.utils._device import _device_constructors

from harness.errors import InvalidEvidence
from harness.model.checkpoint import demand_trained_for, load_speaker, load_tower, read_training, save
from harness.model.language import load_language
from harness.model.projector import places
from harness.schema.entry import Entry
from tests.harness.miniature import pinned


@pytest.fixture(scope="module")
def saved(miniature, tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoint") / "made"
    files = save(miniature.model(), miniature.training(), miniature.speech(), folder)
    assert all(path.is_file() and path == folder / name for name, path in files.items())
    assert set(files) == {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return folder


@pytest.fixture
def copied(saved, tmp_path):
    return shutil.copytree(saved, tmp_path / "copy")


def test_every_tensor_comes_back_bit_by_bit(miniature, saved):
    model = miniature.model()
    tower, (language, _) = load_tower(saved), load_speaker(saved)
    for before, after in ((model.tower, tower), (model.language, language)):
        expected, found = before.state_dict(), after.state_dict()
        assert expected.keys() == found.keys()
        assert all(torch.equal(expected[name], found[name]) for name in expected)
        assert {tensor.dtype for tensor in found.values()} == {torch.float32}
    assert not tower.training
    assert not language.training


def test_a_checkpoint_says_which_training_it_came_from(miniature, saved):
    assert read_training(saved) == miniature.training()


def test_words_come_back(miniature, saved):
    _, speech = load_speaker(saved)
    for text in ("Which letter stands in the box?", "7 + 12 = ?", "\tübrig\n"):
        assert speech.question(text) == miniature.speech().question(text)
        assert speech.text(speech.answer(text)) == text.strip()


def test_saving_again_leaves_nothing_of_what_was_there(miniature, copied):
    (copied / "stray.bin").write_bytes(b"old")
    files = save(miniature.model("clip"), miniature.training("clip"), miniature.speech(), copied)
    assert "stray.bin" not in files
    assert not (copied / "stray.bin").exists()
    assert list(load_tower(copied).encoders) == ["clip"]


def test_saving_twice_gives_the_same_bytes(miniature, saved, tmp_path):
    again = save(miniature.model(), miniature.training(), miniature.speech(), tmp_path / "again")
    assert all(path.read_bytes() == (saved / name).read_bytes() for name, path in again.items())


def load_all(folder):
    load_tower(folder)
    load_speaker(folder)


@pytest.mark.parametrize(
    "name",
    [
        "training.json",
        "tower.safetensors",
        "language/config.json",
        "language/model.safetensors",
        "language/tokenizer.json",
        "language/tokenizer_config.json",
    ],
)
@pytest.mark.parametrize("harm", ["absent", "empty", "truncated"])
def test_a_damaged_file_is_refused_by_name(copied, name, harm):
    path = copied / name
    content = path.read_bytes()
    path.unlink()
    if harm != "absent":
        path.write_bytes(b"" if harm == "empty" else content[: len(content) // 2])
    with pytest.raises(InvalidEvidence, match=name.removeprefix("language/")) as refusal:
        load_all(copied)
    assert refusal.value.exit_code == 40


def test_a_tower_of_other_encoders_is_refused(copied, miniature, tmp_path):
    save(miniature.model("clip+sam"), miniature.training("clip+sam"), miniature.speech(), tmp_path / "other")
    shutil.copyfile(tmp_path / "other" / "tower.safetensors", copied / "tower.safetensors")
    with pytest.raises(InvalidEvidence, match=r"does not hold the tower of 'clip\+pix2struct'"):
        load_tower(copied)


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json"])
def test_a_configuration_that_names_code_is_refused(copied, name):
    path = copied / "language" / name
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "auto_map": {"AutoModel": "evil.Model"}}))
    with pytest.raises(InvalidEvidence, match="names code to run"):
        load_all(copied)


def test_a_language_model_that_is_not_the_pinned_one_is_refused_with_both_digests(miniature, tmp_path):
    spec = miniature.recipe.language
    shutil.copytree(miniature.root / spec.folder, tmp_path / spec.folder)
    path = tmp_path / spec.weights.location
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(InvalidEvidence, match=f"{spec.weights.sha256}, found {pinned(spec.weights, path).sha256}"):
        load_language(spec, tmp_path)


def test_a_language_model_that_does_not_fit_its_configuration_is_refused(miniature, tmp_path):
    spec = miniature.recipe.language
    folder = shutil.copytree(miniature.root / spec.folder, tmp_path / spec.folder)
    config = json.loads((folder / "config.json").read_bytes())
    for change in ({"num_hidden_layers": 1}, {"num_hidden_layers": 3}, {"hidden_size": 32}):
        (folder / "config.json").write_text(json.dumps({**config, **change}))
        with pytest.raises(InvalidEvidence, match="does not fit"):
            load_language(spec, tmp_path)


@pytest.mark.parametrize("other", ["clip", "seed", "recipe"])
def test_a_checkpoint_of_another_subset_seed_or_recipe_is_refused_before_it_is_loaded(miniature, saved, other):
    asked = {
        "clip": miniature.training("clip"),
        "seed": miniature.training(seed=3),
        "recipe": miniature.training(stages=miniature.recipe.stages[:1]),
    }[other]
    demand_trained_for(saved, entry_of(miniature.training()))
    with pytest.raises(
        InvalidEvidence, match=f"asks for '{re.escape(str(asked.trained))}', seed {asked.seed}"
    ) as caught:
        demand_trained_for(saved, entry_of(asked))
    assert asked.digest[:12] in str(caught.value)
    assert miniature.training().digest[:12] in str(caught.value)


def entry_of(training) -> Entry:
    return Entry(
        trained=training.trained,
        kept=training.trained,
        benchmark="gqa",
        recipe="tiny",
        training=training.digest,
        seed=training.seed,
    )


def test_a_model_is_counted_on_shapes_after_another_was_loaded(saved):
    """Loading first meets torch's list of what a device's context covers while `linspace` is another function."""
    _device_constructors.cache_clear()
    load_speaker(saved)
    try:
        with torch.device("meta"):
            assert places(4, 16).is_meta
    finally:
        _device_constructors.cache_clear()
