"""Take the effective ranks of checkpoints in a child process: the pre-trained encoders first, then each training."""

from pathlib import Path

import torch
from torch import Tensor

from benchmarks.card import Picture
from benchmarks.load import load
from benchmarks.table import find
from harness.config.places import ROOT
from harness.encoders.build import load_encoder
from harness.model.checkpoint import load_tower
from harness.predict.predict import at_once
from harness.predict.ranks import Encode, figures, streamed
from harness.run.request import Finished, RankRequest
from harness.run.worker import Tell, reporter, serve
from harness.train.seed import settle


def take(request: RankRequest, tell: Tell) -> None:
    """Tell the ranks before training, and then those of each checkpoint, in the order asked."""
    pictures = chosen(request)
    places: list[str | None] = [None, *request.checkpoints]
    for index, folder in enumerate(places):
        encode = _before(request) if folder is None else _after(request, Path(folder))
        report = reporter(tell, f"ranks: {index + 1} of {len(places)}")
        found = streamed(encode, request.canvas, pictures, at_once(request.canvas), report)
        metrics = {**figures(found), "pictures": float(len(pictures))}
        tell(Finished(index=index, files={}, metrics=metrics, curves={}))


def chosen(request: RankRequest) -> list[Picture]:
    """Return the first different pictures of each benchmark, as many of one as of another where they have them."""
    mirror = Path(request.mirror) if request.mirror else None
    share = -(-request.pictures // len(request.benchmarks))
    found: dict[str, Picture] = {}
    for name in request.benchmarks:
        own: dict[str, Picture] = {}
        for sample in load(find(name), mirror).samples:
            own |= {picture.digest: picture for picture in sample.pictures if picture.digest not in found}
            if len(own) >= share:
                break
        found |= dict(list(own.items())[:share])
    return list(found.values())[: request.pictures]


def _before(request: RankRequest) -> Encode:
    """Build the encoders as a training begins with them; what no weights hold (a new neck) is drawn from the seed."""
    encoders, device = {}, torch.device(request.accelerator)
    for spec in request.encoders:
        settle(request.seed, "encoder", spec.name)
        encoders[spec.name] = load_encoder(spec, ROOT).eval().to(device)

    def encode(canvas: Tensor) -> dict[str, Tensor]:
        return {name: encoder(canvas.to(device)) for name, encoder in encoders.items()}

    return encode


def _after(request: RankRequest, folder: Path) -> Encode:
    """Load the tower of a checkpoint."""
    device = torch.device(request.accelerator)
    tower = load_tower(folder).to(device)
    return lambda canvas: tower.encode(canvas.to(device))


if __name__ == "__main__":
    serve(RankRequest, take)
