"""Lend this room a checkpoint of random weights and questions about few pictures."""

import pytest

from benchmarks.card import Picture, Protocol, Sample
from benchmarks.mini import mixture
from harness.model.checkpoint import save
from tests.harness.miniature import Miniature
from tests.harness.miniature import miniature as miniature
from tests.harness.nouns import mark

QUESTIONS_A_PICTURE = 8
PROTOCOL = Protocol(
    name="cambrian",
    prompt=lambda sample: sample.question,
    mark=mark,
    pool=lambda samples, marks: 0.0,
    max_new_tokens=8,
    source="a test",
)


@pytest.fixture(scope="session")
def protocol() -> Protocol:
    return PROTOCOL


@pytest.fixture(scope="session")
def checkpoint(miniature: Miniature, tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoint") / "made"
    save(miniature.model(), miniature.training(), miniature.speech(), folder)
    return folder


@pytest.fixture(scope="session")
def asked() -> list[Sample]:
    """Ask 272 questions about 34 pictures, so that neighbours never share one."""
    pictures = [(Picture.of(one.png), one.turns) for one in mixture.compose(6, 34)]
    return [
        sample(f"q{at:03d}.{number:02d}", f"{turns[at % len(turns)][0]} ({at})", picture)
        for at in range(QUESTIONS_A_PICTURE)
        for number, (picture, turns) in enumerate(pictures)
    ]


def sample(name: str, question: str, picture: Picture | None) -> Sample:
    return Sample(
        id=name,
        question=question,
        pictures=(picture,) if picture else (),
        choices=(),
        answers=("yes",),
        category="",
        kind="",
        cluster=picture.digest if picture else name,
    )
