"""Train the miniature's language model on the mixture without one picture, and hold its answers to the blind baseline.

If a question of the suite could be answered from its words, or the mixture gave test answers away, this model would
rise above the best constant answer. It is trained as a subset is in the stage that teaches it to answer (same
conversations, order, rates and schedule), for `--times` as many steps, with no visual tokens before the words; it
answers all sixteen benchmarks through vLLM, again without pictures. The stage that aligns vision has nothing to teach.

    python -m tests.bench.blind_model --times 3

The pictures must lie where `harness prepare` puts them. Exit code 1 if fewer than fourteen of sixteen stay within two
standard errors of the baseline, or below it.
"""

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.load import load
from benchmarks.table import BENCHMARKS
from harness.config.compose import compose
from harness.config.places import ROOT
from harness.data.conversation import read_conversations
from harness.data.loader import serve
from harness.data.sources import read
from harness.encoders.table import specs
from harness.model.checkpoint import save
from harness.model.language import load_speech
from harness.model.vlm import answer_logits
from harness.predict.predict import Predictor
from harness.record import prompts
from harness.run.prepare import Supplies
from harness.run.story import Silence
from harness.schema.prediction import PredictionHeader
from harness.schema.recipe import Training
from harness.schema.subset import Subset
from harness.score.score import score
from harness.train.schedule import scale
from harness.train.train import assemble

EYE = Subset("clip")
"""Whose checkpoint holds the language model; it is never asked to look."""
NEEDED = 14


def taught(training: Training, data: Path, times: int) -> torch.nn.Module:
    """Return a model whose language part has learned from the words of the mixture alone."""
    recipe = training.recipe
    stage = recipe.stages[-1]
    stage = stage.model_copy(update={"steps": stage.steps * times})
    said = [read(source, data, read_conversations) for source in stage.sources]
    speech = load_speech(recipe.language, ROOT)
    model = assemble(training, ROOT)
    language, rate = model.language, stage.rates["language"]
    optimizer = torch.optim.AdamW(language.parameters(), lr=rate, weight_decay=stage.weight_decay)
    batches = serve(
        said, stage, recipe.canvas, speech, 0, recipe.language.max_length, training.seed, stage.global_batch, 0, 0
    )
    language.train()
    for step, batch in enumerate(track(batches, "train on words alone", stage.steps)):
        nothing = torch.empty(len(batch.tokens), 0, language.config.hidden_size)
        loss = torch.nn.functional.cross_entropy(*answer_logits(language, nothing, batch))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(language.parameters(), stage.clip)
        for group in optimizer.param_groups:
            group["lr"] = rate * scale(stage, step)
        optimizer.step()
    return model


def main() -> int:
    """Train, ask, print, judge."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--times", type=int, default=1, help="how many times as many steps as a subset has")
    times = words.parse_args().times
    study, began = compose(), time.monotonic()
    training = study.training(EYE, specs(EYE.names, study.recipe.encoder_size))
    supplies = Supplies(study, ROOT / ".harness", Silence())
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "checkpoint"
        model = taught(training, supplies.data, times)
        save(model, training, load_speech(training.recipe.language, ROOT), folder)
        predictor = Predictor(folder, study.decoding)
        table = Table("benchmark", "score", "s.e.", "best constant answer", "above it, s.e.", title="without pictures")
        within = 0
        for benchmark in BENCHMARKS:
            loaded, protocol = load(benchmark, supplies.mirror), benchmark.protocol(study.protocol)
            answered = predictor.answer(loaded.samples, protocol, {}, lambda done, total: None, blind=True)
            header = PredictionHeader(
                entry=study.entry(training, Subset("none"), benchmark.name, "blind"),
                protocol=protocol.name,
                decoding=study.decoding,
                samples=loaded.digest,
                prompts=prompts.digest(loaded.samples, protocol),
                weights="0" * 64,
                engine=predictor.engine.name,
                count=len(answered.predictions),
            )
            found = score(header, answered.predictions, benchmark, loaded.samples, loaded.digest).score
            above = found.value - found.blind
            within += above <= 2 * found.standard_error
            errors = f"{above / found.standard_error:+.1f}" if found.standard_error else f"{above:+.1f} points"
            table.add_row(
                benchmark.name, f"{found.value:.2f}", f"{found.standard_error:.2f}", f"{found.blind:.2f}", errors
            )
    Console(width=100).print(table)
    sys.stdout.write(
        f"{within} of {len(BENCHMARKS)} within two standard errors of the baseline or below it; "
        f"{NEEDED} are needed ({time.monotonic() - began:.0f} s)\n"
    )
    return int(within < NEEDED)


if __name__ == "__main__":
    sys.exit(main())
