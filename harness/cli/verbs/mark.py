"""Read the verbs that turn answers into marks and marks into scores."""

from pathlib import Path

from harness.cli.verbs.words import From, Json, ProtocolWord, Scored, divided


def score(*words: str, protocol: Scored = "", marks: Path | None = None, json: Json = False) -> int:
    """Score files of predictions again, without any model; with no file, all of the reference.

    --protocol all marks the same answers by all three protocols: one table, benchmark by protocol, with the spread and
    the share of answers on which they disagree. Where a model has all benchmarks, the categories' means and the
    suite's stand below, by the suite's rule and by that of fifteen.

    --marks writes every answer's mark as a line of the form that harness compare reads: a .jsonl file for one file of
    predictions, else a folder with a file an entry. Compare counts each mark as one, whatever the benchmark pools.

    Examples: harness score results/reference/predictions/tiny.clip.gqa.s0.parquet
              harness score results/reference/predictions/tiny.clip.gqa.s0.parquet --marks clip.jsonl
              harness score --protocol all
    """
    from harness.cli import scoring

    files, overrides = divided(words)
    return scoring.score([Path(file) for file in files], overrides, protocol, marks, json)


def export(name: str, answers: Path, *overrides: str, to: Path | None = None, json: Json = False) -> int:
    """Write the file that a server of hidden labels takes: docvqa-test, textvqa-test or mmbench-test.

    The answers are a file of predictions, or one {"id", "prediction"} a line. Every question must be answered once.

    Example: harness export docvqa-test answers.jsonl mirror.location=mirror --to docvqa.json
    """
    from harness.cli import exporting

    return exporting.export(name, answers, overrides, to, json)


def mark(
    benchmark: str, file: Path, *, protocol: ProtocolWord = "cambrian", from_: From = "objects", json: Json = False
) -> int:
    """Mark answers from anywhere by a benchmark's rules: one object a line in, one mark a line out.

    In: {"id", "prediction", "answer" or "answers", "choices" (a list or null), "meta"}; meta holds what the rule needs:
    category, pair or group key, question type (benchmarks/outside.py has the table). Out: {"id", "mark" (0 to 1),
    "extracted" (null: unparsed), "rule"}; --json ends with the pooled score. A broken line ends the run with exit code
    40; the marks before it are printed.

    --from reads the logs of other harnesses: lmms_eval (--log_samples, JSON lines) or vlmevalkit (its result sheets:
    .xlsx, .tsv, .csv, .json; never a pickle).

    Examples: harness mark chartqa answers.jsonl --protocol lmms_eval
              harness mark mme samples_mme.jsonl --protocol lmms_eval --from lmms_eval --json
    """
    from harness.cli import marking

    return marking.mark(benchmark, file, protocol, from_, json)
