"""Files as the libraries write them load into our modules; files of another kind are refused with the remedy."""

from hashlib import sha256
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import (
    CLIPConfig,
    CLIPModel,
    Dinov2Model,
    Pix2StructConfig,
    Pix2StructForConditionalGeneration,
    SamConfig,
    SamModel,
    SiglipConfig,
    SiglipModel,
)

from harness.encoders.build import build, load_encoder
from harness.encoders.convert import convert
from harness.encoders.pinned import FOLDER
from harness.encoders.table import find
from harness.errors import InvalidEvidence, UsageError
from harness.schema.encoder import EncoderCard, EncoderSpec, Pickled, Pin
from tests.harness.encoders.small import BY_NAME, DETECTOR, DINOV2, SHORT_SAM, SIGLIP

TEXT = {"hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
HUB = {"location": "someone/model", "revision": "a" * 40, "file": "model.safetensors", "layout": "published"}


def whole(spec: EncoderSpec) -> torch.nn.Module:
    """Build the model that the encoder is published in."""
    pictures = {"image_size": spec.side_px, **spec.architecture}
    if spec.family == "clip":
        return CLIPModel(CLIPConfig(vision_config=pictures, text_config={**TEXT, "eos_token_id": 1}, projection_dim=16))
    if spec.family == "siglip":
        return SiglipModel(SiglipConfig(vision_config=pictures, text_config=TEXT))
    if spec.family == "dinov2":
        return Dinov2Model(build(spec).inner.config)
    if spec.family == "sam":
        ours = {key: value for key, value in pictures.items() if key not in {"neck", "unshuffle"}}
        return SamModel(SamConfig(vision_config=ours))
    reading = {"hidden_size": 32, "d_ff": 32, "d_kv": 16, "num_heads": 2, "num_layers": 1, "vocab_size": 64}
    vision = build(spec).inner.config.to_dict()
    return Pix2StructForConditionalGeneration(Pix2StructConfig(vision_config=vision, text_config=reading))


def pinned(spec: EncoderSpec, path: Path, **changes: str) -> EncoderSpec:
    """Pin a specification to a file that lies in the folder of weights as one of the hub."""
    digest = sha256(path.read_bytes()).hexdigest()
    weights = spec.weights.model_validate({**HUB, "sha256": digest, **changes})
    return spec.model_copy(update={"weights": weights})


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """Name a folder of weights with one repository, and cut the hub off."""
    monkeypatch.setenv(FOLDER, str(tmp_path / "weights"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    folder = tmp_path / "weights" / HUB["location"]
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    "spec", [BY_NAME["clip"], SIGLIP, DINOV2, BY_NAME["sam"], SHORT_SAM, BY_NAME["pix2struct"]], ids=lambda s: s.family
)
@torch.no_grad()
def test_a_file_that_the_library_wrote_loads_and_gives_the_library_s_features(spec, place):
    torch.manual_seed(0)
    model = whole(spec).eval()
    for parameter in model.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.1)
    model.save_pretrained(place)
    encoder = load_encoder(pinned(spec, place / "model.safetensors"), place).eval()
    part = {"clip": "vision_model", "siglip": "vision_model", "sam": "vision_encoder", "pix2struct": "encoder"}
    theirs = getattr(model, part[spec.family]) if spec.family in part else model
    names = set(theirs.state_dict()) & set(encoder.inner.state_dict())
    assert len(names) > 10
    assert all(torch.equal(encoder.inner.state_dict()[name], theirs.state_dict()[name]) for name in names - fresh(spec))
    canvas = torch.rand(1, 3, spec.side_px, spec.side_px)
    if spec.family in {"clip", "siglip", "dinov2"}:
        seen = theirs(pixel_values=encoder.prepare(canvas)).last_hidden_state
        assert torch.equal(encoder(canvas), seen if spec.family == "siglip" else seen[:, 1:])


def fresh(spec: EncoderSpec) -> set[str]:
    """Name what a short neck shares with the published one by name alone."""
    return {name for name in build(spec).inner.state_dict() if name.startswith("neck.") and "neck" in spec.architecture}


def test_weights_that_nobody_pinned_are_refused_until_the_user_states_their_digest(place, miniature):
    clip = find("clip", "full").spec
    with pytest.raises(UsageError, match=r"not pinned.*recipe\.pins\.<encoder>\.sha256"):
        load_encoder(clip, place)
    recipe = miniature.recipe.model_copy(update={"pins": {"clip": Pin(sha256="b" * 64)}})
    stated = recipe.pinned(clip)
    assert (stated.weights.sha256, stated.weights.revision) == ("b" * 64, clip.weights.revision)
    assert recipe.pinned(find("sam", "full").spec) == find("sam", "full").spec
    with pytest.raises(InvalidEvidence, match="the hub gives no openai/clip-vit-large-patch14-336"):
        load_encoder(stated, place)


def test_a_revision_that_cannot_be_had_is_named_with_what_to_do(place):
    clip = find("clip", "full").spec
    wrong = clip.weights.model_copy(update={"sha256": "b" * 64, "revision": "d" * 40})
    with pytest.raises(InvalidEvidence, match=f"at {'d' * 40}.*harness prepare.*harness convert"):
        load_encoder(clip.model_copy(update={"weights": wrong}), place)
    assert not [path for path in place.rglob("*") if path.is_file()]


def test_a_repository_without_a_known_revision_is_not_asked(place):
    spec = find("convnext", "full").spec
    weights = spec.weights.model_copy(update={"sha256": "c" * 64})
    with pytest.raises(UsageError, match=r"recipe\.pins\.<encoder>\.revision"):
        load_encoder(spec.model_copy(update={"weights": weights}), place)


def test_pins_change_a_training_only_through_the_encoders_that_it_has(miniature):
    training = miniature.training("clip")
    changed = training.recipe.model_copy(update={"pins": {"sam": Pin(sha256="d" * 64)}})
    assert training.model_copy(update={"recipe": changed}).digest == training.digest


def test_another_file_of_the_right_name_is_refused_with_both_digests(place):
    path = place / "model.safetensors"
    save_file({"a": torch.zeros(2)}, path)
    spec = pinned(DINOV2, path, sha256="e" * 64)
    with pytest.raises(InvalidEvidence, match=f"(?s){'e' * 64}.*{sha256(path.read_bytes()).hexdigest()}"):
        load_encoder(spec, place)


@pytest.mark.parametrize("fault", ["missing", "shape", "foreign"])
def test_a_checkpoint_that_fits_in_part_is_refused(fault, place):
    path = place / "model.safetensors"
    whole(DINOV2).save_pretrained(place)
    tensors = load_file(path)
    first = "embeddings.cls_token"
    if fault == "missing":
        del tensors[first]
    elif fault == "shape":
        tensors[first] = torch.zeros(1, 1, 7)
    else:
        tensors["classifier.weight"] = torch.zeros(2, 2)
    save_file(tensors, path)
    with pytest.raises(InvalidEvidence, match=r"(?s)dinov2.*(cls_token|classifier\.weight)"):
        load_encoder(pinned(DINOV2, path), place)


def detector_state() -> dict[str, torch.Tensor]:
    """Draw a detector's checkpoint under the names of its authors."""
    ours = build(DETECTOR).inner.state_dict()
    back = (("attn.q_proj.bias", "attn.q_bias"), ("attn.v_proj.bias", "attn.v_bias"), ("mlp.fc1_g.", "mlp.w1."))
    back += (("mlp.fc1_x.", "mlp.w2."), ("mlp.norm.", "mlp.ffn_ln."), ("mlp.fc2.", "mlp.w3."))
    named = {"roi_heads.box.weight": torch.zeros(3), "backbone.net.rope_win.freqs_cos": torch.zeros(4)}
    for name, tensor in ours.items():
        for mine, theirs in back:
            name = name.replace(mine, theirs)
        named[f"backbone.net.{name}"] = torch.randn_like(tensor)
    return named


def card(sha: str = "") -> EncoderCard:
    """Introduce the small detector as one that was published as a pickle."""
    spec = DETECTOR.model_copy(update={"weights": DETECTOR.weights.model_copy(update={"location": HUB["location"]})})
    return EncoderCard(
        spec=spec,
        title="",
        objective="",
        parameters=1,
        licence="",
        paper="",
        pickled=Pickled(file="model.pth", sha256=sha),
    )


@pytest.mark.parametrize("wrapping", [None, "model", "module"])
@torch.no_grad()
def test_a_pickle_becomes_safetensors_that_load(wrapping, place):
    state = detector_state()
    torch.save(state if wrapping is None else {wrapping: state, "iteration": 5}, place / "model.pth")
    digest = convert(card(), place / "model.pth", place / "model.safetensors")
    assert digest == sha256((place / "model.safetensors").read_bytes()).hexdigest()
    assert all(name.startswith("backbone.net.") for name in load_file(place / "model.safetensors"))
    encoder = load_encoder(pinned(DETECTOR, place / "model.safetensors"), place)
    loaded = encoder.inner.state_dict()
    assert torch.equal(loaded["blocks.3.mlp.fc1_x.weight"], state["backbone.net.blocks.3.mlp.w2.weight"])
    assert torch.equal(loaded["blocks.0.attn.q_proj.bias"], state["backbone.net.blocks.0.attn.q_bias"])


class Evil:
    """Leave a file behind when unpickled."""

    def __init__(self, trace: Path):
        self.trace = trace

    def __reduce__(self):
        return (Path.touch, (self.trace,))


@pytest.mark.parametrize("fault", ["code", "digest", "absent", "misfit", "numbers", "torn"])
def test_a_pickle_that_is_not_the_card_s_writes_nothing(fault, place):
    source, target = place / "model.pth", place / "model.safetensors"
    state = detector_state()
    if fault == "misfit":
        del state["backbone.net.pos_embed"]
    content = {"code": {"a": Evil(place / "trace")}, "numbers": {"a": 1}}.get(fault, state)
    if fault != "absent":
        torch.save(content, source)
    if fault == "torn":
        source.write_bytes(source.read_bytes()[:2000])
    expected = {
        "code": "no pickle of tensors alone",
        "digest": "expected sha256 f",
        "absent": "no pickle at",
        "misfit": "pos_embed",
        "numbers": "no mapping of names to tensors",
        "torn": "no pickle of tensors alone",
    }
    with pytest.raises(InvalidEvidence, match=expected[fault]):
        convert(card("f" * 64 if fault == "digest" else ""), source, target)
    assert list(place.glob("*.safetensors*")) + list(place.glob(".*")) == []
    assert not (place / "trace").exists()
