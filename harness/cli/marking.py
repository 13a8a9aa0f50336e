"""Do what `harness mark` asks: one mark a line as the answers stream by, and the pooled score at the end."""

import json
import sys
from pathlib import Path

from benchmarks.card import Benchmark
from benchmarks.table import find
from harness.score.imported import Origin, objects_from
from harness.score.outside import mark_all
from harness.score.pooled import Pooled


def mark(benchmark: str, file: Path, protocol: str, origin: Origin, as_json: bool) -> int:
    """Mark a file of answers; a broken line ends the run with what was finished before it on standard output."""
    card: Benchmark = find(benchmark)
    chosen = card.protocol(protocol)
    pooled = Pooled(card, chosen)
    try:
        for given in mark_all(objects_from(file, origin, card), card, chosen, pooled, str(file)):
            sys.stdout.write(json.dumps(given.plain(), allow_nan=False) + "\n")
        plain = pooled.plain()
    finally:
        sys.stdout.flush()
        if pooled.n:
            sys.stderr.write(f"{pooled.n:,} answers marked, {pooled.unparsed:,} of them unparsed\n")
    if as_json:
        sys.stdout.write(json.dumps(plain, allow_nan=False) + "\n")
    error = "" if plain["standard_error"] is None else f" ± {plain['standard_error']:.2f}"
    levels = "".join(f", {name} {plain[name]:.2f}" for name in ("blind", "chance") if plain[name] is not None)
    sys.stderr.write(f"{card.title}, {protocol}: {plain['score']:.2f}{error} ({card.unit}{levels})\n")
    return 0
