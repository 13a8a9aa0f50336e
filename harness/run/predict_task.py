"""Answer the asked entries with one checkpoint, in a child process."""

import time
from itertools import groupby
from pathlib import Path

from benchmarks.load import load
from benchmarks.table import find
from harness.predict.predict import Predictor
from harness.record import predictions, prompts
from harness.run.request import Finished, PredictRequest
from harness.run.worker import Tell, peak_mb, reporter, serve
from harness.schema.canary import Canaries
from harness.schema.frozen import canonical
from harness.schema.prediction import PredictionHeader
from harness.verify.stored import CANARIES


def _predict(request: PredictRequest, tell: Tell) -> None:
    predictor = Predictor(Path(request.checkpoint), request.decoding)
    mirror = Path(request.mirror) if request.mirror else None
    by_benchmark = groupby(enumerate(request.asks), key=lambda pair: pair[1].entry.benchmark)
    for name, asks in by_benchmark:
        began = time.monotonic()
        loaded = load(find(name), mirror)
        features = predictor.features(loaded.samples, reporter(tell, f"{name}: pictures"))
        encoding_s = time.monotonic() - began
        for index, ask in asks:
            began = time.monotonic()
            protocol = find(name).protocol(ask.protocol)
            visual = predictor.visual(features, ask.entry.kept)
            answered = predictor.answer(loaded.samples, protocol, visual, reporter(tell, f"{name}: {ask.entry.kept}"))
            header = PredictionHeader(
                entry=ask.entry,
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
            metrics = {
                "pictures_encoded": float(features.encoded),
                "prompt_tokens": float(answered.prompted),
                "prompt_tokens_cached": float(answered.cached),
                "encoding_s": encoding_s,
                "answering_s": time.monotonic() - began,
                "peak_memory_mb": peak_mb(),
            }
            files = {"predictions.parquet": ask.file, CANARIES: str(beside)}
            tell(Finished(index=index, files=files, metrics=metrics, curves={}))


if __name__ == "__main__":
    serve(PredictRequest, _predict)
