"""Load the language model: any causal model of transformers, as a folder of data without code."""

import json
from pathlib import Path

from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PreTrainedModel

from harness.data.speech import Speech
from harness.encoders.build import read_weights
from harness.errors import InvalidEvidence
from harness.schema.recipe import LanguageSpec


def load_language(spec: LanguageSpec, root: Path) -> PreTrainedModel:
    """Build the language model from its folder's configuration and fill it with its pinned weights, in float32.

    Raises:
        InvalidEvidence: the weights are not the pinned ones or do not fit.
    """
    model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(local_folder(root / spec.folder)))
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
    return model.float()


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
            raise InvalidEvidence(f"no {name} in {folder}. Make the parts again: harness prepare --pretrain")
        try:
            named = json.loads(path.read_bytes())
        except ValueError as error:
            raise InvalidEvidence(f"{path} is no JSON, it was truncated or edited: {error}") from error
        if "auto_map" in named:
            raise InvalidEvidence(f"{path} names code to run (auto_map). Only plain configurations are read.")
    return folder
