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
# What is measured of stored trainings beside their scores: `harness ranks`, `harness attend --out`.
RANKS = ROOT / "results" / "measured" / "ranks.csv"
ATTENTION = ROOT / "results" / "measured" / "attention.json"


def resolve(location: str) -> Path:
    """Return a path as it is when absolute, else below the project's root."""
    return ROOT / location
