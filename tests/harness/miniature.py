"""Make a whole project of random weights in a folder: five encoders, a language model, pictures, and a short recipe.

Nothing here is trained, so every law that holds must hold for any weights. Sizes are the tiny recipe's where a test
depends on them (64 px canvas, 8 x 8 grid), smaller where none does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from benchmarks.mini import mixture
from harness.config.compose import compose
from harness.data.speech import Speech
from harness.encoders.build import build
from harness.encoders.table import TINY
from harness.model.vlm import Vlm
from harness.schema.encoder import EncoderSpec, Weights
from harness.schema.machine import MachineSpec
from harness.schema.recipe import DataSource, Training, TrainRecipe
from harness.schema.subset import Subset
from harness.train import lexicon
from harness.train.loop import StepReport
from harness.train.seed import settle
from harness.train.train import Trained, assemble, train

PICTURES = 40
WIDTH = 64
# Wide enough that greedy answers differ from question to question.
SPREAD = 0.3
MACHINE = MachineSpec(
    accelerator="cpu",
    devices=1,
    micro_batch=4,
    zero_stage=0,
    workers=0,
    threads=1,
    instruction_set="native",
    checkpoint_every_s=3600,
)


@dataclass(frozen=True)
class Miniature:
    """Hold a project folder with everything that a training needs."""

    root: Path
    encoders: dict[str, EncoderSpec]
    recipe: TrainRecipe

    @property
    def data(self) -> Path:
        """Return the folder of the training sources."""
        return self.root / "data"

    def training(self, trained: str = "clip+pix2struct", seed: int = 0, **changes: object) -> Training:
        """Name a training; `changes` replace fields of the recipe."""
        recipe = TrainRecipe.model_validate({**dict(self.recipe), **changes})
        subset = Subset.parse(trained, recipe.pool)
        encoders = tuple(self.encoders[name] for name in subset.names)
        return Training(trained=subset, encoders=encoders, recipe=recipe, seed=seed)

    def model(self, trained: str = "clip+pix2struct", **changes: object) -> Vlm:
        """Assemble an untrained model for evaluation."""
        return assemble(self.training(trained, **changes), self.root).eval()

    def speech(self) -> Speech:
        """Return the words of the language model."""
        return Speech(tokenizer(), self.recipe.language.template)

    def train(
        self,
        training: Training,
        work: Path,
        machine: MachineSpec = MACHINE,
        report: Callable[[StepReport], None] = lambda step: None,
        features: Path | None = None,
    ) -> Trained:
        """Run a training in this process."""
        return train(training, machine, self.root, self.data, work, report, features)


@pytest.fixture(scope="session")
def miniature(tmp_path_factory) -> Miniature:
    return make(tmp_path_factory.getbasetemp() / "miniature")


@cache
def make(root: Path) -> Miniature:
    """Make the project once, however many rooms take the fixture; from then on torch computes on one thread."""
    torch.set_num_threads(MACHINE.threads)
    encoders = {}
    for card in TINY:
        settle("encoder", card.spec.name)
        path = root / card.spec.weights.location
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(_random(build(card.spec).inner), path)
        encoders[card.spec.name] = card.spec.model_copy(update={"weights": pinned(card.spec.weights, path)})
    manifest = mixture.draw(root / "data", 5, count=PICTURES)
    return Miniature(root, encoders, _recipe(root, manifest))


def _random(module: nn.Module) -> dict[str, torch.Tensor]:
    """Draw the weights that a library leaves next to zero: nothing of a picture would pass SAM and Pix2Struct."""
    for parameter in module.parameters():
        if parameter.ndim > 1 and float(parameter.detach().std()) < 1e-6:
            nn.init.normal_(parameter, std=0.05)
    return {name: tensor.contiguous() for name, tensor in module.state_dict().items()}


def _recipe(root: Path, manifest: str) -> TrainRecipe:
    """Shorten the tiny recipe: a few steps of eight samples, and the language model made here."""
    recipe = compose().recipe
    folder = root / recipe.language.folder
    words = tokenizer()
    settle("language")
    config = LlamaConfig(
        vocab_size=len(words),
        hidden_size=WIDTH,
        intermediate_size=2 * WIDTH,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        initializer_range=SPREAD,
        bos_token_id=words.bos_token_id,
        eos_token_id=words.eos_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    words.save_pretrained(folder)
    language = recipe.language.model_copy(
        update={"weights": pinned(recipe.language.weights, folder / "model.safetensors")}
    )
    stages = tuple(
        stage.model_copy(
            update={
                "sources": tuple(repinned(source, manifest) for source in stage.sources),
                "steps": 4,
                "global_batch": 8,
                "max_turns": 3,
            }
        )
        for stage in recipe.stages
    )
    return recipe.model_copy(update={"language": language, "stages": stages})


def pinned(weights: Weights, path: Path) -> Weights:
    """Pin weights to what a file holds."""
    return weights.model_copy(update={"sha256": sha256(path.read_bytes()).hexdigest()})


def repinned(source: DataSource, manifest: str) -> DataSource:
    """Pin a source to another manifest."""
    return source.model_copy(update={"manifest": manifest})


@cache
def tokenizer() -> PreTrainedTokenizerFast:
    """Learn the words of a few conversations, once."""
    turns = [turn for one in mixture.compose(5, 60) for turn in one.turns]
    template = compose().recipe.language.template
    return lexicon.build([question for question, _ in turns], [answer for _, answer in turns], template)
