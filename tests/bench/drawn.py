"""Draw what a training at full scale needs and nobody has at hand: a model's weights, pictures, words behind them."""

from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import torch
from PIL import Image

from harness.data.batch import Batch
from harness.data.conversation import Conversation, Turn
from harness.data.order import generator
from harness.encoders.build import build
from harness.encoders.table import specs
from harness.model.tower import Tower
from harness.model.vlm import Vlm
from harness.run.plan.count import unfilled
from harness.schema.recipe import Stage
from harness.schema.study import Study
from harness.schema.subset import Subset
from harness.train.seed import settle

PICTURES, WORD, ASKED = 64, "the", 8


def drawn(study: Study, subset: Subset, device: torch.device) -> Vlm:
    """Build the model of a subset with random weights on the device, in the precision that an engine keeps them in."""
    recipe = study.recipe
    settle(study.seed, "bench")
    with device:
        language = halved(unfilled(recipe.language), recipe.stages[0])
        encoders = [halved(build(spec), recipe.stages[0]) for spec in specs(subset.names, recipe.encoder_size)]
        width = language.config.hidden_size
        tower = Tower(encoders, recipe.fusion, recipe.projector, width, recipe.canvas.side_px)
        return Vlm(halved(tower, recipe.stages[0]), language).train()


def halved(module: Any, stage: Stage) -> Any:
    """Round the weights as DeepSpeed does for bfloat16, which leaves buffers whole."""
    if stage.precision == "bfloat16":
        for one in module.parameters():
            one.data = one.data.bfloat16()
    return module


def conversations(folder: Path, text: int) -> list[Conversation]:
    """Draw pictures, and say so many words behind each."""
    turn = Turn(" ".join(repeat(WORD, ASKED)), " ".join(repeat(WORD, text - ASKED)))
    found = []
    for number in range(PICTURES):
        rough = generator("picture", number).integers(0, 256, (60, 80, 3), dtype=np.uint8)
        path = folder / f"{number}.jpg"
        Image.fromarray(rough).resize((640, 480), Image.Resampling.BICUBIC).save(path, quality=90)
        found.append(Conversation(str(number), path, (turn,)))
    return found


class Waiting:
    """Hand batches on, and add up the seconds that were waited for them."""

    def __init__(self, feed: Callable[[int], Iterator[Batch]]):
        self.feed, self.seconds = feed, 0.0

    def __call__(self, step: int) -> Iterator[Batch]:
        """Serve from a step on."""
        batches = self.feed(step)
        while True:
            began = perf_counter()
            batch = next(batches)
            self.seconds += perf_counter() - began
            yield batch
