"""Read the verbs that measure: a table of scores by subset, and the features of one encoder."""

from pathlib import Path

from harness.cli.verbs.words import (
    Answers,
    Attention,
    Encoders,
    Json,
    Keep,
    Masked,
    Pictures,
    Questions,
    Ranks,
    Readouts,
    Replicates,
    Shown,
    Words,
    divided,
)


def analyse(
    table: Path | None = None,
    *,
    encoders: Encoders = None,
    ranks: Ranks = None,
    attention: Attention = None,
    readouts: Readouts = None,
    replicates: Replicates = 2000,
    answers: Answers = False,
    json: Json = False,
) -> int:
    """Take the papers' measures from a table of scores by subset, each with an interval; no file: from the reference.

    A long table has the columns trained, benchmark, score and, where known, kept (else as trained), mask (what stands
    for a masked encoder, else zero), seed, standard_error, blind, chance; a wide one has a column a benchmark. With id
    and mark (and cluster) instead of score, a row is one answer, and questions are drawn together for all models.
    Subsets are written clip+sam; none is the empty set. What an incomplete table cannot give is named with the reason;
    so are cells with two values and scores that are no numbers, which play no part.

    With --json: measure, then encoder, {"value", "low", "high"} on the mean of all benchmarks, and below it the same
    for each category and benchmark.

    Examples: harness analyse scores.csv
              harness analyse scores.csv --encoders encoders.csv --ranks ranks.csv --json
              harness analyse
    """
    from harness.cli import analysing, measured

    asked = measured.Asked(table, encoders, ranks, attention, replicates, answers, readouts)
    return analysing.analyse(asked, json)


def rank(features: Path, *, before: Path | None = None, json: Json = False) -> int:
    """Give every variant of the effective rank of an array of features, tokens x channels, stored as .npy.

    Four variants, centred and not, each also as a share of its cap min(tokens, channels). The file is read block by
    block and may be larger than the memory; arrays of objects are refused. --before names the features of the same
    encoder on the same images before a training: does its rank survive, expand or shrink?

    Examples: harness rank clip_features.npy --json
              harness rank joint.npy --before alone.npy
    """
    from harness.cli import ranking

    return ranking.rank(features, before, json)


def ranks(*words: str, pictures: Pictures = 256, out: Path | None = None, json: Json = False) -> int:
    """Take the effective rank of each encoder's features before training and after every stored training.

    Words: SUBSETS (default: lattice, all there are), then overrides. Pre-projector features of the same pictures, the
    first of each benchmark, streamed through stored weights: every variant, centred and not. Writes a table that
    harness analyse and harness report read (default: results/measured/ranks.csv, which they find by themselves), and
    beside it where and how it was made. Trainings that are not done are named.

    Examples: harness ranks
              harness ranks size:1 --pictures 64 --out ranks.csv
    """
    from harness.cli import lattice_ranking

    names, overrides = divided(words)
    return lattice_ranking.ranks(lattice_ranking.chosen(names), overrides, pictures, out, json)


def probe(*overrides: str, pictures: Shown = 1000, out: Path | None = None, json: Json = False) -> int:
    """Tell how much every subset's frozen, pre-trained encoders read out together, before any training: a held-out R^2.

    One linear map a subset, in closed form, from the fused tokens of its encoders to the words of each cell, which the
    recipe's alignment stage asks for; pictures and words are that stage's. Every picture is encoded once for all
    subsets. Writes a table that harness analyse and harness report read (default: results/measured/readouts.csv, which
    they find by themselves), and beside it of which weights it is. A recipe without a stage of cells is refused.

    Examples: harness probe
              harness probe --pictures 200 --out readouts.csv
    """
    from harness.cli import probing

    return probing.probe(overrides, pictures, out, json)


def attend(
    subset: Words,
    benchmark: Words,
    *overrides: str,
    keep: Keep = "all-masks",
    mask: Masked = "zero",
    questions: Questions = 64,
    out: Path | None = None,
    json: Json = False,
) -> int:
    """Tell how far masking moves the answer's look at the picture: a KL divergence for each masked view, in nats.

    Taken from the last layer's attention over visual tokens at the first token of the answer, with the plain engine.
    --out writes what --json prints to a file; harness analyse and harness report show it, and find
    results/measured/attention.json by themselves.

    Examples: harness attend all mme --keep size:1
              harness attend all mme --keep size:1 --out results/measured/attention.json
              harness attend clip+sam gqa --mask mean --json
    """
    from harness.cli import attending

    return attending.attend(subset, benchmark, overrides, keep, mask, questions, out, json)


def report(
    table: Path | None = None,
    *,
    out: Path = Path("report.html"),
    tables: Path | None = None,
    encoders: Encoders = None,
    ranks: Ranks = None,
    attention: Attention = None,
    readouts: Readouts = None,
    verdicts: Path | None = None,
    readme: bool = False,
    replicates: Replicates = 2000,
    answers: Answers = False,
    json: Json = False,
) -> int:
    """Write the study as one self-contained page: every measure as a figure and a table; no file: of the reference.

    The page loads nothing, works without its script, and is the same bytes for the same input. Tables as in harness
    analyse, complete or not: what cannot be had is named with the reason. --tables names a folder for the same tables
    as CSV, Markdown and LaTeX (booktabs); --verdicts a file of what harness verify --json printed; --readme writes the
    block of results into README.

    Examples: harness report
              harness report scores.csv --out study.html --tables tables
              harness verify --json > verdicts.json && harness report --verdicts verdicts.json --readme
    """
    from harness.cli import measured, reporting

    asked = measured.Asked(table, encoders, ranks, attention, replicates, answers, readouts)
    return reporting.report(asked, verdicts, out, tables, readme, json)
