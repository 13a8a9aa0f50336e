"""What one training's frozen encoders said serves all others, and no bit of them shows it."""

from hashlib import sha256

import pytest
import torch
from torch.nn import Dropout, Sequential

from harness.encoders.build import build
from harness.train.sharing import USED, Shared
from tests.harness.encoders.small import BY_NAME
from tests.harness.miniature import MACHINE

SUBSETS = ("clip", "pix2struct", "clip+pix2struct")
ROOM = MACHINE.model_copy(update={"features_gb": 1.0})


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    return build(BY_NAME["clip"]).eval().requires_grad_(False)


@pytest.fixture
def canvas():
    return torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))


def sharing(folder, encoder, budget: float = 1e9, machine=ROOM) -> Shared:
    """Start to share as a training does, with what it finds in the folder."""
    shared = Shared(folder, budget, machine)
    shared.attach([encoder])
    return shared


def counts(shared: Shared) -> tuple[int, int]:
    return shared.encoded, shared.recalled


def kept(folder) -> int:
    return sum(file.stat().st_size for file in folder.glob("*/*.safetensors"))


def frozen_stages(miniature):
    """Shorten both objectives to two steps in which no encoder learns."""
    align, tune = miniature.recipe.stages
    frozen = {"rates": {"projector": 1e-3}, "steps": 2}
    return align.model_copy(update=frozen), tune.model_copy(update=frozen)


def digests(done) -> dict[str, str]:
    named = {**done.files, **done.order}
    return {name: sha256(path.read_bytes()).hexdigest() for name, path in named.items()}


@pytest.mark.slow
def test_trainings_that_share_end_in_the_bytes_of_those_that_do_not(miniature, tmp_path):
    told = {}
    for way, machine in (("apart", MACHINE), ("shared", ROOM)):
        for trained in SUBSETS:
            training = miniature.training(trained, stages=frozen_stages(miniature))
            done = miniature.train(training, tmp_path / way / trained, machine, features=tmp_path / "features")
            told[way, trained] = digests(done), done.losses, done.passes
    for trained in SUBSETS:
        assert told["shared", trained][:2] == told["apart", trained][:2]
        assert told["apart", trained][2] == {}
    passes = [told["shared", trained][2] for trained in SUBSETS]
    # The pair is spared what its members have done: four passes become two.
    assert passes[2] == {"encoded": 0, "recalled": passes[0]["encoded"] + passes[1]["encoded"]}
    assert passes[0]["recalled"] == passes[1]["recalled"] == 0
    assert 0 < kept(tmp_path / "features") < ROOM.features_gb * 1e9


@torch.no_grad()
def test_what_was_said_is_recalled_bit_by_bit(encoder, canvas, tmp_path):
    said = encoder(canvas)
    first, second = (sharing(tmp_path, encoder) for _ in range(2))
    encoder.memory = first
    assert torch.equal(encoder(canvas), said)
    encoder.memory = second
    assert torch.equal(encoder(canvas), said)
    assert (counts(first), counts(second)) == ((2, 0), (0, 2))


@torch.no_grad()
def test_nothing_is_recalled_of_other_pictures_weights_precisions_or_machines(encoder, canvas, tmp_path):
    sharing(tmp_path, encoder)
    encoder(canvas)
    for other in (canvas.flip(0), canvas[:1], canvas.flip(3)):
        shared = sharing(tmp_path, encoder)
        encoder(other)
        assert counts(shared) == (len(other), 0)
    shared = sharing(tmp_path, encoder, machine=ROOM.model_copy(update={"threads": 2}))
    encoder(canvas)
    assert counts(shared) == (2, 0)
    next(encoder.inner.parameters()).view(-1)[0] += 1e-3
    shared = sharing(tmp_path, encoder)
    encoder(canvas)
    encoder.to(torch.bfloat16)(canvas)
    assert counts(shared) == (4, 0)


@torch.no_grad()
@pytest.mark.parametrize("damage", ["torn", "edited"])
def test_a_file_that_is_not_what_was_written_is_made_again(encoder, canvas, tmp_path, damage):
    said = encoder(canvas)
    sharing(tmp_path, encoder)
    encoder(canvas)
    (file,) = tmp_path.glob("*/*.safetensors")
    content = file.read_bytes()
    file.write_bytes(content[:-1] if damage == "torn" else content[:-1] + bytes([content[-1] ^ 1]))
    shared = sharing(tmp_path, encoder)
    assert torch.equal(encoder(canvas), said)
    assert counts(shared) == (2, 0)


@torch.no_grad()
def test_the_budget_holds_over_all_trainings_and_what_came_first_stays(encoder, canvas, tmp_path):
    size = encoder(canvas).nbytes
    for number in range(3):
        shared = sharing(tmp_path, encoder, 2.5 * size)
        encoder(canvas + number / 255)
        assert counts(shared) == (2, 0)
    assert int((tmp_path / USED).read_text()) == 2 * size
    assert len(list(tmp_path.glob("*/*.safetensors"))) == 2
    shared = sharing(tmp_path, encoder, 2.5 * size)
    for number in range(3):
        encoder(canvas + number / 255)
    assert counts(shared) == (2, 4)


@torch.no_grad()
def test_an_encoder_that_draws_is_never_remembered(encoder, canvas, tmp_path):
    encoder.inner = Sequential(Dropout(0.5)).train()
    encoder.inner.register_parameter("one", torch.nn.Parameter(torch.ones(1)))
    encoder.tokens = lambda pixels: encoder.inner(pixels)
    sharing(tmp_path, encoder)
    assert not torch.equal(encoder(canvas), encoder(canvas))
    assert kept(tmp_path) == 0
