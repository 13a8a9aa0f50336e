"""Pickles of a language model become safetensors that load, or nothing at all."""

import json
from pathlib import Path

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from harness.encoders import shards
from harness.errors import InvalidEvidence
from harness.model.convert_language import INDEX, ONE, convert_language
from harness.model.language import load_language
from tests.harness.miniature import WIDTH, tokenizer


class Code:
    """Run when a careless reader opens the pickle."""

    def __reduce__(self):
        return (Path.touch, (Path("ran"),))


@pytest.fixture
def folder(tmp_path) -> Path:
    """Write a small Llama's configuration and words into the folder that a recipe would name."""
    tokenizer().save_pretrained(tmp_path / "speaker")
    model().config.save_pretrained(tmp_path / "speaker")
    return tmp_path / "speaker"


def model() -> LlamaForCausalLM:
    torch.manual_seed(0)
    sizes = {"hidden_size": WIDTH, "intermediate_size": WIDTH, "num_hidden_layers": 2, "num_attention_heads": 2}
    return LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer()), tie_word_embeddings=False, **sizes))


def pickled(source: Path, pieces: int, **changed) -> None:
    """Save the model's tensors in some pickles, as older versions of transformers did, with what they saved beside."""
    source.mkdir(exist_ok=True)
    tensors = {**model().state_dict(), "model.layers.0.self_attn.rotary_emb.inv_freq": torch.ones(4), **changed}
    names = sorted(name for name, tensor in tensors.items() if tensor is not None)
    if pieces == 1:
        torch.save({name: tensors[name] for name in names}, source / ONE)
        return
    where = {}
    for number in range(pieces):
        file = f"pytorch_model-{number + 1:05d}-of-{pieces:05d}.bin"
        torch.save({name: tensors[name] for name in names[number::pieces]}, source / file)
        where |= dict.fromkeys(names[number::pieces], file)
    (source / INDEX).write_text(json.dumps({"weight_map": where}))


@pytest.mark.parametrize("pieces", [1, 3])
def test_what_is_converted_loads_as_the_model_that_was_pickled(miniature, folder, tmp_path, pieces):
    pickled(tmp_path / "pickles", pieces)
    digest = convert_language(tmp_path / "pickles", folder)
    language = miniature.recipe.language
    weights = language.weights.model_copy(update={"location": "speaker/model.safetensors.index.json", "sha256": digest})
    spec = language.model_copy(update={"folder": "speaker", "weights": weights})
    loaded, expected = load_language(spec, tmp_path).state_dict(), model().state_dict()
    assert loaded.keys() == expected.keys()
    assert all(torch.equal(loaded[name], expected[name]) for name in expected)
    assert len(shards.members(folder / "model.safetensors.index.json")) == pieces


FAULTS = {
    "absent": ({"model.norm.weight": None}, "hold no model.norm.weight: 1 absent"),
    "shape": ({"model.norm.weight": torch.ones(3)}, r"does not fit .*model\.norm\.weight \(3,\), expected \(64,\)"),
    "stranger": ({"vision.weight": torch.ones(3)}, "vision.weight .* no such tensor"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_pickles_of_another_model_leave_nothing_behind(folder, tmp_path, fault):
    changed, words = FAULTS[fault]
    pickled(tmp_path / "pickles", 2, **changed)
    before = sorted(folder.iterdir())
    with pytest.raises(InvalidEvidence, match=words):
        convert_language(tmp_path / "pickles", folder)
    assert sorted(folder.iterdir()) == before


def test_a_pickle_that_holds_code_is_not_run(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pickles").mkdir()
    torch.save({"model.norm.weight": Code()}, tmp_path / "pickles" / ONE)
    with pytest.raises(InvalidEvidence, match="no pickle of tensors alone"):
        convert_language(tmp_path / "pickles", folder)
    assert not (tmp_path / "ran").exists()


def test_a_folder_without_pickles_says_which_files_are_looked_for(folder, tmp_path):
    with pytest.raises(InvalidEvidence, match=rf"neither {INDEX} nor {ONE}"):
        convert_language(tmp_path, folder)
