"""Mark MMMU's open questions as its own parser does: by a number or a phrase found in the telling parts of an answer.

Source: EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/mmmu/utils.py (`parse_open_response`, `eval_open`), after
MMMU-Benchmark/MMMU @ 51ce7f3, eval/eval_utils.py.
"""

import re
from collections.abc import Iterator

from benchmarks.marking.reading import UNPARSED_EMPTY, Reading

_INDICATORS = ("could be ", "so ", "is ", "thus ", "therefore ", "final ", "answer ", "result ")
_TRIVIAL = frozenset((":", ",", ".", "!", "?", ";", "'"))

# Upstream's three patterns, written so that a run of digits is read once: no match of theirs starts inside a run.
_NUMBERS = (
    re.compile(r"-?\b\d{1,3}(?:,\d{3})+\b"),
    re.compile(r"-?(?<!\d)\d++(?:\.\d++)?[eE][+-]?\d+"),
    re.compile(r"-?(?:(?<!\d)\d++\.\d++|\.\d++|(?<!\d)\d++\b)(?![eE][+-]?\d)(?![,\d])"),
)


def _rounded(text: str) -> float | None:
    try:
        return round(float(text.replace(",", "")), 2)
    except ValueError:
        return None


def _tail(line: str, last: bool) -> str | None:
    """Return the shortest rest of a line behind an indicator, or None."""
    shortest = None
    for indicator in (*_INDICATORS, "=") if last else _INDICATORS:
        if indicator in line:
            rest = line.rpartition(indicator)[2].strip()
            if not shortest or len(rest) < len(shortest):
                shortest = rest
    return shortest if shortest and shortest not in _TRIVIAL else None


def _telling(answer: str) -> list[str]:
    text = answer.strip().strip(".").lower()
    lines = text.split("\n")
    tails = [_tail(line, last=place == len(lines) - 1) for place, line in enumerate(lines)]
    return [tail for tail in tails if tail is not None] or [text]


def _numbers(parts: list[str]) -> Iterator[float]:
    for part in parts:
        for text in {part, *(found for pattern in _NUMBERS for found in pattern.findall(part))}:
            number = _rounded(text.strip())
            if number is not None:
                yield number


def _phrases(part: str) -> tuple[str, ...]:
    text = part.strip()
    # A single character must stand beside a blank, or it would be found in every word.
    return (f" {text}", f"{text} ") if len(text) == 1 else (text,)


def number_or_phrase(answer: str, gold: str) -> Reading:
    """Give 1 iff the gold number, or the gold phrase, is among what the answer tells.

    Rule: strip, drop dots at both ends, lower the case. In each line, what follows the last of an indicator (`could
    be`, `so`, `is`, `thus`, `therefore`, `final`, `answer`, `result`, and `=` in the last line) is a telling part, the
    shortest of a line only; without any, the whole answer is. A gold that is a number, rounded to two decimals, must be
    a part or a number in a part, rounded alike. Any other gold, in lower case, must be contained in a part that is no
    number; a gold of one character must stand there beside a blank.
    """
    if not answer.strip():
        return UNPARSED_EMPTY
    parts = _telling(answer)
    read = parts[0] or None
    target = _rounded(gold.strip())
    if target is not None:
        return Reading(1.0 if any(number == target for number in _numbers(parts)) else 0.0, read, "number in a part")
    wanted = _phrases(gold.strip().lower())
    told = [phrase for part in parts if _rounded(part.strip()) is None for phrase in _phrases(part)]
    found = any(phrase in part for part in told for phrase in wanted)
    return Reading(1.0 if found else 0.0, read, "phrase in a part")
