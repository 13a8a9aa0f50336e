"""Show the benchmarks: all in a table, or one on a page: its card, its protocols and quirks, three sample prompts.

What depends on the questions themselves (how many there are here, the blind baseline, a chance level that no card can
state) is of the pictures at hand: those of the study's mirror.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table

from benchmarks.card import Benchmark, Sample
from benchmarks.errors import BenchmarkError
from benchmarks.load import load
from benchmarks.table import BENCHMARKS, VARIANTS, find
from harness.cli.screen import Screen, answer, columns
from harness.config.compose import compose
from harness.config.places import resolve
from harness.run.prepare import DRAWN, HUB, Supplies
from harness.schema.study import Study
from harness.score.exam import Exam

SHOWN = 3
Levels = dict[str, float | int | None]
_UNKNOWN: Levels = {"questions": None, "clusters": None, "blind": None, "chance": None}


def all_benchmarks(overrides: Sequence[str]) -> tuple[Any, Table]:
    """List the sixteen and their variants with the scores that need no look: as stated, and on the pictures at hand."""
    study = compose(overrides)
    folder = _at_hand(study)
    listed = [(card, _levels(card, folder, study.protocol)) for card in (*BENCHMARKS, *VARIANTS)]
    rows = [
        (card.name, card.title, card.group, f"{card.source.rows:,}", card.unit, _level(card.chance, "by options"),
         f"{here['questions']:,}" if here["questions"] else "", _level(here["blind"]), _level(here["chance"]),
         f"{card.source.hub_id} @ {card.source.revision[:8]}")
        for card, here in listed
    ]  # fmt: skip
    names = ("name", "title", "group", ">rows", "unit", ">chance", ">here", ">blind here", ">chance here", "dataset")
    caption = (
        f"rows, chance: of the true set. here: of the questions in {folder}, under {study.protocol}."
        if folder
        else "rows, chance: of the true set. The pictures of the study's mirror are not drawn yet: harness prepare"
    )
    plain = [
        {**dict(_facts(card)), "rows": card.source.rows, "chance": card.chance, "here": here} for card, here in listed
    ]
    return plain, columns("Benchmarks", names, rows, caption)


def _at_hand(study: Study) -> Path | None:
    """Return the study's mirror if it is there; nothing is drawn or fetched for a table."""
    place = study.mirror
    if place.location == HUB:
        return None
    drawn = resolve(study.store.folder) / "mirror" / place.manifest[:16]
    folder = drawn if place.location == DRAWN else resolve(place.location)
    return folder if folder.exists() else None


def _levels(card: Benchmark, folder: Path | None, protocol: str) -> Levels:
    if folder is None:
        return _UNKNOWN
    try:
        loaded = load(card, folder)
    except BenchmarkError:
        return _UNKNOWN
    return _of(Exam(card, loaded.samples, loaded.digest), protocol)


def _of(exam: Exam, protocol: str) -> Levels:
    asked = exam.benchmark.protocol(protocol)
    return {
        "questions": len(exam.samples),
        "clusters": len(exam.clusters),
        "blind": exam.blind(asked),
        "chance": exam.chance(asked),
    }


def _level(value: float | int | None, otherwise: str = "") -> str:
    return otherwise if value is None else f"{value:.2f}"


def show_benchmark(name: str, overrides: Sequence[str], as_json: bool) -> int:
    """Print a benchmark's page; the prompts are those of the study's protocol.

    A card whose questions the mirror does not hold is shown without them.
    """
    card, study = find(name), compose(overrides)
    samples: Sequence[Sample] = ()
    here, missing = _UNKNOWN, ""
    with Screen() as screen:
        mirror = Supplies(study, resolve(study.store.folder), screen).mirror
        try:
            loaded = load(card, mirror)
            samples, here = loaded.samples, _of(Exam(card, loaded.samples, loaded.digest), study.protocol)
        except BenchmarkError as error:
            missing = str(error)
    protocol = card.protocol(study.protocol)
    shown = _spread_out(samples)
    plain = {
        "card": dict(_facts(card)),
        "here": here,
        "missing": missing,
        "protocols": [
            {
                "name": one.name,
                "source": one.source,
                "max_new_tokens": one.max_new_tokens,
                "quirks": list(one.quirks),
            }
            for one in card.protocols.values()
        ],
        "samples": [_plain(sample, card) for sample in shown],
    }
    rows = [(one.name, f"{one.max_new_tokens:,}", one.source, "\n".join(one.quirks)) for one in card.protocols.values()]
    parts: list[Any] = [
        columns(card.title, ("", ""), [*_facts(card), *_here(here, protocol.name)]),
        columns("Protocols", ("name", ">tokens", "source", "quirks"), rows),
        *([f"\nNo prompts to show: {missing}"] if missing else []),
    ]
    for sample in shown:
        gold = " or ".join(dict.fromkeys(sample.answers))
        parts.append(f"\nSample {sample.id} ({protocol.name}), gold: {gold}\n{protocol.prompt(sample)}")
    answer(plain, Group(*parts), as_json)
    return 0


def _spread_out(samples: Sequence[Sample]) -> list[Sample]:
    """Take the first sample, one from the middle and the last: kinds of question often stand together."""
    places = sorted({0, len(samples) // 2, len(samples) - 1})[:SHOWN]
    return [samples[place] for place in places] if samples else []


def _plain(sample: Sample, card: Benchmark) -> dict[str, Any]:
    prompts = {name: protocol.prompt(sample) for name, protocol in card.protocols.items()}
    return {"id": sample.id, "answers": list(sample.answers), "choices": list(sample.choices), "prompts": prompts}


def _here(here: Levels, protocol: str) -> list[tuple[str, str]]:
    if here["questions"] is None:
        return []
    counted = f"{here['questions']:,} questions in {here['clusters']:,} clusters; by {protocol}"
    return [("at hand", f"{counted}: blind {_level(here['blind'])}, chance {_level(here['chance'])}")]


def _facts(card: Benchmark) -> list[tuple[str, str]]:
    source = card.source
    return [
        ("name", card.name),
        ("group", card.group),
        ("dataset", f"{source.hub_id} @ {source.revision}"),
        ("aliases", ", ".join(source.aliases) or "none"),
        ("split", source.split),
        ("rows", f"{source.rows:,}"),
        ("columns", "; ".join(f"{config}: {', '.join(names)}" for config, names in card.columns.items())),
        ("unit", card.unit),
        ("published scale", card.published_scale),
        ("chance level", "of each question's own options" if card.chance is None else f"{card.chance:.2f}"),
        ("cluster key", card.cluster_key),
        ("paper", card.paper),
        ("licence", card.licence),
        ("labels", card.label_notes),
        ("version", card.version),
    ]
