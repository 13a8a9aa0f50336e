"""Draw the n-th picture of a kind for training or for testing.

Training and test pictures never meet: a layout belongs to the test side iff the first byte of its digest is below a
bound, whatever the seeds, and a layout thrown for the wrong side is thrown again.
"""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from benchmarks.mini import chart, diagram, scene
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import Drawn, Kind
from benchmarks.mini.words import Split

KINDS: tuple[Kind, ...] = ("scene", "chart", "diagram")
TEST_SHARE_OF_256 = 48

_PLAN: dict[Kind, Callable[[Dice, Split], Any]] = {"scene": scene.plan, "chart": chart.plan, "diagram": diagram.plan}
_RENDER: dict[Kind, Callable[[Any], Drawn]] = {
    "scene": scene.render,
    "chart": chart.render,
    "diagram": diagram.render,
}


def side_of(key: str) -> Split:
    """Tell whether a layout is drawn for training or for testing."""
    return "test" if blake2b(key.encode(), digest_size=1).digest()[0] < TEST_SHARE_OF_256 else "train"


def draw(kind: Kind, split: Split, seed: int, index: int) -> Drawn:
    """Draw picture `index` of a stream; a pure function of its four arguments."""
    dice = Dice(kind, split, seed, index)
    while True:
        plan = _PLAN[kind](dice, split)
        if side_of(plan.key()) == split:
            return _RENDER[kind](plan)
