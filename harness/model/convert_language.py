"""Make safetensors of a language model that was published as pickles, trusting the pickles with nothing.

Each pickle is read as an encoder's is (harness/encoders/convert.py): tensors alone, in a process that does nothing
else. What comes out are weights in several files: shards and an index (harness/encoders/shards.py).
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from transformers import AutoConfig, AutoModelForCausalLM

from harness.encoders import shards
from harness.encoders.convert import read_pickle
from harness.errors import InvalidEvidence
from harness.model.language import local_folder

ONE, INDEX = "pytorch_model.bin", "pytorch_model.bin.index.json"
# Tables that older versions of transformers saved, and that newer ones compute.
COMPUTED = re.compile(r".*\.(rotary_emb\.inv_freq|masked_bias|attn\.bias)$")


def convert_language(source: Path, target: Path) -> str:
    """Write the tensors of the pickles in `source` as safetensors into `target`; return the digest of all files.

    `target` holds the model's `config.json` and tokenizer, by which every name and shape is held.

    Raises:
        InvalidEvidence: a pickle is absent, holds more than tensors, or does not fit the configuration; nothing is
            left.
    """
    pickles = _pickles(source)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(local_folder(target)))
    expected = {name: tensor.shape for name, tensor in model.state_dict().items()}
    where: dict[str, str] = {}
    fresh: dict[Path, Path] = {}
    try:
        for number, pickle in enumerate(pickles, start=1):
            name = f"model-{number:05d}-of-{len(pickles):05d}.safetensors"
            tensors = {key: one for key, one in read_pickle(pickle).items() if not COMPUTED.match(key)}
            _demand_fit(pickle, tensors, expected, where)
            fresh[target / name] = target / f".{name}.partial"
            save_file({key: tensors[key].clone().contiguous() for key in sorted(tensors)}, fresh[target / name])
            where |= dict.fromkeys(tensors, name)
        tied = {"lm_head.weight"} if model.config.tie_word_embeddings else set()
        if missing := set(expected) - set(where) - tied:
            raise InvalidEvidence(
                f"the pickles in {source} hold no {', '.join(sorted(missing)[:3])}: {len(missing)} absent"
            )
        for path, partial in fresh.items():
            partial.replace(path)
    finally:
        for partial in fresh.values():
            partial.unlink(missing_ok=True)
    index = target / f"model.safetensors{shards.ENDING}"
    index.write_text(json.dumps({"metadata": {}, "weight_map": dict(sorted(where.items()))}, indent=1) + "\n")
    return shards.digest(index)


def _pickles(source: Path) -> list[Path]:
    """List the pickles of a folder: one, or those that an index names."""
    if (source / INDEX).is_file():
        return shards.members(source / INDEX)
    if (source / ONE).is_file():
        return [source / ONE]
    raise InvalidEvidence(
        f"neither {INDEX} nor {ONE} in {source}. Fetch the files of the model there, pickles included"
    )


def _demand_fit(
    pickle: Path, tensors: Mapping[str, Tensor], expected: Mapping[str, torch.Size], known: Mapping[str, str]
) -> None:
    for name, tensor in tensors.items():
        if expected.get(name) != tensor.shape or name in known:
            wanted = (
                "held already" if name in known else f"expected {tuple(expected.get(name, ())) or 'no such tensor'}"
            )
            raise InvalidEvidence(f"{pickle} does not fit the configuration: {name} {tuple(tensor.shape)}, {wanted}")
