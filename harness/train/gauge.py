"""Gauge the shared parts of the miniature each on its own task, on pictures that no pre-training drew.

An encoder is frozen, shown layouts of the test side, which are never trained on, and read by a linear probe of its
objective (harness/train/probes.py). What pre-training is worth is its skill above that of the same architecture as its
library draws it, read in the same way. The language model answers questions about symbolic pictures; a blind one that
knows the kind of a question gets the share of its commonest answer.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import LlamaForCausalLM

from benchmarks.mini import pictures
from benchmarks.mini.drawn import Drawn
from benchmarks.mini.questions.stated import TAG as TEXT_ONLY
from benchmarks.mini.words import Split
from harness.encoders.build import build, load_encoder
from harness.errors import InvalidEvidence
from harness.model.language import load_language, load_speech
from harness.schema.encoder import EncoderSpec
from harness.schema.recipe import LanguageSpec
from harness.train import truth
from harness.train.exercises import Exercises
from harness.train.pretrain import HELD_OUT, MIXES
from harness.train.pretrain_language import skills
from harness.train.probes import PROBES
from harness.train.readout import Readout
from harness.train.seed import settle
from harness.train.symbols import Symbols

Report = Callable[[int, int], None]

READ, FRESH = 79, 103
"""Seeds of the pictures that readouts are fitted on, and that the language model is asked about: of no pre-training."""
FITTED, TRIED = 1408, 704
"""Pictures that a readout is fitted on and tried on: 128 and 64 of each of the eleven kinds."""
ASKED = 400
AT_ONCE = 64


def gauge_encoder(spec: EncoderSpec, root: Path, report: Report) -> dict[str, float]:
    """Return the `skill` of an encoder with its pinned weights, that of an `untrained` one, and the `gain` between.

    Raises:
        InvalidEvidence: its weights are not the pinned ones.
    """
    half = FITTED + TRIED
    trained = skill(load_encoder(spec, root), spec.name, FITTED, TRIED, lambda done: report(done, 2 * half))
    drawn = skill(untrained(spec), spec.name, FITTED, TRIED, lambda done: report(half + done, 2 * half))
    return {"skill": trained, "untrained": drawn, "gain": trained - drawn}


def untrained(spec: EncoderSpec) -> nn.Module:
    """Build an encoder as its library draws it, always the same one."""
    settle("untrained", spec.name)
    return build(spec)


def skill(encoder: nn.Module, name: str, fitted: int, tried: int, report: Callable[[int], None]) -> float:
    """Fit the probe of an objective to so many training-side pictures; return its skill on so many held-out ones."""
    probe, learned, asked = PROBES[name], draw(name, "train", READ, fitted), draw(name, "test", HELD_OUT, tried)
    readout = Readout.fit(probe.features(see(encoder, learned, report), learned), probe.targets(learned))
    return probe.skill(readout, see(encoder, asked, lambda done: report(fitted + done)), asked)


def draw(name: str, side: Split, seed: int, count: int) -> list[Drawn]:
    """Draw pictures of the kinds that an encoder is trained on, in turn."""
    kinds = MIXES[name]
    return [pictures.draw(kinds[number % len(kinds)], side, seed, number) for number in range(count)]


@torch.inference_mode()
def see(encoder: nn.Module, drawn: list[Drawn], report: Callable[[int], None] = lambda _: None) -> Tensor:
    """Return an encoder's tokens (B, N, D) of pictures."""
    encoder.eval()
    tokens = []
    for cut in range(0, len(drawn), AT_ONCE):
        tokens.append(encoder(truth.canvas(drawn[cut : cut + AT_ONCE])))
        report(min(cut + AT_ONCE, len(drawn)))
    return torch.cat(tokens)


def gauge_language(
    spec: LanguageSpec, grid: int, place: float, root: Path, report: Report, count: int = ASKED
) -> dict[str, float]:
    """Return the `skill/<kind>` of the language model for each kind of question, and its `lead/<kind>` over blind.

    `mean` is that of the skills, less what needs no picture.

    Raises:
        InvalidEvidence: its weights are not the pinned ones, or of another architecture.
    """
    language = load_language(spec, root)
    if not isinstance(language, LlamaForCausalLM):
        raise InvalidEvidence(f"{spec.folder} holds a {type(language).__name__}; the miniature's speaks Llama")
    symbols = Symbols(language, load_speech(spec, root), grid, place).eval()
    known, given = skills(symbols, count, FRESH, report), blind(count)
    seen = {kind: share for kind, share in known.items() if kind != TEXT_ONLY}
    return {
        "mean": sum(seen.values()) / len(seen),
        **{f"skill/{kind}": share for kind, share in known.items()},
        **{f"lead/{kind}": share - given[kind] for kind, share in seen.items()},
    }


def blind(count: int = ASKED) -> dict[str, float]:
    """Return, for each kind of question that the language model is asked, the share of its commonest answer."""
    answers: dict[str, Counter[str]] = defaultdict(Counter)
    for one, _ in Exercises(FRESH, count).stock:
        for (_, answer), tag in zip(one.turns, one.tags, strict=True):
            answers[tag][answer] += 1
    return {tag: counted.most_common(1)[0][1] / counted.total() for tag, counted in sorted(answers.items())}
