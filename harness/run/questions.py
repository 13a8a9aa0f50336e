"""Load each benchmark of a study once, whichever of its steps asks, with the digest of its prompts."""

import threading

from benchmarks.card import Benchmark
from benchmarks.load import Loaded
from benchmarks.load import load as load_benchmark
from harness.record import prompts
from harness.run.prepare import Supplies
from harness.schema.study import Study


class Questions:
    """Hold the benchmarks of a study, each loaded once, with the digest of its prompts under the study's protocol."""

    def __init__(self, study: Study, supplies: Supplies):
        self.study, self.supplies = study, supplies
        self._loaded: dict[str, tuple[Loaded, str]] = {}
        self._alone = threading.Lock()

    def load(self, benchmark: Benchmark) -> tuple[Loaded, str]:
        """Return the questions of a benchmark and the digest of its prompts."""
        with self._alone:
            if benchmark.name not in self._loaded:
                loaded = load_benchmark(benchmark, self.supplies.mirror)
                asked = prompts.digest(loaded.samples, benchmark.protocol(self.study.protocol))
                self._loaded[benchmark.name] = loaded, asked
            return self._loaded[benchmark.name]
