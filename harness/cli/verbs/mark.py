"""Read the verbs that turn answers into marks and marks into scores."""

from pathlib import Path

from harness.cli.verbs.words import From, Json, ProtocolWord


def score(predictions: Path, *overrides: str, json: Json = False) -> int:
    """Score a file of predictions again, without any model.

    Example: harness score results/reference/predictions/tiny.clip.gqa.s0.parquet
    """
    from harness.cli import work

    return work.score(predictions, overrides, json)


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
