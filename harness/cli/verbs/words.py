"""Spell the words that several verbs share: what a shell types, and what help says of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

Rung = Literal["rescore", "repredict", "retrain"]
Words = Annotated[str, Parameter(show_default=False)]
Json = Annotated[bool, Parameter(name="--json", negative=(), help="Print one JSON value instead of a table.")]
Report = Annotated[
    str, Parameter(help="With commas: a file .xml (JUnit), .md (Markdown) or .dsse.json (signed by --key), github.")
]
Signer = Annotated[Path | None, Parameter(help="The private key, Ed25519 in a PEM file, that signs the report.")]
Keep = Annotated[
    str,
    Parameter(
        help="What is not masked, such as clip or size:1; none: every encoder is masked; blind: no picture is shown; "
        "all-masks: every view. Default: no encoder is masked."
    ),
]
Questions = Annotated[int, Parameter(help="How many of the benchmark's first questions with a picture are asked.")]
Masked = Annotated[
    Literal["zero", "mean", "noise"],
    Parameter(name="--mask", help="What stands for a masked encoder: zeros, its mean token, or noise of its moments."),
]
Masks = Annotated[
    str, Parameter(name="--keep", help="Which masked views of the full set: all-masks, or none.", show_default=True)
]
Encoders = Annotated[
    Path | None,
    Parameter(help="A table of what is known of each encoder: encoder,parameters,rank and any probes, one a row."),
]
Ranks = Annotated[
    Path | None,
    Parameter(help="Effective ranks before and after training: encoder,trained,rank and perhaps seed, cap, variant."),
]
Readouts = Annotated[
    Path | None, Parameter(help="How much subsets read out before any training: subset,readout, one subset a row.")
]
Shown = Annotated[int, Parameter(name="--pictures", help="How many pictures are fitted to; half as many are held out.")]
Pictures = Annotated[int, Parameter(help="How many pictures the encoders are shown, spread over the benchmarks.")]
Attention = Annotated[
    Path | None, Parameter(help="What harness attend --json printed: how far masking moves the look.")
]
Answers = Annotated[
    bool,
    Parameter(negative=(), help="Mark the reference's answers again, to draw questions together for all models."),
]
Replicates = Annotated[int, Parameter(help="How often the table is drawn again for the intervals.")]
Marked = Annotated[
    Literal["", "cambrian", "lmms_eval", "vlmevalkit"],
    Parameter(show_default=False, help="The protocol that marked scores whose file names none."),
]
Files = Annotated[
    tuple[Path, ...],
    Parameter(consume_multiple=True, show_default=False, help="The new files: a seed or a model each."),
]
ProtocolWord = Annotated[
    Literal["cambrian", "lmms_eval", "vlmevalkit"],
    Parameter(alias="-p", help="Whose rules mark and pool: cambrian, lmms_eval, vlmevalkit."),
]
Scored = Annotated[
    Literal["", "cambrian", "lmms_eval", "vlmevalkit", "all"],
    Parameter(show_default=False, help="Another protocol than that of the answers, or all."),
]
From = Annotated[
    Literal["objects", "lmms_eval", "vlmevalkit"],
    Parameter(name="--from", help="Who wrote the file: objects of the form above, or another harness's own log."),
]


def divided(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Tell names from trailing `key=value` words; a path that holds an equals sign begins with ./ or /."""
    overrides = [word for word in words if "=" in word and not word.startswith((".", "/"))]
    return [word for word in words if word not in overrides], overrides
