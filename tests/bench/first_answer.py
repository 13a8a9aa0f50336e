"""Answer one question with a checkpoint in a fresh process, and say so: what `encode_once` takes the time of.

The seconds it prints itself run from the end of its imports, those of vLLM included, to the answer: checkpoint read,
tower built, engine constructed, picture encoded, question answered.
"""

import importlib
import io
import sys
import time
from pathlib import Path

from PIL import Image

from benchmarks.card import Picture, Protocol, Sample
from harness.predict.predict import Predictor
from harness.schema.decoding import DecodingSpec
from tests.harness.nouns import mark


def main() -> None:
    """Load, look, ask, tell."""
    assert importlib.import_module("vllm").LLM
    began = time.perf_counter()
    encoded = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(encoded, "PNG")
    protocol = Protocol(
        name="cambrian",
        prompt=lambda sample: sample.question,
        mark=mark,
        pool=lambda samples, marks: 0.0,
        max_new_tokens=4,
        source="a bench",
    )
    decoding = DecodingSpec(
        engine="vllm", temperature=0, dtype="float32", batch_invariant=False, seed=0, max_new_tokens=4
    )
    picture = Picture.of(encoded.getvalue())
    sample = Sample("1", "What colour?", (picture,), (), ("red",), "", "", "1")
    predictor = Predictor(Path(sys.argv[1]), decoding)
    visual = predictor.visual(predictor.features([sample], silence), predictor.training.trained)
    (answer,) = predictor.answer([sample], protocol, visual, silence).predictions
    sys.stdout.write(f"answer {time.perf_counter() - began:.3f} {answer.tokens}\n")
    sys.stdout.flush()


def silence(done: int, total: int) -> None:
    """Tell nobody."""


if __name__ == "__main__":
    main()
