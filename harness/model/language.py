"""Load the language model: any causal model of transformers, as a folder of data without code."""

import json
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PreTrainedModel

from harness.data.speech import Speech
from harness.encoders.build import read_weights
from harness.errors import InvalidEvidence
from harness.schema.recipe import LanguageSpec


def load_language(spec: LanguageSpec, root: Path) -> PreTrainedModel:
    """Build the language model from its folder's configuration and fill it with its pinned weights, in float32.

    Raises:
        InvalidEvidence: the weights are not the pinned ones or do not fit, or as `demand_usable`.
    """
    config = AutoConfig.from_pretrained(local_folder(root / spec.folder))
    for name, stated in (spec.architecture or {}).items():
        found = getattr(config, name, None)
        if found != stated:
            raise InvalidEvidence(
                f"{root / spec.folder / 'config.json'} says {name} {found!r}, and the recipe {stated!r}: it is another "
                "language model. Fetch the recipe's, or change recipe.language"
            )
    model = AutoModelForCausalLM.from_config(config)
    try:
        missing, unexpected = model.load_state_dict(read_weights(spec.weights, root), strict=False)
    except RuntimeError as error:
        raise InvalidEvidence(f"{spec.weights.location} does not fit {spec.folder}/config.json: {error}") from error
    tied = {"lm_head.weight"} if model.config.tie_word_embeddings else set()
    if unexpected or set(missing) - tied:
        raise InvalidEvidence(
            f"language model {spec.weights.location} does not fit {spec.folder}/config.json: "
            f"missing {sorted(set(missing) - tied)}, unexpected {sorted(unexpected)}"
        )
    model.tie_weights()
    demand_usable(model.float(), spec.folder)
    return model


@torch.no_grad()
def demand_usable(model: PreTrainedModel, name: str) -> None:
    """Demand of a causal language model what training and serving rest on; any of transformers that has it will do.

    Its logits must be its output embeddings of the last hidden states alone (some models scale or cap them), and a
    token must see what it is told to see and nothing else (a model with a state instead of attention cannot be told).

    Raises:
        InvalidEvidence: it lacks one of the two.
    """
    kind, head, training = type(model).__name__, model.get_output_embeddings(), model.training
    model.eval()
    words = model.get_input_embeddings()(torch.arange(3)[None])
    try:
        hidden = model.base_model(inputs_embeds=words, use_cache=False).last_hidden_state
        plain = head is not None and close(model(inputs_embeds=words, use_cache=False).logits, head(hidden))
        # The third word is told not to see the second one, and to stand in its place.
        seen = torch.tensor([[True, False, False], [True, True, False], [True, False, True]])
        mask = torch.zeros(3, 3).masked_fill(~seen, torch.finfo(torch.float32).min)[None, None]
        places = torch.tensor([[0, 1, 1]])
        told = model.base_model(inputs_embeds=words, attention_mask=mask, position_ids=places, use_cache=False)
        short = model.base_model(inputs_embeds=words[:, ::2], position_ids=places[:, :2], use_cache=False)
        obeys = close(told.last_hidden_state[:, 2], short.last_hidden_state[:, 1])
    except (TypeError, ValueError, AttributeError, RuntimeError, IndexError) as error:
        raise InvalidEvidence(f"{name}, a {kind}, cannot be asked as a causal language model: {error}") from error
    model.train(training)
    if not plain:
        raise InvalidEvidence(
            f"the logits of {name}, a {kind}, are not its output embeddings of its last hidden states: they are scaled "
            "or capped, which neither training nor its losses would know. Choose a model without"
        )
    if not obeys:
        raise InvalidEvidence(
            f"{name}, a {kind}, does not see what a mask and positions tell it to see, so that independent turns would "
            "leak into each other. Choose a model with full attention"
        )


def close(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Tell whether two tensors are equal but for rounding."""
    return torch.allclose(one, other, rtol=1e-3, atol=1e-3 * float(other.abs().max()))


def load_speech(spec: LanguageSpec, root: Path) -> Speech:
    """Load the tokenizer beside the language model."""
    return Speech(AutoTokenizer.from_pretrained(local_folder(root / spec.folder)), spec.template)


def local_folder(folder: Path) -> Path:
    """Accept a transformers folder that holds data only.

    Raises:
        InvalidEvidence: a file is missing or torn, or the configuration names code to be run (`auto_map`; compare
            CVE-2026-22807, where a serving engine ran such code although remote code was not trusted).
    """
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        path = folder / name
        if not path.is_file():
            raise InvalidEvidence(
                f"no {name} in {folder}. Put the language model's folder there (docs/scale.md, Fetch); that of the "
                "miniature is made again by harness prepare --pretrain language"
            )
        try:
            named = json.loads(path.read_bytes())
        except ValueError as error:
            raise InvalidEvidence(f"{path} is no JSON, it was truncated or edited: {error}") from error
        if "auto_map" in named:
            raise InvalidEvidence(f"{path} names code to run (auto_map). Only plain configurations are read.")
    return folder
