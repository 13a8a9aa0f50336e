"""Read the verbs of the command line; each verb's work is imported when it is called, so help is instant.

Trailing `key=value` words are Hydra overrides. The answer goes to standard output, the story to standard error.
"""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from harness import __version__

app = App(
    name="harness",
    version=__version__,
    help="What does each vision encoder of a multi-encoder VLM contribute, and can someone else get the same numbers?",
    help_epilogue="Start with: harness reproduce clip+pix2struct chartqa",
    result_action="return_value",
    exit_on_error=False,
    print_error=False,
)

Rung = Literal["rescore", "repredict", "retrain"]
Words = Annotated[str, Parameter(show_default=False)]
Json = Annotated[bool, Parameter(name="--json", negative=(), help="Print one JSON value instead of a table.")]
Report = Annotated[str, Parameter(help="For CI, with commas: a file .xml (JUnit), a file .md (Markdown), github.")]
Keep = Annotated[str, Parameter(help="The encoders that are not masked, such as clip; default: none is masked.")]


@app.command
def reproduce(
    subset: Words,
    benchmark: Words,
    *overrides: str,
    rung: Rung = "retrain",
    keep: Keep = "",
    report: Report = "",
    json: Json = False,
) -> int:
    """Reproduce entries of the table end to end and print their verdicts.

    Rungs: `retrain` does everything, `repredict` starts from stored weights, `rescore` from stored answers.

    Examples: harness reproduce clip+pix2struct chartqa
              harness reproduce all gqa --rung rescore --json
    """
    from harness.cli import work

    return work.reproduce(subset, benchmark, overrides, rung, keep, report, json)


@app.command
def verify(
    subset: str = "lattice",
    benchmark: str = "all",
    *overrides: str,
    rung: Rung = "rescore",
    key: Path | None = None,
    report: Report = "",
    json: Json = False,
) -> int:
    """Hold the reference against itself or a re-run, or judge a signed bundle: the worst verdict is the exit code.

    A word that ends in .zip is a bundle; --key names the public key of whom you trust.

    Examples: harness verify
              harness verify clip all --rung repredict
              harness verify evidence.zip --key public.pem
    """
    from harness.cli import bundling, work

    if subset.endswith(".zip"):
        return bundling.check(Path(subset), key, json)

    return work.verify(subset, benchmark, overrides, rung, report, json)


@app.command
def bundle(
    target: Path,
    subset: str = "lattice",
    benchmark: str = "all",
    *overrides: str,
    key: Path | None = None,
    json: Json = False,
) -> int:
    """Pack accepted entries with their answers, questions and runs into one signed file that anyone can judge.

    Example: harness bundle evidence.zip all chartqa --key key.pem
    """
    from harness.cli import bundling

    return bundling.pack(target, subset, benchmark, overrides, key, json)


@app.command
def compare(
    stored: Path, rerun: Path, *, margin: float = 1.0, cluster: str = "", changes: bool = False, json: Json = False
) -> int:
    """Judge any harness's marks of a re-run against its stored ones; margin in points of 100.

    A file has one {"id", "mark", "cluster"?} a line, or is CSV with these columns; --cluster names another field
    that samples of one image share, --changes lists the samples whose mark changed.

    Example: harness compare stored.jsonl rerun.jsonl --margin 1.0 --cluster image
    """
    from harness.cli import comparing

    return comparing.compare_files(stored, rerun, margin, cluster, changes, json)


@app.command
def calibrate(
    subset: Words,
    benchmark: Words,
    *overrides: str,
    rung: Literal["repredict", "retrain"] = "repredict",
    runs: int = 3,
    write: str = "",
    json: Json = False,
) -> int:
    """Repeat runs and measure how far honest ones lie apart; --write names a file for the policy that follows.

    A retrain takes the seeds one after the other. A policy judges only runs that are younger than itself.

    Examples: harness calibrate clip+pix2struct all
              harness calibrate size:1 chartqa --rung retrain --runs 3 --write results/policy.toml
    """
    from harness.cli import calibrating

    return calibrating.calibrate(subset, benchmark, overrides, rung, runs, write, json)


@app.command
def audit(
    table: Path,
    *,
    mapping: Path | None = None,
    format: Literal["text", "json", "markdown", "sarif"] = "text",
    json: Json = False,
) -> int:
    """Check a table of scores by arithmetic alone: CSV, Markdown, LaTeX or HTML, wide or long.

    Exit code 0 where nothing is impossible or inconsistent, 20 otherwise. `--mapping` names a TOML file that corrects
    how columns and models are read.

    Examples: harness audit paper.tex
              harness audit results.csv --mapping columns.toml --json
    """
    from harness.cli import audit as auditing

    return auditing.audit(table, mapping=mapping, format=format, json=json)


@app.command
def train(subset: Words, *overrides: str, json: Json = False) -> int:
    """Train subsets of the pool; what is done is not done again, what was cut short goes on.

    Examples: harness train clip+sam
              harness train size:1 seed=1
    """
    from harness.cli import work

    return work.train(subset, overrides, json)


@app.command
def evaluate(subset: Words, benchmark: Words, *overrides: str, keep: Keep = "", json: Json = False) -> int:
    """Answer and score benchmarks with a trained subset.

    Examples: harness evaluate clip+sam all
              harness evaluate all chartqa --keep clip decoding=reference
    """
    from harness.cli import work

    return work.evaluate(subset, benchmark, overrides, keep, json)


@app.command
def score(predictions: Path, *overrides: str, json: Json = False) -> int:
    """Score a file of predictions again, without any model.

    Example: harness score results/reference/predictions/tiny.clip.gqa.s0.parquet
    """
    from harness.cli import work

    return work.score(predictions, overrides, json)


@app.command
def accept(
    subset: Words, benchmark: Words, *overrides: str, reason: str, weights: bool = False, replace: bool = False
) -> int:
    """Make finished runs the reference; the only writer of results/reference.

    Example: harness accept clip+pix2struct all --reason "first reference" --weights
    """
    from harness.cli import work

    return work.accept(subset, benchmark, overrides, reason, weights, replace)


@app.command
def prepare(*overrides: str, pretrain: str = "") -> int:
    """Draw the miniature's pictures, check weights by digest; or make the shared parts again.

    Examples: harness prepare
              harness prepare --pretrain clip
              harness prepare --pretrain all
    """
    from harness.cli import work

    return work.prepare(overrides, pretrain)


@app.command(name="list")
def list_(
    what: Literal["encoders", "subsets", "benchmarks", "recipes", "entries"], *overrides: str, json: Json = False
) -> int:
    """List what there is: encoders, subsets, benchmarks, recipes, or the entries of the reference.

    Example: harness list encoders
    """
    from harness.cli import listing

    return listing.show_list(what, overrides, json)


@app.command
def show(subset: Words, benchmark: Words, *overrides: str, keep: Keep = "", json: Json = False) -> int:
    """Show what an entry means: the resolved study, its steps with their digests, and what is done.

    Example: harness show clip+sam chartqa
    """
    from harness.cli import listing

    return listing.show_entry(subset, benchmark, overrides, keep, json)


@app.command
def doctor(*overrides: str, json: Json = False) -> int:
    """Tell whether this machine can reproduce: processor, memory, disk, versions, weights, pictures, tracker.

    Example: harness doctor
    """
    from harness.cli import doctor as surgery

    return surgery.examine(overrides, json)
