"""Read the verbs that speak a verdict: over the reference, a bundle, files of marks, or a table alone."""

from pathlib import Path
from typing import Literal

from harness.cli.verbs.words import Files, Json, Marked, Report, Rung


def verify(
    subset: str = "lattice",
    benchmark: str = "all",
    *overrides: str,
    rung: Rung = "rescore",
    seeds: str = "",
    against: Literal["reference", "published"] = "reference",
    key: Path | None = None,
    model: str = "",
    protocol: Marked = "",
    margin: float = 0.0,
    spread: float = 0.0,
    runs: int = 0,
    report: Report = "",
    changes: bool = False,
    json: Json = False,
) -> int:
    """Hold the reference against itself or a re-run, judge signed evidence, or hold scores against published ones.

    The worst verdict is the exit code. A word that ends in .zip is a bundle, one that ends in .dsse.json a verdict that
    somebody signed; --key names the public key of whom you trust. With --report verdict.dsse.json the verdict that is
    spoken here is signed, and --key names the private key. --seeds 3,4,5 trains with new seeds and judges them against
    all stored ones, by the spread of runs. --changes lists the samples on which a re-run differs, each with its cause.

    --against published holds a file of scores (CSV, Markdown, LaTeX, HTML or JSON: model, benchmark, score and, where
    known, n, standard_error, protocol), or accepted entries, against results/published. A printed number alone never
    shows a match: CONSISTENT is the best word, and leaves with 30. --model names the published model, --margin the
    points that make no difference, --spread the standard deviation between --runs runs of yours, in points.

    Examples: harness verify
              harness verify clip all --rung repredict --changes
              harness verify clip chartqa --rung retrain --seeds 3,4,5
              harness verify clip all --rung repredict --report verdict.dsse.json --key key.pem
              harness verify verdict.dsse.json --key public.pem
              harness verify evidence.zip --key public.pem
              harness verify scores.csv --against published --protocol lmms_eval
              harness verify all chartqa --against published --model Eagle-X5-7B
    """
    from harness.errors import UsageError

    bundled, sealed, published = subset.endswith(".zip"), subset.endswith(".dsse.json"), against == "published"
    if published and (bundled or sealed or report or changes or seeds or key or rung != "rescore"):
        raise UsageError(
            "--against published judges scores: it takes no bundle, --rung, --seeds, --report or --changes"
        )
    if published:
        from harness.audit.published import Repeats
        from harness.cli import publishing

        repeats = Repeats(spread, runs) if spread or runs else None
        return publishing.against((subset, benchmark), overrides, model, protocol, margin, repeats, json)

    if model or protocol or margin or spread or runs:
        raise UsageError("--model, --protocol, --margin, --spread and --runs belong to --against published")
    if bundled or sealed:
        if (benchmark, rung) != ("all", "rescore") or overrides or seeds or changes:
            raise UsageError("signed evidence is judged whole, as it is: beside its name --key, --report and --json")
        if key is None:
            # A signature by an unknown key proves nothing.
            raise UsageError("whose signature do you trust? --key public.pem names the public key")
        from harness.cli import attesting, bundling

        return (bundling if bundled else attesting).check(Path(subset), key, report, json)

    from harness.cli.handing import Reports

    reports = Reports.asked(report, key)
    if seeds:
        if rung != "retrain" or changes:
            raise UsageError("--seeds trains anew: it takes --rung retrain, and pairs no answers to list --changes of")
        from harness.cli import replicating

        return replicating.verify(subset, benchmark, overrides, seeds, reports, json)

    from harness.cli import work

    return work.verify(subset, benchmark, overrides, rung, reports, json, changes)


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


def compare(
    *stored: Path,
    rerun: Files = (),
    margin: float = 1.0,
    cluster: str = "",
    spread: str = "",
    slice: Path | None = None,
    claim: bool = False,
    changes: bool = False,
    json: Json = False,
) -> int:
    """Judge any harness's marks of a re-run against its stored ones; margin in points of 100.

    A file has one {"id", "mark", "cluster"?} a line, or is CSV with these columns; --cluster names another field
    that samples of one image share, --changes lists the samples whose mark changed.

    Several files a side are seeds; --spread 0.5,62 is their calibrated standard deviation in points with its degrees
    of freedom, for a side of one run. --claim takes two models a side and judges the first one's lead over the second.
    --slice names a file of the ids, declared beforehand, that were run again.

    Examples: harness compare stored.jsonl rerun.jsonl --margin 1.0 --cluster image
              harness compare s0.csv s1.csv s2.csv --rerun s3.csv s4.csv s5.csv
              harness compare all.csv without.csv --rerun all2.csv without2.csv --claim
    """
    from harness.cli import comparing

    asked = comparing.Asked(stored, tuple(rerun), margin, cluster, spread, slice, claim)
    return comparing.compare_files(asked, changes, json)


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
