"""Recognise what a printed column header means, with the reason, so that a reader can correct it.

Tried in this order: the header without arrows, units and brackets; its parts from a header of several rows joined
(`CV-Bench` over `2D`); its last part; and, where that last part is only a word such as `acc` or `val`, the part above.
A label that is no known one is `other`: it is never bent to fit.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

from benchmarks.errors import UnknownName
from benchmarks.neighbours import find_neighbour
from benchmarks.suite import GROUP_TITLES, Group, find_column
from harness.audit.table import Meaning, MeasureName

_AVERAGE = {
    "avg",
    "average",
    "mean",
    "avgscore",
    "averagescore",
    "overall",
    "meanscore",
    "overallavg",
    "avgperf",
}
_GROUPS: dict[str, Group] = {
    "general": "general",
    "generalunderstanding": "general",
    "knowledge": "knowledge",
    "ocrchart": "ocr_chart",
    "ocrandchart": "ocr_chart",
    "ocr": "ocr_chart",
    "chartocr": "ocr_chart",
    "visioncentric": "vision_centric",
    "vision": "vision_centric",
    "visual": "vision_centric",
}
_MEASURES: dict[str, MeasureName] = {
    "cur": "cur",
    "conditionalutilizationrate": "cur",
    "conditionalutilisationrate": "cur",
    "ue": "cur",
    "uei": "cur",
    "informationgap": "information_gap",
    "infogap": "information_gap",
    "ig": "information_gap",
    "dgap": "information_gap",
    "capacity": "capacity",
    "necessity": "necessity",
}
_ATTRIBUTE = re.compile(
    r"^#|param|token|resolution|^res\b|^size\b|\bsize$|year|^date|^rank|^data\b|#data|samples|epoch|\blr\b|time|flop|"
    r"latency|hours|memory|throughput|^id$|^no$|^row$|^seed$|^pt$|^it$|^n$|speed|layers|depth|width|batch|steps$|images$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(model|method|label|name|encoder|vision|llm|base|backbone|config|setting|approach|arch)", re.IGNORECASE
)
_ARROWS = "↑↓⇑⇓⬆⬇▲▼△▽→"
_SMALL = re.compile(
    r"\b(acc(?:uracy)?|score|scores|pts|points?|results?|\(%\)|%|perf(?:ormance)?|top-?1)\b\.?|[%]", re.IGNORECASE
)
_INNOCENT = {
    "acc",
    "accuracy",
    "score",
    "val",
    "dev",
    "test",
    "overall",
    "image",
    "img",
    "",
    "all",
    "avg",
    "relaxed",
    "relaxedoverall",
    "relaxedaccuracy",
    "anls",
    "em",
    "exactmatch",
}
# Raised digits and small letters are footnotes; `MME^P`, `SEED^I` and `MMMU^V` are raised capitals.
_FOOTNOTE = re.compile(r"\^(?:\{(?:[0-9]{1,2}|[a-h*†‡,])\}|[0-9](?![0-9A-Za-z]))")
_DECLARED = re.compile(r"macro|weighted|\bf1\b|per-?class|normali[sz]ed", re.IGNORECASE)


def key(label: str) -> str:
    """Return the letters and digits of a label, lower-cased, with compatibility forms unified."""
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKC", label).lower())


def clean(label: str) -> str:
    """Take arrows and emphasis off a header and open its raised parts: `MME^{P} ↑` becomes `MME P`."""
    opened = re.sub(r"[\^_]\{([^{}]*)\}", r" \1", _FOOTNOTE.sub("", label))
    opened = re.sub(r"\^([A-Za-z0-9]+)", r" \1", opened.replace("**", "").replace("$", ""))
    kept = "".join(mark for mark in opened if mark not in _ARROWS + "†‡*§")
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", kept)).strip()


def recognise(parts: Sequence[str]) -> Meaning:
    """Say what a header means; `parts` are its rows from top to bottom, the same text never twice."""
    lower = any(mark in part for part in parts for mark in "↓⇓⬇▼")
    whole = [clean(part) for part in parts if clean(part)]
    if not whole:
        return Meaning("label", why="no header")
    declared = found.group() if (found := _DECLARED.search(" ".join(whole))) else ""
    for words, why in _candidates(whole):
        if measure := _measure(words):
            target = [part for part in whole if _measure(part) is None]
            inner = recognise([*target]) if target else Meaning("other")
            return Meaning("measure", inner.benchmark, inner.neighbour, inner.covers, measure, lower, why=why)
        if (average := _average(words)) is not None:
            return Meaning("average", covers=average, lower=lower, why=why)
        if (meaning := _score(words, lower, declared, why)) is not None:
            return meaning
    last = whole[-1]
    if _ATTRIBUTE.search(last):
        return Meaning("attribute", why="describes the model")
    if _LABEL.match(last):
        return Meaning("label", why="names the row")
    return Meaning("other", lower=lower, why="not recognised")


def _candidates(whole: Sequence[str]) -> list[tuple[str, str]]:
    """List the readings of a header, the surest first."""
    joined = " ".join(whole)
    found = [(joined, "its label"), (_SMALL.sub(" ", joined), "its label without units")]
    if len(whole) > 1:
        found.append((" ".join(whole[-2:]), "its last two rows"))
        found.append((whole[-1], "its last row"))
        if key(_SMALL.sub(" ", whole[-1])) in _INNOCENT:
            found.append((whole[-2], f"the row above '{whole[-1]}'"))
    bare = re.sub(r"\s*[(\[][^)\]]*[)\]]\s*$", "", whole[-1])
    inside = whole[-1][len(bare) :].strip(" ()[]")
    if bare != whole[-1] and (key(inside) in _INNOCENT or not re.search(r"[A-Za-z]{2}", inside)):
        found.append((bare, f"its label without '{inside}'"))
    return found


def _measure(words: str) -> MeasureName | None:
    plain = key(re.sub(r"\(.*?\)|%", "", words))
    return _MEASURES.get(plain)


def _average(words: str) -> Group | Literal["sixteen", "unstated"] | None:
    """Return what an average covers, `unstated` where the header does not say, or None if it is no average."""
    plain = key(words)
    if plain in _GROUPS:
        return _GROUPS[plain]
    if plain in _AVERAGE:
        return "unstated"
    for word in sorted(_AVERAGE, key=len, reverse=True):
        for rest in (plain.removeprefix(word), plain.removesuffix(word)):
            if rest == plain:
                continue
            if rest in ("16", "sixteen", "all16", "16benchmarks", "of16"):
                return "sixteen"
            if (group := rest.rstrip("0123456789").removesuffix("of")) in _GROUPS:
                return _GROUPS[group]
            if rest.isdigit():
                return "unstated"
    return None


def _score(words: str, lower: bool, declared: str, why: str) -> Meaning | None:
    try:
        return Meaning("benchmark", find_column(words), lower=lower, declared=declared, why=why)
    except UnknownName:
        neighbour = find_neighbour(words)
    return Meaning("neighbour", neighbour=neighbour, lower=lower, declared=declared, why=why) if neighbour else None


def known_groups() -> tuple[str, ...]:
    """List the groups that an average may be said to cover."""
    return (*GROUP_TITLES, "sixteen", "unstated")
