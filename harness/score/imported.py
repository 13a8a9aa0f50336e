"""Turn what lmms-eval and VLMEvalKit write about each sample into objects of the open door (`benchmarks.outside`).

lmms-eval (`--log_samples`): one JSON object a line with `doc_id`, `target`, `filtered_resps`, `input` and one key a
metric; the choices stand in the prompt only, and what a metric keeps of a sample (category, pair, source) becomes its
meta. The log drops the dataset's row, so what stands in none of these is not there: TextVQA's ten answers, for one.

VLMEvalKit: a sheet (.xlsx, .tsv, .csv or .json) with `index`, `prediction`, `answer`, a column a choice (A, B, ...) and
the dataset's other columns. Its pickles are refused: a pickle runs what it likes.

Sources: EvolvingLMMs-Lab/lmms-eval @ 75571cf, loggers/evaluation_tracker.py, evaluator.py; open-compass/VLMEvalKit @
e8e78f0, smp/file.py, dataset/utils.
"""

import ast
import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from string import ascii_uppercase
from typing import Any, Literal

from benchmarks.card import Benchmark
from harness.errors import InvalidEvidence
from harness.score.outside import LONGEST_LINE, Objects, objects_of, opened
from harness.score.workbook import rows_of

Origin = Literal["objects", "lmms_eval", "vlmevalkit"]
SEVERAL = frozenset(("docvqa", "textvqa", "ocrbench"))
"""Benchmarks with more than one gold answer a question."""
_OPTION = re.compile(r"^[ \t]*\(?([A-Z])[.):][ \t]*(.*?)[ \t]*$", re.MULTILINE)


def objects_from(path: Path, origin: Origin, benchmark: Benchmark) -> Objects:
    """Read the objects of a file, each with its line or row.

    Raises:
        InvalidEvidence: there is no such file, or a line, row or cell is not what the origin writes.
    """
    if origin == "vlmevalkit":
        yield from _of_sheet(path, benchmark)
        return
    with opened(path) as stream:
        for number, given in objects_of(stream, str(path)):
            try:
                yield number, _of_log(given, benchmark) if origin == "lmms_eval" else given
            except InvalidEvidence as error:
                raise InvalidEvidence(f"{path}, line {number:,}: {error}") from error


def _of_log(given: Mapping[str, Any], benchmark: Benchmark) -> dict[str, Any]:
    missing = [key for key in ("doc_id", "target", "filtered_resps") if key not in given]
    if missing:
        raise InvalidEvidence(f"a sample of lmms-eval's log has {', '.join(missing)}; came {', '.join(sorted(given))}")
    meta = {key: it for kept in given.values() if isinstance(kept, dict) for key, it in kept.items() if _is_plain(it)}
    listed = next((it["choices"] for it in given.values() if isinstance(it, dict) and it.get("choices")), None)
    choices = listed if isinstance(listed, list) else _offered(given.get("input"), benchmark)
    target = str(given["target"])
    return {
        "id": given["doc_id"],
        "prediction": _answered(given["filtered_resps"]),
        **({"answers": _listed(target)} if benchmark.name in SEVERAL else {"answer": target}),
        "choices": choices,
        "meta": meta,
    }


def _answered(came: Any) -> str:
    """Open the lists around one answer.

    Raises:
        InvalidEvidence: there are several, or none.
    """
    while isinstance(came, list) and len(came) == 1:
        came = came[0]
    if not isinstance(came, str):
        raise InvalidEvidence(f"expected one answer in filtered_resps; came {str(came)[:80]!r}")
    return came


def _offered(prompt: Any, benchmark: Benchmark) -> list[str] | None:
    """Read the choices off a prompt: lines that begin with A, B and so on, in this order; null where there are none."""
    text = prompt if isinstance(prompt, str) else prompt[0] if isinstance(prompt, list) and prompt else ""
    found: list[str] = []
    for letter, words in _OPTION.findall(str(text)):
        if letter == ascii_uppercase[len(found) % 26]:
            found.append(words)
        elif letter == "A":
            found = [words]
    return found if len(found) > 1 else None


