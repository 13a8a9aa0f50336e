"""Answer the asked entries with one checkpoint, in a child process: one encoding of the pictures for all its views."""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from benchmarks.load import Loaded, load
from benchmarks.table import find
from harness.model.checkpoint import demand_trained_for
from harness.predict.features import Features
from harness.predict.predict import Predictor
from harness.record import predictions, prompts
from harness.run.request import Ask, Finished, PredictRequest
from harness.run.worker import Tell, peak_mb, reporter, serve
from harness.schema.canary import Canaries
from harness.schema.frozen import canonical
from harness.schema.prediction import PredictionHeader
from harness.verify.stored import CANARIES


@dataclass
class Encoding:
    """Encode a benchmark's pictures when the first view asks for them; the views that follow share what came out."""

    predictor: Predictor
    name: str
    loaded: Loaded
    tell: Tell
    seconds: float = field(default=0.0, init=False)

    @cached_property
    def features(self) -> Features:
        """Return the features of every picture of the benchmark."""
        began = time.monotonic()
        found = self.predictor.features(self.loaded.samples, reporter(self.tell, f"{self.name}: pictures"))
        self.seconds = time.monotonic() - began
        return found


def predict(request: PredictRequest, tell: Tell) -> None:
    """Answer benchmark by benchmark, so that the pictures of one at a time are in memory, whatever order is asked."""
    for ask in request.asks:
        demand_trained_for(Path(request.checkpoint), ask.entry)
    predictor = Predictor(Path(request.checkpoint), request.decoding, request.accelerator)
    mirror = Path(request.mirror) if request.mirror else None
    by_benchmark: dict[str, list[tuple[int, Ask]]] = defaultdict(list)
    for index, ask in enumerate(request.asks):
        by_benchmark[ask.entry.benchmark].append((index, ask))
    for name, asks in by_benchmark.items():
        loaded = _only(load(find(name), mirror), request.only.get(name, ()))
        _answer_all(Encoding(predictor, name, loaded, tell), asks, request)


def _only(loaded: Loaded, ids: Sequence[str]) -> Loaded:
    """Keep the questions of a slice, in the benchmark's order; the digest stays that of the whole."""
    return replace(loaded, samples=tuple(one for one in loaded.samples if one.id in ids)) if ids else loaded


def _answer_all(shown: Encoding, asks: Sequence[tuple[int, Ask]], request: PredictRequest) -> None:
    predictor, name, loaded = shown.predictor, shown.name, shown.loaded
    charged = False
    for index, ask in asks:
        entry = ask.entry
        blind = entry.mask == "blind"
        features = None if blind else shown.features
        began = time.monotonic()
        protocol = find(name).protocol(ask.protocol)
        visual = predictor.visual(features, entry.kept, entry.mask) if features else {}
        report = reporter(shown.tell, f"{name}: {entry.model}")
        answered = predictor.answer(loaded.samples, protocol, visual, report, blind)
        header = PredictionHeader(
            entry=entry,
            protocol=ask.protocol,
            decoding=request.decoding,
            samples=loaded.digest,
            prompts=prompts.digest(loaded.samples, protocol),
            weights=request.weights,
            engine=predictor.engine.name,
            count=len(answered.predictions),
        )
        predictions.write(Path(ask.file), header, answered.predictions)
        beside = Path(ask.file).with_name(CANARIES)
        beside.write_bytes(canonical(Canaries(header=header.digest, rows=answered.canaries).plain()))
        # The pictures are charged to the view that asked for them first; the others say 0.
        fresh = features is not None and not charged
        charged |= fresh
        metrics = {
            "pictures_encoded": float(features.encoded) if features and fresh else 0.0,
            "prompt_tokens": float(answered.prompted),
            "prompt_tokens_cached": float(answered.cached),
            "encoding_s": shown.seconds if fresh else 0.0,
            "answering_s": time.monotonic() - began,
            "peak_memory_mb": peak_mb(),
        }
        files = {"predictions.parquet": ask.file, CANARIES: str(beside)}
        shown.tell(Finished(index=index, files=files, metrics=metrics, curves={}))


if __name__ == "__main__":
    serve(PredictRequest, predict)
