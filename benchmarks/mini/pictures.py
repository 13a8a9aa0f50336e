"""Draw the n-th picture of a kind for training or for testing.

Training and test pictures never meet: a layout belongs to the test side iff the first byte of its digest is below a
bound, whatever the seeds, and a layout thrown for the wrong side is thrown again.
"""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from benchmarks.mini import chart, depth, diagram, form, pose, puzzle, road, scene, sign, specimen, word
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import Drawn, Kind
from benchmarks.mini.words import Split

TEST_SHARE_OF_256 = 48

_ARTISTS: dict[Kind, tuple[Callable[[Dice, Split], Any], Callable[[Any], Drawn]]] = {
    "scene": (scene.plan, scene.render),
    "chart": (chart.plan, chart.render),
    "diagram": (diagram.plan, diagram.render),
    "specimen": (specimen.plan, specimen.render),
    "puzzle": (puzzle.plan, puzzle.render),
    "form": (form.plan, form.render),
    "sign": (sign.plan, sign.render),
    "word": (word.plan, word.render),
    "pose": (pose.plan, pose.render),
    "road": (road.plan, road.render),
    "depth": (depth.plan, depth.render),
}
"""Kind -> how a picture of it is planned, and how it is drawn."""

KINDS: tuple[Kind, ...] = tuple(_ARTISTS)


def side_of(key: str) -> Split:
    """Tell whether a layout is drawn for training or for testing."""
    return "test" if blake2b(key.encode(), digest_size=1).digest()[0] < TEST_SHARE_OF_256 else "train"


def draw(kind: Kind, split: Split, seed: int, index: int) -> Drawn:
    """Draw picture `index` of a stream; a pure function of its four arguments."""
    plan, render = _ARTISTS[kind]
    dice = Dice(kind, split, seed, index)
    while True:
        planned = plan(dice, split)
        if side_of(planned.key()) == split:
            return render(planned)
