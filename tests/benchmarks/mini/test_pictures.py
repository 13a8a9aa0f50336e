from hashlib import sha256

import numpy as np
import pytest

from benchmarks.mini import pictures
from benchmarks.mini.canvas import Canvas
from benchmarks.mini.drawn import CELL, INK, SHAPES, SIDE, stamp
from benchmarks.mini.figures import STATES, figure
from benchmarks.mini.words import LABELS, LETTERS

PINNED = {
    "scene": "e7b558f31dec3ff678738fe754a54561d69da2140cc820a232a1137b4c06e283",
    "chart": "93b5321236780461c3f7fd60062835b69ff9b664473990775ca1773b18d4fba9",
    "diagram": "7306a09318adf87c3ca239f9c23480bc80377cba962a01a372466fd17d3dd178",
    "specimen": "cfe581255493399de74ae17462c495be3dfb94cf124aa352708e3e5fc75160e1",
    "puzzle": "0f22410a121292cb79fa65ad4df499f4efdd84fd923ff9b872a5ca1740c970e0",
    "form": "15e5f0ebb162dcadd56a4d6676d076d9ec59d01d27ec79d0952b0ef3839ee547",
    "sign": "17a30d0d03df65c4408c60cd1b73ce7ce05cc87e3df70c739fbe9e8a02a23437",
    "word": "5cd8ce26ee9b7bd3d7f0c5bd36e873ed0797cccf1d5cdac409218bed5c671fe8",
    "pose": "a3f571ce88c157f7fefd39ccd2560465d6d9d9e0f68b98c17933404b62819738",
    "road": "9651dc55c9dd8d8174fcedb6eb9c4b0f00855c3b46767a2f197d4f74324ee83c",
    "depth": "d6ba74ef4715bffda19718ea1d2f8204d9eaa3c577163c9f05754fa5d0190977",
}


@pytest.mark.parametrize("kind", pictures.KINDS)
def test_a_picture_has_the_same_bytes_on_every_machine(kind):
    assert sha256(pictures.draw(kind, "train", 0, 1).png()).hexdigest() == PINNED[kind]


@pytest.mark.parametrize("kind", pictures.KINDS)
def test_drawing_is_a_pure_function_of_its_arguments(kind):
    first = [pictures.draw(kind, "train", 3, index).png() for index in range(20)]
    assert first[::-1] == [pictures.draw(kind, "train", 3, index).png() for index in reversed(range(20))]
    assert len(set(first)) == 20


@pytest.mark.parametrize("kind", pictures.KINDS)
@pytest.mark.parametrize("split", ["train", "test"])
def test_every_layout_stands_on_its_own_side(kind, split):
    for index in range(100):
        assert pictures.side_of(pictures.draw(kind, split, 5, index).key) == split


def test_every_state_of_a_figure_looks_different():
    for name, states in STATES.items():
        masks = {figure(name, state).tobytes() for state in states}
        assert len(masks) == len(states)


@pytest.mark.parametrize("kind", ["specimen", "pose", "puzzle"])
def test_the_mask_of_a_thing_is_exactly_where_its_ink_is(kind):
    for index in range(100):
        drawn = pictures.draw(kind, "train", 1, index)
        for thing in drawn.objects:
            left, top, right, bottom = thing.box
            inside = np.zeros((SIDE, SIDE), bool)
            inside[top:bottom, left:right] = True
            assert np.array_equal(thing.mask(), inside & (drawn.pixels == INK[thing.colour]))


def test_the_mask_of_a_shape_is_exactly_where_its_colour_is():
    for index in range(200):
        drawn = pictures.draw("scene", "train", 1, index)
        for thing in drawn.objects:
            assert (drawn.pixels[thing.mask()] == INK[thing.colour]).all()
        ground = np.isin(drawn.pixels, [INK[name] for name in ("white", "grey", "rose", "mint")])
        masks = [thing.mask() for thing in drawn.objects]
        assert np.array_equal(~ground, np.logical_or.reduce(masks))
        assert sum(mask.sum() for mask in masks) == (~ground).sum()


def test_things_do_not_overlap_and_stay_on_the_canvas():
    for kind in pictures.KINDS:
        for index in range(100):
            drawn = pictures.draw(kind, "train", 2, index)
            covered = np.zeros((SIDE, SIDE), int)
            for thing in drawn.objects:
                left, top, right, bottom = thing.box
                assert 0 <= left < right <= SIDE
                assert 0 <= top < bottom <= SIDE
                covered[top:bottom, left:right] += 1
            assert covered.max() <= 1


def test_a_bar_is_as_high_as_its_value():
    for index in range(100):
        drawn = pictures.draw("chart", "train", 2, index)
        for bar, thing in zip(drawn.plan.bars, drawn.objects, strict=True):
            left, top, right, bottom = thing.box
            assert bottom - top == 6 * bar.height
            assert (drawn.pixels[top:bottom, left:right] == INK[bar.colour]).all()
        assert sum(bar.height == drawn.plan.tallest.height for bar in drawn.plan.bars) == 1


def test_glyphs_say_what_is_written_where():
    for kind in ("chart", "diagram", "form", "sign", "word", "puzzle", "road"):
        for index in range(50):
            drawn = pictures.draw(kind, "train", 2, index)
            for glyph in drawn.glyphs:
                alone = Canvas()
                alone.write(glyph.character, glyph.column, glyph.row)
                top, left = glyph.row * CELL, glyph.column * CELL
                cell = np.s_[top : top + CELL, left : left + CELL]
                ink = alone.pixels[cell] == INK["black"]
                assert ink.any()
                (colour,) = set(drawn.pixels[cell][ink].tolist())
                assert colour == INK["black"] or kind == "word"


def test_shapes_and_letters_are_told_apart_by_their_pixels():
    for side in (11, 13, 15, 17, 19):
        masks = [stamp(shape, side).tobytes() for shape in SHAPES]
        assert len(set(masks)) == len(SHAPES)
    written = set()
    for letter in LETTERS:
        canvas = Canvas()
        canvas.write(letter, 0, 0)
        written.add(canvas.pixels.tobytes())
    assert len(written) == len(LETTERS)


def test_captions_name_every_thing():
    for kind in pictures.KINDS:
        for index in range(50):
            drawn = pictures.draw(kind, "train", 4, index)
            for thing in drawn.objects:
                assert thing.colour in drawn.caption or thing.shape == "arrow"
                assert all(fact in drawn.caption for fact in thing.facts)
            if kind != "puzzle":
                assert "".join(glyph.character for glyph in drawn.glyphs[:2]) in drawn.caption


def test_training_and_test_labels_are_disjoint_and_share_their_letters():
    assert not set(LABELS["train"]) & set(LABELS["test"])
    for split in ("train", "test"):
        for place in (0, 1):
            assert {label[place] for label in LABELS[split]} == set(LETTERS)
