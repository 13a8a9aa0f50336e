"""Write and read a trained model: safetensors for weights, a transformers folder for the language, JSON for words.

```
training.json               the training it came from (schema.recipe.Training)
tower.safetensors           encoders and projector, float32
language/config.json ...    the language model alone, a folder that vLLM and transformers load as it is
```
"""

import json
import shutil
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PreTrainedModel

from harness.data.speech import Speech
from harness.encoders.build import build
from harness.errors import InvalidEvidence
from harness.model.language import local_folder
from harness.model.tower import Tower
from harness.model.vlm import Vlm
from harness.schema.entry import Entry
from harness.schema.recipe import Training

TRAINING, TOWER, LANGUAGE = "training.json", "tower.safetensors", "language"


def save(model: Vlm, training: Training, speech: Speech, folder: Path) -> dict[str, Path]:
    """Write a checkpoint into an emptied folder and return its files by name."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / TRAINING).write_text(json.dumps(training.plain(), indent=1, sort_keys=True) + "\n")
    save_file({name: tensor.contiguous() for name, tensor in model.tower.state_dict().items()}, folder / TOWER)
    model.language.save_pretrained(folder / LANGUAGE)
    speech.tokenizer.save_pretrained(folder / LANGUAGE)
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}


def read_training(folder: Path) -> Training:
    """Read which training a checkpoint came from.

    Raises:
        InvalidEvidence: there is no such file, or it does not hold a training.
    """
    path = folder / TRAINING
    if not path.is_file():
        raise InvalidEvidence(f"no {TRAINING} in {folder}: this is no checkpoint of ours")
    return Training.from_json(path.read_bytes(), str(path))


def demand_trained_for(folder: Path, entry: Entry) -> None:
    """Demand that a checkpoint is the one that an entry is asked of, before any of its weights is read.

    Raises:
        InvalidEvidence: it is of another subset, recipe or seed; the message says which it is and which is asked for.
    """
    found = read_training(folder)
    if found.digest != entry.training:
        raise InvalidEvidence(
            f"the checkpoint in {folder} is of '{found.trained}', seed {found.seed} (training {found.digest[:12]}); "
            f"{entry.slug} asks for '{entry.trained}', seed {entry.seed} (training {entry.training[:12]}): another "
            "subset, recipe or seed. Train that one (harness train), or name the recipe that this one was trained under"
        )


def load_tower(folder: Path) -> Tower:
    """Build the tower that a checkpoint describes and load its weights; every tensor must fit.

    Raises:
        InvalidEvidence: a file is missing or does not fit.
    """
    training = read_training(folder)
    config = AutoConfig.from_pretrained(local_folder(folder / LANGUAGE))
    recipe = training.recipe
    encoders, side_px = [build(spec) for spec in training.encoders], recipe.canvas.side_px
    tower = Tower(encoders, recipe.fusion, recipe.projector, config.hidden_size, side_px)
    try:
        tower.load_state_dict(load_file(folder / TOWER), strict=True)
    except (RuntimeError, SafetensorError, OSError) as error:
        raise InvalidEvidence(f"{folder / TOWER} does not hold the tower of '{training.trained}': {error}") from error
    return tower.eval()


def load_speaker(folder: Path) -> tuple[PreTrainedModel, Speech]:
    """Load the language model and the words of a checkpoint, in float32.

    Raises:
        InvalidEvidence: a file is missing or does not fit.
    """
    home = local_folder(folder / LANGUAGE)
    try:
        language = AutoModelForCausalLM.from_pretrained(home, dtype="float32", use_safetensors=True)
    except (RuntimeError, SafetensorError, OSError) as error:
        raise InvalidEvidence(f"{home} holds no model.safetensors that fits its config.json: {error}") from error
    return language.eval(), load_speech_of(folder)


def load_speech_of(folder: Path) -> Speech:
    """Load the tokenizer and template of a checkpoint."""
    home = local_folder(folder / LANGUAGE)
    return Speech(AutoTokenizer.from_pretrained(home), read_training(folder).recipe.language.template)
