"""Take the effective rank of each encoder's pre-projector features: the tokens of all pictures, streamed once.

What stands before the projector is what `tower.encode` gives: each encoder's own tokens (N_i, D_i), before masking and
fusion. Nothing but a covariance an encoder stays in memory, however many pictures there are
(`harness/analyse/effective_rank.py`).
"""

from collections.abc import Callable, Iterable, Mapping

import torch
from torch import Tensor

from benchmarks.card import Picture
from harness.analyse.effective_rank import VARIANTS, Stream
from harness.data.canvas import paint
from harness.errors import InvalidEvidence
from harness.schema.recipe import Canvas

Encode = Callable[[Tensor], Mapping[str, Tensor]]
Progress = Callable[[int, int], None]


@torch.inference_mode()
def streamed(
    encode: Encode, canvas: Canvas, pictures: Iterable[Picture], batch: int, report: Progress = lambda done, total: None
) -> dict[str, Stream]:
    """Gather the features of the pictures that differ by digest, `batch` at a time, by the encoder's name."""
    waiting = list({picture.digest: picture for picture in pictures}.values())
    found: dict[str, Stream] = {}
    for first in range(0, len(waiting), batch):
        painted = torch.stack([paint(picture.open(), canvas) for picture in waiting[first : first + batch]])
        for name, tokens in encode(painted).items():
            rows = tokens.flatten(0, 1).float().cpu().numpy()
            found.setdefault(name, Stream(rows.shape[1])).add(rows)
        report(min(first + batch, len(waiting)), len(waiting))
    return found


def figures(streams: Mapping[str, Stream]) -> dict[str, float]:
    """Return every variant, `<encoder>/<variant>/<centred or uncentred>`, with `<encoder>/tokens` and `/channels`.

    A variant that does not exist, since the features have no spectrum (all tokens equal), is absent.
    """
    found: dict[str, float] = {}
    for name, stream in streams.items():
        found |= {f"{name}/tokens": float(stream.tokens), f"{name}/channels": float(len(stream.mean))}
        for variant in VARIANTS:
            for centred in (False, True):
                try:
                    rank = stream.rank(variant, centred)
                except InvalidEvidence:
                    continue
                found[f"{name}/{variant}/{'centred' if centred else 'uncentred'}"] = rank.value
    return found
