"""Say where the project's own files are: configurations, accepted results and the weights of the miniature."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = ROOT / "configs"
REFERENCE = ROOT / "results" / "reference"
POLICY = ROOT / "results" / "policy.toml"


def resolve(location: str) -> Path:
    """Return a path as it is when absolute, else below the project's root."""
    return ROOT / location
