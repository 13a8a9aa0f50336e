"""Draw a road with two lanes, cars near and far, a traffic light and a sign that points or bears a number."""

from dataclasses import dataclass

from benchmarks.mini.canvas import Canvas
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import CELL, COLOURS, INK, SIDE, Drawn
from benchmarks.mini.figures import figure
from benchmarks.mini.words import Split

LIGHTS = ("red", "yellow", "green")
TURNS = ("left", "right", "up")
"""Ways a sign can point."""
SPEEDS = ("20", "30", "40", "50", "60", "70")
LANES = ("left", "right")
_FAR, _NEAR = (24, 8), (44, 14)
"""Top and height of a far and a near car."""
DISTANCES = ("far", "near")


@dataclass(frozen=True, slots=True)
class Car:
    """Describe one car: its colour, its lane (0 left, 1 right), how near it is (0 far, 1 near)."""

    colour: str
    lane: int
    near: int


@dataclass(frozen=True, slots=True)
class RoadPlan:
    """Hold the light, what the sign shows (a way of `TURNS` or a number of `SPEEDS`), and the cars."""

    light: str
    sign: str
    cars: tuple[Car, ...]

    def key(self) -> str:
        """Name the layout."""
        return f"road {self.light} {self.sign} " + " ".join(f"{c.lane}{c.near}{c.colour}" for c in self.cars)


def plan(dice: Dice, split: Split) -> RoadPlan:
    """Throw a road with one to four cars of different colours."""
    count = dice.between(1, 4)
    spots = sorted(dice.take(range(4), count))
    cars = tuple(
        Car(colour, spot % 2, spot // 2) for colour, spot in zip(dice.take(COLOURS, count), spots, strict=True)
    )
    sign = dice.choose(TURNS) if dice.below(2) else dice.choose(SPEEDS)
    return RoadPlan(dice.choose(LIGHTS), sign, cars)


def _caption(road: RoadPlan) -> str:
    cars = [f"a {DISTANCES[c.near]} {c.colour} car in the {LANES[c.lane]} lane" for c in road.cars]
    return f"A road with a {road.light} light, a sign {road.sign}, " + ", ".join(cars) + "."


def _sign(canvas: Canvas, sign: str) -> None:
    if sign in SPEEDS:
        canvas.write(sign, 1, 1)
        canvas.outline("black", 6, 5, 26, 18)
        return
    canvas.outline("black", 3, 0, 26, 23)
    canvas.pixels[1:22, 4:25][figure("arrow", sign)] = INK["black"]
    canvas.note("arrow", "black", 4, 1, 25, 22, (sign,))


def render(road: RoadPlan) -> Drawn:
    """Draw a road: the light at the top right, the sign at the top left, the lanes from the middle down."""
    canvas = Canvas()
    canvas.fill("faint", 4, 3 * CELL, SIDE - 4, SIDE)
    for top in range(3 * CELL + 2, SIDE, 8):
        canvas.fill("white", SIDE // 2 - 1, top, SIDE // 2 + 1, top + 4)
    canvas.fill("black", 45, 0, 58, 23)
    top = 1 + 7 * LIGHTS.index(road.light)
    canvas.shape("circle", road.light, 48, top, 7)
    canvas.things[-1] = type(canvas.things[-1])("light", road.light, (48, top, 55, top + 7))
    _sign(canvas, road.sign)
    for car in road.cars:
        top, height = _NEAR if car.near else _FAR
        left, right = (9 + 28 * car.lane, 27 + 28 * car.lane) if car.near else (13 + 28 * car.lane, 23 + 28 * car.lane)
        canvas.block("car", car.colour, left, top, right, top + height)
        canvas.fill("white", left + 2, top + 2, right - 2, top + height // 2)
        for wheel in (left + 1, right - 4):
            canvas.fill("black", wheel, top + height, wheel + 3, top + height + 2)
        canvas.things[-1] = type(canvas.things[-1])("car", car.colour, canvas.things[-1].box, (DISTANCES[car.near],))
    things, glyphs = tuple(canvas.things), tuple(canvas.glyphs)
    return Drawn("road", canvas.pixels, things, glyphs, _caption(road), road, road.key())
