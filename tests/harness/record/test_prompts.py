"""The digest of prompts changes with what is asked and with where the pictures stand, and with nothing else."""

from dataclasses import replace

from benchmarks.card import Picture, Sample
from benchmarks.knowledge.ai2d import AI2D
from benchmarks.layout import first_picture_only, pictures_at_marks
from harness.record import prompts
from harness.schema.frozen import digest_of

PROTOCOL = replace(AI2D.protocol(), prompt=lambda sample: sample.question)


def _sample(question="like <image 2>?", count=2):
    pictures = tuple(Picture.of(bytes([number])) for number in range(count))
    return Sample("s", question, pictures, (), ("a",), "", "", "")


def test_pictures_before_the_words_leave_the_digest_to_the_words():
    expected = digest_of([["s", "like <image 2>?"]])
    for count in (0, 1, 2):
        assert prompts.digest([_sample(count=count)], PROTOCOL) == expected


def test_the_digest_tells_where_the_pictures_stand():
    protocols = [PROTOCOL, *(replace(PROTOCOL, layout=layout) for layout in (first_picture_only, pictures_at_marks))]
    assert len({prompts.digest([_sample()], protocol) for protocol in protocols}) == 3


def test_a_layout_that_changes_nothing_keeps_the_digest():
    one = _sample("why?", count=1)
    for layout in (first_picture_only, pictures_at_marks):
        assert prompts.digest([one], replace(PROTOCOL, layout=layout)) == prompts.digest([one], PROTOCOL)