def _listed(text: str) -> list[str]:
    """Read a list that was written as text; anything else is one answer."""
    try:
        listed = ast.literal_eval(text) if len(text) <= LONGEST_LINE and text.lstrip().startswith("[") else text
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        listed = text
    return [str(one) for one in listed] if isinstance(listed, list) and listed else [text]


def _is_plain(came: object) -> bool:
    return isinstance(came, str | int | float) and not isinstance(came, bool)


def _of_sheet(path: Path, benchmark: Benchmark) -> Objects:
    for place, (number, row) in enumerate(_rows(path)):
        cells = {name: it for name, it in row.items() if name and it not in ("", None)}
        if "index" not in cells or "prediction" not in row:
            raise InvalidEvidence(
                f"{path}, row {number:,}: a sheet of VLMEvalKit has index and prediction; came {', '.join(row)[:200]}"
            )
        if "answer" not in cells:
            raise InvalidEvidence(f"{path}, row {number:,}: no answer beside the prediction; nothing to mark by")
        answer = str(cells["answer"])
        lettered = [str(cells[letter]) for letter in ascii_uppercase if letter in cells]
        choices = lettered or (
            _listed(str(cells["choices"])) if str(cells.get("choices", "")).startswith("[") else None
        )
        if choices and cells.get("answer_option"):
            answer = str(cells["answer_option"])
        meta = {
            # How a precision is written decides a mark.
            name: str(it) if name == "precision" else _whole(str(it))
            for name, it in cells.items()
            if name not in ("prediction", "answer")
        }
        if benchmark.name == "mmvp":
            # Upstream pairs neighbouring rows.
            meta["pair"] = str(place // 2)
        yield (
            number,
            {
                "id": _whole(str(cells["index"])),
                "prediction": str(row.get("prediction") or ""),
                **({"answers": _listed(answer)} if benchmark.name in SEVERAL else {"answer": answer}),
                "choices": choices,
                "meta": meta,
            },
        )


def _whole(text: str) -> str:
    """Write 3.0, as a sheet may, as 3."""
    return text[:-2] if re.fullmatch(r"[0-9]{1,15}\.0", text) else text


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    suffix = path.suffix.lower()
    if not path.is_file():
        raise InvalidEvidence(f"{path} is absent or no plain file; a result sheet of VLMEvalKit was expected there")
    if suffix == ".xlsx":
        walk = rows_of(path)
    elif suffix in (".tsv", ".csv"):
        walk = _delimited(path, "\t" if suffix == ".tsv" else ",")
    elif suffix == ".json":
        yield from _json_rows(path)
        return
    else:
        raise InvalidEvidence(f"{path}: a result sheet is read as .xlsx, .tsv, .csv or .json; never as a pickle")
    heads: list[str] | None = None
    for number, cells in walk:
        if heads is None:
            heads = [cell.strip() for cell in cells]
            continue
        if any(cells):
            yield number, dict(zip(heads, [*cells, *[""] * (len(heads) - len(cells))], strict=False))


def _delimited(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LONGEST_LINE)
    with opened(path) as stream:
        reader = csv.reader(io.TextIOWrapper(stream, "utf-8-sig", newline=""), delimiter=delimiter, strict=True)
        try:
            for row in reader:
                yield reader.line_num, row
        except (csv.Error, UnicodeDecodeError) as error:
            raise InvalidEvidence(f"{path}, line {reader.line_num + 1:,}: {error}") from error


def _json_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Read a list of objects, one a row."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidEvidence(f"{path} is no JSON: {error}") from error
    if isinstance(found, list) and all(isinstance(row, dict) for row in found):
        yield from zip(count(1), found, strict=False)
        return
    raise InvalidEvidence(f"{path}: expected a list of objects, one a row")
