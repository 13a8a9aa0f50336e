"""Any causal language model of transformers that can be told what to see trains, in one file or in several."""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    CohereConfig,
    CohereForCausalLM,
    Gemma2Config,
    Gemma2ForCausalLM,
    GPT2Config,
    GPT2LMHeadModel,
    GPTNeoXConfig,
    GPTNeoXForCausalLM,
    MambaConfig,
    MambaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedModel,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from harness.encoders import shards
from harness.errors import InvalidEvidence
from harness.model.language import demand_usable, load_language
from tests.harness.miniature import WIDTH, tokenizer

SMALL: dict[str, Any] = {
    "vocab_size": 512,
    "hidden_size": WIDTH,
    "intermediate_size": 2 * WIDTH,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "initializer_range": 0.3,
}
TINY_GPT: dict[str, Any] = {"vocab_size": 512, "n_embd": WIDTH, "n_layer": 2, "n_head": 2}
NEOX = {name: value for name, value in SMALL.items() if name != "num_key_value_heads"}
USABLE = [
    (Qwen2ForCausalLM, Qwen2Config(**SMALL, tie_word_embeddings=True)),
    (Qwen3ForCausalLM, Qwen3Config(**SMALL, head_dim=32)),
    (MistralForCausalLM, MistralConfig(**SMALL)),
    (GPTNeoXForCausalLM, GPTNeoXConfig(**NEOX)),
    (GPT2LMHeadModel, GPT2Config(**TINY_GPT)),
]
OTHERS = [
    (Gemma2ForCausalLM, Gemma2Config(**SMALL, head_dim=32, final_logit_softcapping=0.5), "scaled or capped"),
    (CohereForCausalLM, CohereConfig(**SMALL, logit_scale=0.0625), "scaled or capped"),
    (MambaForCausalLM, MambaConfig(vocab_size=512, hidden_size=WIDTH, num_hidden_layers=2), "Mamba"),
]


def made(kind: type[PreTrainedModel], config) -> PreTrainedModel:
    torch.manual_seed(0)
    return kind(config)


@pytest.mark.parametrize(("kind", "config"), USABLE, ids=lambda one: getattr(one, "__name__", ""))
def test_a_model_that_can_be_told_what_to_see_is_taken(kind, config):
    demand_usable(made(kind, config), "a model")


@pytest.mark.parametrize(("kind", "config", "why"), OTHERS, ids=lambda one: getattr(one, "__name__", ""))
def test_a_model_whose_losses_would_be_others_is_refused(kind, config, why):
    with pytest.raises(InvalidEvidence, match=why):
        demand_usable(made(kind, config), "a model")


@dataclass(frozen=True)
class Saved:
    """Hold a language model's folder below a root, its specification, and what was saved."""

    root: Path
    spec: Any
    model: PreTrainedModel


@pytest.fixture
def sharded(miniature, tmp_path) -> Saved:
    """Save a Qwen2 with the miniature's words in several files."""
    words = tokenizer()
    names = {"vocab_size": len(words), "bos_token_id": words.bos_token_id, "eos_token_id": words.eos_token_id}
    model = made(Qwen2ForCausalLM, Qwen2Config(**{**SMALL, **names}, tie_word_embeddings=True))
    folder = tmp_path / "speaker"
    model.save_pretrained(folder, max_shard_size="100KB")
    words.save_pretrained(folder)
    index = folder / "model.safetensors.index.json"
    assert len(shards.members(index)) > 2
    weights = {"location": "speaker/model.safetensors.index.json", "sha256": shards.digest(index)}
    language = miniature.recipe.language
    spec = language.model_copy(update={"folder": "speaker", "weights": language.weights.model_copy(update=weights)})
    return Saved(tmp_path, spec, model)


def test_weights_in_several_files_load_as_those_in_one(sharded):
    loaded, expected = load_language(sharded.spec, sharded.root).state_dict(), sharded.model.state_dict()
    assert loaded.keys() == expected.keys()
    assert all(torch.equal(loaded[name], expected[name]) for name in expected)


def test_the_digest_of_several_files_is_what_a_shell_computes(sharded):
    index = sharded.root / sharded.spec.weights.location
    lines = [f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(index.parent.glob("model*"))]
    assert shards.digest(index) == sha256("".join(lines).encode()).hexdigest()


@pytest.mark.parametrize("harm", ["edited", "gone", "elsewhere", "no map"])
def test_a_file_of_several_that_is_not_the_pinned_one_is_refused(sharded, harm):
    index = sharded.root / sharded.spec.weights.location
    (first, *_) = shards.members(index)
    content = json.loads(index.read_text())
    if harm == "edited":
        first.write_bytes(first.read_bytes()[:-1] + b"x")
    elif harm == "gone":
        first.unlink()
    elif harm == "elsewhere":
        index.write_text(json.dumps({"weight_map": dict.fromkeys(content["weight_map"], "../other.safetensors")}))
    else:
        index.write_text("{}")
    with pytest.raises(InvalidEvidence, match=r"expected sha256|no .*index\.json names|beside it|no index of weights"):
        load_language(sharded.spec, sharded.root)


def test_a_folder_of_another_model_than_the_recipe_states_is_refused(sharded):
    stated = sharded.spec.model_copy(update={"architecture": {"model_type": "qwen2", "num_hidden_layers": 2}})
    load_language(stated, sharded.root)
    other = sharded.spec.model_copy(update={"architecture": {"model_type": "qwen2", "num_hidden_layers": 24}})
    with pytest.raises(InvalidEvidence, match="says num_hidden_layers 2, and the recipe 24"):
        load_language(other, sharded.root)


def test_a_folder_that_is_not_there_says_where_to_put_it(sharded):
    gone = sharded.spec.model_copy(update={"folder": "weights/someone/model"})
    with pytest.raises(InvalidEvidence, match=r"no config\.json in .*weights/someone/model.*docs/scale\.md"):
        load_language(gone, sharded.root)


@pytest.mark.slow
def test_another_family_in_several_files_trains_and_is_exported_as_vllm_reads_it(miniature, sharded, tmp_path):
    home, weights = sharded.root / "speaker", sharded.spec.weights
    place = weights.model_copy(update={"location": str(sharded.root / weights.location)})
    language = sharded.spec.model_copy(update={"folder": str(home), "weights": place})
    stages = tuple(stage.model_copy(update={"steps": 2}) for stage in miniature.recipe.stages)
    done = miniature.train(miniature.training("clip", language=language, stages=stages), tmp_path / "work")
    exported = tmp_path / "work" / "checkpoint" / "language"
    again = AutoModelForCausalLM.from_pretrained(exported, use_safetensors=True)
    assert isinstance(again, Qwen2ForCausalLM)
    assert json.loads((exported / "config.json").read_text())["architectures"] == ["Qwen2ForCausalLM"]
    assert not torch.equal(again.model.layers[0].mlp.up_proj.weight, sharded.model.model.layers[0].mlp.up_proj.weight)
    assert all(loss > 0 for curve in done.losses.values() for loss in curve)
