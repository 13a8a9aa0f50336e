"""Say where the project's own files are: configurations, accepted results and the weights of the miniature.

They lie below the checkout, or below `HARNESS_ROOT`, a folder that holds copies of `configs`, `results` and
`requirements`: so a damaged reference can be tried without damaging the real one.
"""

import os
from pathlib import Path

ROOT = Path(os.environ.get("HARNESS_ROOT") or Path(__file__).parents[2]).resolve()
CONFIGS = ROOT / "configs"
REFERENCE = ROOT / "results" / "reference"
PUBLISHED = ROOT / "results" / "published"
POLICY = ROOT / "results" / "policy.toml"
QUESTIONS = ROOT / "results" / "questions.csv"
# What is measured beside the scores: of stored trainings (`harness ranks`, `harness attend --out`), and of the
# encoders before any training (`harness probe`).
RANKS = ROOT / "results" / "measured" / "ranks.csv"
ATTENTION = ROOT / "results" / "measured" / "attention.json"
READOUTS = ROOT / "results" / "measured" / "readouts.csv"


def resolve(location: str) -> Path:
    """Return a path as it is when absolute, else below the project's root."""
    return ROOT / location
