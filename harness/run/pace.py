"""Tell how long the rest of a sweep takes, from what its finished parts took.

A training of k encoders is taken to cost in proportion to 2 + k: the language model, the rest of the step, and each
encoder. An answered entry costs the same whatever the model. Until something is finished there is no estimate.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

TRUNK = 2


@dataclass(slots=True)
class Pace:
    """Collect what finished work took: seconds of trainings with their weight, seconds of entries with their number."""

    slots: int
    trained: list[tuple[int, float]] = field(default_factory=list)
    answered: list[tuple[int, float]] = field(default_factory=list)

    def train(self, encoders: int, seconds: float) -> None:
        """Count a training."""
        self.trained.append((TRUNK + encoders, seconds))

    def answer(self, entries: int, seconds: float) -> None:
        """Count entries that were answered in one go."""
        self.answered.append((entries, seconds))

    def left_s(self, trainings: Iterable[int], entries: int) -> float | None:
        """Return the seconds that trainings (their numbers of encoders) and entries will take on all slots."""
        weight = sum(TRUNK + encoders for encoders in trainings)
        train, answer = _rate(self.trained), _rate(self.answered)
        if (weight and train is None) or (entries and answer is None):
            return None
        return (weight * (train or 0.0) + entries * (answer or 0.0)) / self.slots


def spoken(seconds: float | None) -> str:
    """Say a duration as people do: `2 h 05 min`, `4 min`, `under a minute`."""
    if seconds is None:
        return "an unknown time"
    minutes = round(seconds / 60)
    if minutes < 1:
        return "under a minute"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"


def _rate(done: list[tuple[int, float]]) -> float | None:
    weight = sum(weight for weight, _ in done)
    return sum(seconds for _, seconds in done) / weight if weight else None
