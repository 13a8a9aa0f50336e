"""Every way to fuse is answered by vLLM as by the plain loop, in every view: as many visual tokens as an arm gives."""

import pytest

from harness.model.checkpoint import save
from harness.predict.predict import Predictor, open_engine
from harness.schema.subset import EMPTY
from harness.train.train import assemble
from tests.harness.nouns import DECODING
from tests.harness.train.test_arms import STATED, named, without_encoders

PLAIN = {"kind": "channel_concat"}
pytestmark = pytest.mark.slow


def silence(done: int, total: int) -> None:
    """Tell nobody."""


@pytest.fixture(scope="module")
def engine(checkpoint):
    """Open vLLM once: untrained, all arms speak with the same language model."""
    return open_engine(checkpoint, DECODING.model_copy(update={"engine": "vllm"}), 512)


@pytest.mark.parametrize("stated", [PLAIN, *STATED, None], ids=lambda one: "-".join(map(str, (one or {}).values())))
def test_an_arm_is_answered_alike_by_both_engines(miniature, engine, asked, protocol, tmp_path, stated):
    training = without_encoders(miniature) if stated is None else named(miniature, stated)
    save(assemble(training, miniature.root), training, miniature.speech(), tmp_path / "checkpoint")
    predictor, few = Predictor(tmp_path / "checkpoint", DECODING), asked[:24]
    features, loop = predictor.features(few, silence), predictor.engine
    said = {}
    for kept in {training.trained, EMPTY}:
        visual = predictor.visual(features, kept)
        for name, chosen in (("loop", loop), ("vllm", engine)):
            predictor.engine = chosen
            answers = predictor.answer(few, protocol, visual, silence).predictions
            said[name, kept] = [(one.sample_id, one.tokens, one.text, one.finish) for one in answers]
        assert said["vllm", kept] == said["loop", kept]
    assert len({str(answers) for answers in said.values()}) == len({training.trained, EMPTY})
