"""Keep the icons: things of everyday life, as bitmaps of twelve by twelve that are sampled to any side."""

import numpy as np
from numpy.typing import NDArray

_BITMAPS = {
    "fish": """
        ............
        ............
        ...#####...#
        ..#######.##
        .##.########
        ############
        ############
        ############
        .###########
        ..#######.##
        ...#####...#
        ............
    """,
    "cat": """
        #..........#
        ##........##
        ###......###
        ############
        ############
        ##..####..##
        ##..####..##
        ############
        #####..#####
        .##########.
        ..########..
        ...######...
    """,
    "tree": """
        .....##.....
        ....####....
        ...######...
        ..########..
        ....####....
        ...######...
        ..########..
        .##########.
        ############
        .....##.....
        .....##.....
        .....##.....
    """,
    "flower": """
        ....####....
        ..#.####.#..
        .####..####.
        .###....###.
        .####..####.
        ..#.####.#..
        ....####....
        .....##.....
        ##...##...##
        .###.##.###.
        ...######...
        .....##.....
    """,
    "key": """
        ............
        ............
        .####.......
        ######......
        ##..########
        ##..########
        ######..##.#
        .####...#..#
        ........#..#
        ............
        ............
        ............
    """,
    "mug": """
        ............
        #########...
        ############
        #########..#
        #########..#
        #########..#
        ############
        #########...
        #########...
        .#######....
        ..#####.....
        ............
    """,
}
SIDE = 12
ICONS = tuple(_BITMAPS)
FAMILY = {"fish": "animal", "cat": "animal", "tree": "plant", "flower": "plant", "key": "tool", "mug": "tool"}
"""What kind of thing an icon shows."""
FAMILIES = ("animal", "plant", "tool")

_MASKS = {name: np.array([[c == "#" for c in line] for line in art.split()]) for name, art in _BITMAPS.items()}


def icon(name: str, side: int) -> NDArray[np.bool_]:
    """Return the mask (side, side) of an icon: the nearest of its pixels, by integers."""
    nearest = np.arange(side) * SIDE // side
    mask = _MASKS[name][np.ix_(nearest, nearest)]
    mask.setflags(write=False)
    return mask
