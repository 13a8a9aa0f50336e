"""Make one entry's stored answers and re-runs of them, and judge them."""

from dataclasses import replace

from harness.schema.score import Score
from harness.score.score import score
from harness.verify.evidence import Answers, Questions, Stored
from harness.verify.verify import verify
from tests.harness.nouns import benchmark, digest, header, policy, predictions, samples
from tests.harness.verify.bundles import canaries_of

N = 480
ASKED = samples(N, 4)
QUESTIONS = Questions(benchmark(), ASKED, digest("samples"))
TEXTS = ["yes"] * 300 + ["no"] * 180


def answers(texts=TEXTS, **changes):
    return Answers(header(N, **changes), predictions(ASKED, texts))


def stored(texts=TEXTS, **changes):
    made = answers(texts)
    whole = score(made.header, made.predictions, benchmark(), ASKED, digest("samples")).score
    return Stored(Score.model_validate({**dict(whole), **changes}), made)


def judged(rerun=None, regime="retrain", reference=None, questions=QUESTIONS, points=3.0):
    return verify(reference or stored(), rerun, questions, regime, policy(points))


def flipped(margins, count=3):
    """Make a re-run in which some answers begin with another token, at these leads."""
    whole = answers(["no"] * count + TEXTS[count:])
    changed = [replace(one, tokens=(7, 2), margins=margins) for one in whole.predictions[:count]]
    return replace(whole, predictions=[*changed, *whole.predictions[count:]])


def tied(lead):
    """Make a reference in which every answer leads by this much."""
    kept = stored()
    leading = [replace(one, margins=(lead, lead)) for one in kept.answers.predictions]
    return replace(kept, answers=replace(kept.answers, predictions=leading))


def canaried(run, shift=0.0):
    """Give a run canaries, moved by some nats."""
    return replace(run, canaries=canaries_of(run.header, run.predictions, shift))


def retold(run, lead=0.75):
    """Give a run the leads of another model."""
    leads = [replace(one, margins=(lead + place / 1000, 1.0)) for place, one in enumerate(run.predictions)]
    return replace(run, predictions=leads)
