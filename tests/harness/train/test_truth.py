import pytest

from benchmarks.mini import pictures
from harness.train import truth


@pytest.mark.parametrize("kind", pictures.KINDS)
def test_the_words_of_the_cells_hold_everything_that_is_shown(kind):
    for index in range(60):
        drawn = pictures.draw(kind, "train", 8, index)
        cells = truth.words(drawn)
        assert max(map(len, cells)) <= 4
        said = [word.strip() for cell in cells for word in cell]
        for thing in drawn.objects:
            assert thing.shape in said
            assert thing.colour in said or kind == "diagram"
            assert set(thing.facts) <= set(said)
        for glyph in drawn.glyphs:
            assert glyph.character in cells[glyph.row * truth.GRID + glyph.column]


@pytest.mark.parametrize("kind", pictures.KINDS)
def test_things_of_a_picture_have_middles_in_cells_of_their_own(kind):
    for index in range(60):
        drawn = pictures.draw(kind, "train", 8, index)
        middles = [truth.centre(thing) for thing in drawn.objects]
        assert len(middles) == len(set(middles))


def test_every_character_and_thing_has_a_class():
    for kind in pictures.KINDS:
        drawn = [pictures.draw(kind, "train", 8, index) for index in range(40)]
        kinds, hues, _ = truth.centres(drawn)
        assert ((kinds > 0) == (hues > 0)).all()
        assert (truth.characters(drawn) > 0).sum() == sum(len(one.glyphs) for one in drawn)
