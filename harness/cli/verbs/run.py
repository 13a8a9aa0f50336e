"""Read the verbs that make something: train, answer, run end to end, measure noise, accept, prepare."""

from pathlib import Path
from typing import Literal

from harness.cli.verbs.words import Json, Keep, Masked, Report, Rung, Signer, Words


def reproduce(
    subset: Words,
    benchmark: Words,
    *overrides: str,
    rung: Rung = "retrain",
    keep: Keep = "",
    mask: Masked = "zero",
    report: Report = "",
    key: Signer = None,
    json: Json = False,
) -> int:
    """Reproduce entries of the table end to end and print their verdicts.

    Rungs: `retrain` does everything, `repredict` starts from stored weights, `rescore` from stored answers.

    Examples: harness reproduce clip+pix2struct chartqa
              harness reproduce all gqa --rung rescore --json
              harness reproduce clip gqa --report verdict.dsse.json --key key.pem
    """
    from harness.cli import work
    from harness.cli.handing import Reports

    reports = Reports.asked(report, key)
    return work.reproduce(subset, benchmark, overrides, rung, keep, mask, reports, json)


def train(subset: Words, *overrides: str, json: Json = False) -> int:
    """Train subsets of the pool; what is done is not done again, what was cut short goes on.

    Examples: harness train clip+sam
              harness train size:1 seed=1
    """
    from harness.cli import work

    return work.train(subset, overrides, json)


def evaluate(
    subset: Words, benchmark: Words, *overrides: str, keep: Keep = "", mask: Masked = "zero", json: Json = False
) -> int:
    """Answer and score benchmarks with a trained subset; all views of one model share one encoding of the pictures.

    Examples: harness evaluate clip+sam all
              harness evaluate all chartqa --keep clip decoding=reference
              harness evaluate all all --keep all-masks --mask mean
    """
    from harness.cli import work

    return work.evaluate(subset, benchmark, overrides, keep, mask, json)


def calibrate(
    subset: Words,
    benchmark: Words,
    *overrides: str,
    rung: Literal["repredict", "retrain"] = "repredict",
    runs: int = 3,
    stored: bool = False,
    write: str = "",
    json: Json = False,
) -> int:
    """Repeat runs and measure how far honest ones lie apart; --write names a file for the policy that follows.

    A retrain takes the seeds one after the other. --stored runs nothing: it takes what the store holds of these seeds,
    and leaves out what was not run twice. A policy judges only runs that are younger than itself.

    Examples: harness calibrate clip+pix2struct all
              harness calibrate size:1 chartqa --rung retrain --runs 3 --write results/policy.toml
              harness calibrate lattice all --rung retrain --runs 3 --stored --write results/policy.toml
    """
    from harness.cli import calibrating

    plan = calibrating.Plan(subset, benchmark, overrides, rung, runs, stored)
    return calibrating.calibrate(plan, write, json)


def accept(
    subset: Words,
    benchmark: Words,
    *overrides: str,
    reason: str,
    keep: Keep = "",
    mask: Masked = "zero",
    swept: bool = False,
    weights: bool = False,
    replace: bool = False,
) -> int:
    """Make finished runs the reference; the only writer of results/reference.

    --swept accepts what `harness sweep` of these words does, all seeds and masked views, in one go.

    Examples: harness accept clip+pix2struct all --reason "first reference" --weights
              harness accept lattice all --swept --reason "the whole table"
    """
    from harness.cli import sweeping, work

    if swept:
        return sweeping.accept(subset, benchmark, overrides, keep or "all-masks", reason, weights, replace)

    return work.accept(subset, benchmark, overrides, keep, mask, reason, weights, replace)


def prepare(*overrides: str, pretrain: str = "", check: bool = False, json: Json = False) -> int:
    """Draw the miniature's pictures, check weights by digest; or make the shared parts again, or measure them.

    --check measures each part on its own held-out task and writes down whether it passes; nothing trains on one that
    does not. It is 40 then that it exits with.

    Examples: harness prepare
              harness prepare --pretrain clip
              harness prepare --pretrain all
              harness prepare --check --json
    """
    from harness.cli import gating, work

    return gating.check(overrides, pretrain, json) if check else work.prepare(overrides, pretrain, json)


def convert(encoder: str, pickle: Path, *overrides: str, json: Json = False) -> int:
    """Make safetensors of an encoder that was published as a pickle, and print the digest that pins it.

    The pickle is read by a process of its own that accepts tensors only, and is held to the card: its digest where one
    is known, every name and shape. The file goes to the folder of weights (HARNESS_WEIGHTS, or weights). `language`
    takes the folder of a language model's pickles, and holds them to the configuration in the recipe's folder.

    Examples: harness convert clip pytorch_model.bin recipe=eagle_x5_7b
              harness convert language weights/lmsys/vicuna-7b-v1.5 recipe=eagle_x5_7b
    """
    from harness.cli import converting

    return converting.convert(encoder, pickle, overrides, json)
