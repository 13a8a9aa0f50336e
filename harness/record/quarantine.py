"""Read a stranger's predictions in a child process, so that a crafted Parquet file ends the child and nothing else.

A damaged footer can make Arrow 25 end the whole process, and a crafted one may ask for any memory. The seal of a file
proves who wrote it only where the file is ours, so strangers' files are parsed where memory and processor time are
limited. One child reads many files: their names go in on standard input, one JSON line for each comes back.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import TextIO

import numpy as np

from harness.errors import InvalidEvidence
from harness.record import predictions
from harness.schema.columns import Columns, Runs
from harness.schema.prediction import PredictionHeader

MEMORY_LIMIT = 4 * 2**30
SECONDS_A_FILE = 30
LINE_LIMIT = 2**28
PROJECT = Path(__file__).resolve().parents[2]


def read_all(paths: Sequence[Path]) -> Iterator[tuple[PredictionHeader, Columns]]:
    """Read files of predictions in order, in a child.

    Raises:
        InvalidEvidence: a file is refused, or reading it ended the child.
    """
    if not paths:
        return
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(PROJECT),
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }
    # -P: the folder that the words are typed in may be a stranger's, and must not lend modules.
    command = [sys.executable, "-P", "-m", "harness.record.quarantine", str(SECONDS_A_FILE * len(paths))]
    # A file, not a pipe: nobody waits for the other to read.
    with TemporaryFile("w+") as names:
        names.writelines(json.dumps(str(path)) + "\n" for path in paths)
        names.seek(0)
        with subprocess.Popen(
            command, stdin=names, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
        ) as child:
            assert child.stdout
            try:
                for path in paths:
                    line = child.stdout.readline(LINE_LIMIT)
                    if not line.endswith("\n"):
                        raise InvalidEvidence(
                            f"{path}: the process that read it was ended, by the file or by its limits"
                        )
                    yield _understood(line)
            finally:
                child.kill()


def _understood(line: str) -> tuple[PredictionHeader, Columns]:
    told = json.loads(line)
    if "refused" in told:
        raise InvalidEvidence(told["refused"])
    tokens, margins = Runs.of(told["tokens"], np.int64), Runs.of(told["margins"], np.float64)
    answers = Columns(told["sample_ids"], told["texts"], tokens, margins, told["finishes"])
    return PredictionHeader.from_json(json.dumps(told["header"]), "a header from quarantine"), answers


def _serve(seconds: int, names: TextIO, out: TextIO) -> None:
    """Read each named file and tell what it holds, under limits that the system holds."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in names:
        try:
            header, answers = predictions.read(Path(json.loads(line)))
            told = {
                "header": header.plain(),
                "sample_ids": answers.sample_ids,
                "texts": answers.texts,
                "tokens": list(answers.tokens.lists()),
                "margins": list(answers.margins.lists()),
                "finishes": answers.finishes,
            }
        except InvalidEvidence as error:
            told = {"refused": str(error)}
        out.write(json.dumps(told, allow_nan=False) + "\n")
        out.flush()


if __name__ == "__main__":
    _serve(int(sys.argv[1]), sys.stdin, sys.stdout)
