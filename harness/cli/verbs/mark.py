"""Read the verbs that turn answers into marks and marks into scores."""

from pathlib import Path

from harness.cli.verbs.words import Json


def score(predictions: Path, *overrides: str, json: Json = False) -> int:
    """Score a file of predictions again, without any model.

    Example: harness score results/reference/predictions/tiny.clip.gqa.s0.parquet
    """
    from harness.cli import work

    return work.score(predictions, overrides, json)
