"""Gauge the shared parts of the miniature on their own tasks, in a child process."""

from functools import partial

from harness.config.places import ROOT
from harness.run.request import Finished, GaugeRequest
from harness.run.worker import Tell, reporter, serve
from harness.train.gauge import gauge_encoder, gauge_language


def _gauge(request: GaugeRequest, tell: Tell) -> None:
    layout = request.grid, request.place
    tasks = {spec.name: partial(gauge_encoder, spec) for spec in request.encoders}
    tasks["language"] = partial(gauge_language, request.language, *layout)
    for index, (part, gauge) in enumerate(tasks.items()):
        measured = gauge(ROOT, reporter(tell, f"gauge {part}"))
        tell(Finished(index=index, files={}, metrics=measured, curves={}))


if __name__ == "__main__":
    serve(GaugeRequest, _gauge)
