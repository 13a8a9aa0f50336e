"""Do what `harness rank` asks: every variant of the effective rank of one array of features."""

from pathlib import Path

import numpy as np

from harness.analyse.effective_rank import VARIANTS, Rank, Stream, blocks_of, stream
from harness.analyse.rank_change import changes
from harness.cli.screen import answer, columns
from harness.errors import InvalidEvidence

BYTES_LIMIT = 64 * 2**30
WIDTH_LIMIT = 16_384


def rank(path: Path, before: Path | None, as_json: bool) -> int:
    """Print the ranks, and how they changed since `before`.

    Raises:
        InvalidEvidence: the file is no array of finite tokens x channels, or too large.
    """
    gathered = _gathered(path)
    channels = len(gathered.mean)
    changed = changes(_gathered(before), gathered) if before else ()
    ranks = {centred: _all(gathered, centred) for centred in (False, True)}
    plain = {
        "tokens": gathered.tokens,
        "channels": channels,
        "cap": min(gathered.tokens, channels),
        "uncentred": {one.variant: _plain(one) for one in ranks[False]},
        "centred": {one.variant: _plain(one) for one in ranks[True]} or None,
    }
    rows = [
        (one.variant, "yes" if one.centred else "no", f"{one.value:.3f}", f"{one.share:.4f}")
        for found in ranks.values()
        for one in found
    ]
    if changed:
        plain["change"] = {one.variant: {"ratio": one.ratio, "word": one.word} for one in changed}
    caption = "share: divided by the cap, min(tokens, channels). Default: roy_vetterli, not centred."
    if not ranks[True]:
        caption += " All tokens are equal, so nothing is left when they are centred."
    if changed:
        told = ", ".join(f"{one.variant} {one.word} ({one.ratio:.3f})" for one in changed)
        caption += f"\nSince {before}, not centred: {told}."
    title = f"{path}: {gathered.tokens:,} tokens x {channels:,} channels"
    answer(plain, columns(title, ("variant", "centred", ">effective rank", ">share"), rows, caption), as_json)
    return 0


def _gathered(path: Path) -> Stream:
    features = _opened(path)
    return stream(blocks_of(features), features.shape[1])


def _opened(path: Path) -> np.ndarray:
    """Open an array without reading it: its pages come as they are asked for."""
    if not path.is_file():
        raise InvalidEvidence(f"{path} is absent or no plain file; an array of features (.npy) was expected there")
    if path.stat().st_size > BYTES_LIMIT:
        raise InvalidEvidence(f"{path} has {path.stat().st_size:,} bytes; features have at most {BYTES_LIMIT:,}")
    try:
        features = np.lib.format.open_memmap(path, mode="r")
    except (ValueError, OSError, EOFError) as error:
        raise InvalidEvidence(
            f"{path} is no plain NumPy array: {error}. Save it with numpy.save, no objects"
        ) from error
    if features.dtype.kind not in "fiu" or features.ndim != 2 or not features.size:
        raise InvalidEvidence(
            f"{path} holds an array of shape {features.shape} and type {features.dtype}; expected numbers, tokens x "
            "channels. Features of several images are reshaped to one row a token"
        )
    if features.shape[1] > WIDTH_LIMIT:
        raise InvalidEvidence(f"{path} has {features.shape[1]:,} channels; the covariance is taken of {WIDTH_LIMIT:,}")
    return features


def _all(gathered: Stream, centred: bool) -> list[Rank]:
    """Take all variants; none where centring leaves nothing, which is no fault of the features."""
    if centred and not gathered.singular_values(centred).any():
        return []
    return [gathered.rank(variant, centred) for variant in VARIANTS]


def _plain(one: Rank) -> dict[str, float]:
    return {"value": one.value, "share_of_cap": one.share}
