"""Read the verbs that look at training data: what a mixture holds, and what it should not hold."""

from pathlib import Path

from harness.cli.verbs.words import Json, divided


def pin(folder: Path, *files: str, json: Json = False) -> int:
    """Look through a mixture in LLaVA's format once, and print the digest of the manifest that pins it.

    Every record and picture is read; records without a picture, with several, or with one that is absent or broken are
    left out, counted, and listed beside the file. Training then streams the file by the index that this writes.

    Example: harness pin data/eagle blip_laion_cc_sbu_558k.json eagle-1-sft-1_8M.json
    """
    from harness.cli import pinning

    return pinning.pin(folder, files, json)


def scan(file: Path, *words: str, pictures: Path | None = None, to: Path | None = None, json: Json = False) -> int:
    """Look for the questions of benchmarks (default: all sixteen) in a training mixture in LLaVA's format.

    By the bytes of pictures, by how they look (resized, recompressed, border cut off), and by long questions. Pictures
    lie below --pictures, else beside the file; --to writes the report as Markdown, --json lists the thousand strongest
    findings. Exit code 40 where a question was taken with its very picture, 30 where pictures could not be read.

    Examples: harness scan data/eagle/eagle-1-sft-1_8M.json mirror.location=hub
              harness scan mixture.json chartqa --to scan.md
    """
    from harness.cli import scanning

    names, overrides = divided(words)
    return scanning.scan(file, ",".join(names) or "all", pictures, to, overrides, json)
