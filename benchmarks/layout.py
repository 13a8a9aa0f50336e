"""Place a sample's pictures among the words of its prompt, as the harnesses show questions with several pictures.

The default, all pictures before the words, is `card.pictures_first`. A mark is `<image 2>`: it stands in the words of
MMMU where its second picture belongs.
"""

import re

from benchmarks.card import Part, Sample

MARK = re.compile(r"<image (\d+)>")


def first_picture_only(sample: Sample, words: str) -> tuple[Part, ...]:
    """Show the first picture before the words and no other."""
    return (*sample.pictures[:1], words)


def marked_pictures_first(sample: Sample, words: str) -> tuple[Part, ...]:
    """Show the pictures that the words mark before the words, each once, in the order of their numbers; marks stay.

    Source: EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/mmmu/utils.py (`mmmu_doc_to_visual`), for models that are given
    pictures and one text; models that are given messages see them at their marks.
    """
    numbers = sorted({int(number) for number in MARK.findall(words)})
    return (*(sample.pictures[number - 1] for number in numbers), words)


def pictures_at_marks(sample: Sample, words: str) -> tuple[Part, ...]:
    """Show each picture in place of its mark, as often as it is marked; words without a mark follow all pictures.

    Source: open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/image_mcq.py (`MMMUDataset.split_MMMU`).
    """
    pieces = MARK.split(words)
    if len(pieces) == 1:
        return (*sample.pictures, words)
    placed = [sample.pictures[int(piece) - 1] if place % 2 else piece for place, piece in enumerate(pieces)]
    return tuple(part for part in placed if part != "")
