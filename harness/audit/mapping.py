"""Correct what was recognised, by a small TOML file. Every key is optional.

```toml
[columns]                 # a header as printed -> a column of the suite, a neighbour, or one of the words
"MMB*" = "mmbench"        # average, average:general, average:sixteen, other, attribute, label, ignored
"Ours avg" = "average:knowledge"

[units]                   # scoring units of a column in this table
mmvp = 300

[tops]                    # the value of full marks as printed
mme = 2000

[models]                  # one model -> the other labels it goes by, for the comparison of tables
"LLaVA-NeXT-8B" = ["LLaVA-NeXT [Llama 3-8B]"]
```
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.errors import UnknownName
from benchmarks.neighbours import find_neighbour
from benchmarks.suite import find_column
from harness.audit.headers import clean, key, known_groups
from harness.audit.table import Meaning
from harness.errors import InvalidEvidence, UsageError

MOST_BYTES = 2**20
SECTIONS = ("columns", "units", "tops", "models")
_WORDS = ("average", "other", "attribute", "label", "ignored")


@dataclass(frozen=True, slots=True)
class Mapping:
    """Hold the corrections of a reader, by the letters and digits of a label; `name` is that of their file."""

    columns: dict[str, Meaning] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    tops: dict[str, int] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)
    name: str = ""

    def meaning(self, label: str) -> Meaning | None:
        """Return what the reader says a header means, if anything."""
        return self.columns.get(key(clean(label)))

    def model(self, label: str) -> str:
        """Return the one name of a model."""
        return self.models.get(key(label), key(label))


def read_mapping(path: Path) -> Mapping:
    """Read a file of corrections.

    Raises:
        UsageError: there is no such file, it is no TOML, or it names something that does not exist.
        InvalidEvidence: it is far too large.
    """
    if not path.is_file():
        raise UsageError(f"no file {path}: expected corrections as TOML with any of {', '.join(SECTIONS)}")
    if path.stat().st_size > MOST_BYTES:
        raise InvalidEvidence(f"{path} has {path.stat().st_size:,} bytes; a mapping has at most {MOST_BYTES:,}")
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path} is no TOML: {error}") from error
    unknown = sorted(set(given) - set(SECTIONS))
    if unknown or not all(isinstance(given[name], dict) for name in given):
        raise UsageError(f"{path}: a mapping has the tables {', '.join(SECTIONS)}; came {', '.join(given)}")
    return Mapping(
        columns={key(clean(label)): _meaning(word, str(path)) for label, word in given.get("columns", {}).items()},
        units=_whole(given.get("units", {}), "units", str(path)),
        tops=_whole(given.get("tops", {}), "tops", str(path)),
        models=_aliases(given.get("models", {}), str(path)),
        name=path.name,
    )


def _meaning(word: object, where: str) -> Meaning:
    why = "the mapping"
    if isinstance(word, str):
        role, _, covers = word.partition(":")
        if role in _WORDS and (not covers or (role == "average" and covers in known_groups())):
            return Meaning(role, covers=covers or "unstated", why=why)  # pyright: ignore[reportArgumentType]
        if neighbour := find_neighbour(word):
            return Meaning("neighbour", neighbour=neighbour, why=why)
        try:
            return Meaning("benchmark", find_column(word), why=why)
        except UnknownName as error:
            raise UsageError(f"{where}: {error}; or one of {', '.join(_WORDS)}, average:<group>") from error
    raise UsageError(f"{where}: a column is mapped to a word, came {word!r}")


def _whole(given: dict[str, object], what: str, where: str) -> dict[str, int]:
    for label, number in given.items():
        if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 10**9:
            raise UsageError(f"{where}: {what} of '{label}' must be a whole number above zero, came {number!r}")
    return {key(label): number for label, number in given.items() if isinstance(number, int)}


def _aliases(given: dict[str, object], where: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for model, labels in given.items():
        if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
            raise UsageError(f"{where}: the labels of '{model}' must be a list of texts")
        for label in (model, *labels):
            if names.setdefault(key(label), key(model)) != key(model):
                raise UsageError(f"{where}: '{label}' is said to be two models")
    return names
