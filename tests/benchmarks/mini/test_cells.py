import pytest

from benchmarks.mini import cells, pictures
from benchmarks.mini.drawn import GRID


@pytest.mark.parametrize("kind", pictures.KINDS)
def test_the_words_of_the_cells_hold_everything_that_is_shown(kind):
    for index in range(60):
        drawn = pictures.draw(kind, "train", 8, index)
        held = cells.words(drawn)
        assert max(map(len, held)) <= 6
        said = [word.strip() for cell in held for word in cell]
        for thing in drawn.objects:
            assert thing.shape in said
            assert thing.colour in said or kind == "diagram"
            assert set(thing.facts) <= set(said)
        for glyph in drawn.glyphs:
            spelled = "".join(held[glyph.row * GRID + glyph.column])
            assert glyph.character in glyph.word
            assert spelled.endswith(f" {glyph.word}")


@pytest.mark.parametrize("kind", pictures.KINDS)
def test_things_of_a_picture_have_middles_in_cells_of_their_own(kind):
    for index in range(60):
        drawn = pictures.draw(kind, "train", 8, index)
        middles = [cells.centre(thing) for thing in drawn.objects]
        assert len(middles) == len(set(middles))
