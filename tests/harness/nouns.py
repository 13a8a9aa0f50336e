"""Make nouns for tests: a small study of three encoders and one benchmark, without a picture or a weight."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from benchmarks import pooling
from benchmarks.card import Benchmark, Mark, Protocol, Sample, Source
from benchmarks.suite import find_column
from harness.schema.decoding import DecodingSpec
from harness.schema.entry import Entry
from harness.schema.fingerprint import Fingerprint
from harness.schema.policy import Margin, Margins, Policy
from harness.schema.prediction import Prediction, PredictionHeader
from harness.schema.run import RunRecord
from harness.schema.subset import Subset

POOL = ("clip", "convnext", "sam", "eva02", "pix2struct")
DECODING = DecodingSpec(
    engine="reference", temperature=0.0, dtype="float32", batch_invariant=True, seed=0, max_new_tokens=8
)
FINGERPRINT = Fingerprint(
    commit="1" * 40,
    dirty=False,
    image=None,
    cpu="a processor",
    cpu_count=2,
    gpu=None,
    gpu_count=0,
    driver=None,
    python="3.11.7",
    packages={"numpy": "2.3.5"},
    switches={"OMP_NUM_THREADS": "1"},
)


def digest(word: str) -> str:
    """Return some digest for a word."""
    return sha256(word.encode()).hexdigest()


def entry(trained: str = "clip+sam", benchmark: str = "gqa", kept: str | None = None, seed: int = 0) -> Entry:
    return Entry(
        trained=Subset.parse(trained, POOL),
        kept=Subset.parse(kept or trained, POOL),
        benchmark=benchmark,
        recipe="tiny",
        training=digest(f"training {trained}"),
        seed=seed,
    )


def samples(count: int, a_cluster: int = 1) -> list[Sample]:
    """Make questions whose answer is `yes`, `a_cluster` of them on each picture, in two halves as categories."""
    return [
        Sample(
            id=f"q{index:05d}",
            question="is it?",
            pictures=(),
            choices=("yes", "no"),
            answers=("yes",),
            category="first" if index < count / 2 else "second",
            kind="yes or no",
            cluster=f"picture {index // a_cluster:05d}",
            meta={"half": "first" if index < count / 3 else "second"},
        )
        for index in range(count)
    ]


def mark(sample: Sample, text: str) -> Mark:
    """Mark `yes` right, a number in [0, 1] by itself, anything without letters or digits unparsed."""
    if not any(character.isalnum() for character in text):
        return Mark(sample.id, 0.0, None, "nothing to read")
    graded = text.removeprefix("0.").isdigit()
    return Mark(sample.id, float(text) if graded else float(text in sample.answers), text, "as it stands")


def marks(asked: Sequence[Sample], values: Sequence[float]) -> list[Mark]:
    return [Mark(sample.id, float(value), "x", "given") for sample, value in zip(asked, values, strict=True)]


def benchmark(pool: pooling.Pool = pooling.mean, name: str = "gqa") -> Benchmark:
    protocol = Protocol(
        name="cambrian", prompt=lambda sample: sample.question, mark=mark, pool=pool, max_new_tokens=8, source="a test"
    )
    return Benchmark(
        name=name,
        title=name,
        group="general",
        version="v1",
        source=Source("nobody/none", "0" * 40, ("default",), "test", 480, "none"),
        columns={"default": ("question",)},
        to_samples=lambda rows: iter(()),
        protocols={"cambrian": protocol},
        unit="points",
        published_scale="0-100",
        chance=50.0,
        cluster_key="picture",
        paper="none",
        licence="none",
        label_notes="none",
        column=find_column(name),
    )


def header(count: int, one: Entry | None = None, **changes: object) -> PredictionHeader:
    fields: Mapping[str, object] = {
        "entry": one or entry(),
        "protocol": "cambrian",
        "decoding": DECODING,
        "samples": digest("samples"),
        "prompts": digest("prompts"),
        "weights": digest("weights"),
        "engine": "reference 1.0",
        "count": count,
    }
    return PredictionHeader.model_validate({**fields, **changes})


def predictions(asked: Sequence[Sample], texts: Sequence[str]) -> list[Prediction]:
    return [
        Prediction(sample.id, text, (tokens_of(text), 2), (0.5, 1.25), "stop")
        for sample, text in zip(asked, texts, strict=True)
    ]


def tokens_of(text: str) -> int:
    """Return the one token that a text is made of."""
    return 3 + int.from_bytes(sha256(text.encode()).digest()[:3])


def record(step: str, **changes: object) -> RunRecord:
    fields: Mapping[str, object] = {
        "step": digest(step),
        "kind": "predict",
        "title": step,
        "fingerprint": FINGERPRINT,
        "started": datetime(2026, 11, 21, 10, 0, tzinfo=UTC),
        "ended": datetime(2026, 11, 21, 10, 1, tzinfo=UTC),
        "inputs": {"weights": digest("weights")},
        "outputs": {},
        "parameters": {"seed": "0"},
        "metrics": {"seconds": 60.5},
        "attempts": 1,
    }
    return RunRecord.model_validate({**fields, **changes})


def policy(points: float = 3.0) -> Policy:
    margins = Margins(default=Margin(points=points, evidence="a test"), benchmarks={})
    return Policy.model_validate(
        {"fixed_on": "2026-11-20", "confidence": 0.9, "repredict": margins, "retrain": margins}
    )
