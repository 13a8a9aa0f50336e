"""Hold what was promised before a run was judged: how far a number may move, and who says so."""

from datetime import date

from pydantic import Field

from harness.schema.frozen import Frozen


class Margin(Frozen):
    """State one margin of indifference in points, with the evidence it rests on."""

    points: float = Field(gt=0)
    evidence: str = Field(min_length=1)


class Policy(Frozen):
    """Fix margins per benchmark, a default for the rest, the confidence of intervals and the day it was fixed."""

    fixed_on: date
    confidence: float = Field(gt=0.5, lt=1)
    default: Margin
    benchmarks: dict[str, Margin]

    def margin(self, benchmark: str) -> Margin:
        """Return the margin of a benchmark, or the default."""
        return self.benchmarks.get(benchmark, self.default)
