from benchmarks.mini import pictures
from harness.train import truth


def test_every_character_and_thing_has_a_class():
    for kind in pictures.KINDS:
        drawn = [pictures.draw(kind, "train", 8, index) for index in range(40)]
        kinds, hues, _ = truth.centres(drawn)
        assert ((kinds > 0) == (hues > 0)).all()
        read = truth.characters(drawn)
        assert (read[..., 0] > 0).sum() == sum(len(one.glyphs) for one in drawn)
        for row, one in zip(read, drawn, strict=True):
            for glyph in one.glyphs:
                told = [truth.CHARACTERS[index] for index in row[8 * glyph.row + glyph.column]]
                assert "".join(told).rstrip("\0") == glyph.character + glyph.word[:2]
