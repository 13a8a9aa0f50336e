"""Look through a training mixture once, and print the digest that a recipe then states."""

from collections.abc import Sequence
from pathlib import Path

from harness.cli.screen import Screen, answer, columns
from harness.data.pinning import left_out_of
from harness.data.pinning import pin as pin_files


def pin(folder: Path, files: Sequence[str], as_json: bool) -> int:
    """Pin files of a folder: write its manifest, and say what was left out.

    Raises:
        UsageError, InvalidEvidence: as `harness.data.pinning.pin`.
    """
    with Screen() as screen:

        def told(file: str, count: int) -> None:
            if count % (1 << 14) == 0:
                screen.say(f"{file}: {count:,} records looked through")

        pinned = pin_files(folder, files, told)
    rows = [
        (file, f"{pinned.kept[file]:,}", f"{sum(why.values()):,}", _spelled(why), str(left_out_of(folder / file)))
        for file, why in pinned.left_out.items()
    ]
    names = ("file", ">records", ">left out", "why", "listed in")
    caption = f"state it of each source: recipe.stages.<n>.sources.<n>.manifest={pinned.digest}"
    plain = {"folder": str(folder), "manifest": pinned.digest, "records": pinned.kept, "left_out": pinned.left_out}
    answer(plain, columns(f"Pinned {folder}", names, rows, caption), as_json)
    return 0


def _spelled(why: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {reason}" for reason, count in why.items()) or "-"
