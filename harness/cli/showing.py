"""Show one benchmark on a page: its card, its three protocols with their quirks, and three sample prompts."""

from collections.abc import Sequence
from typing import Any

from rich.console import Group

from benchmarks.card import Benchmark, Sample
from benchmarks.load import load
from benchmarks.table import find
from harness.cli.screen import Screen, answer, columns
from harness.config.compose import compose
from harness.config.places import resolve
from harness.run.prepare import Supplies

SHOWN = 3


def show_benchmark(name: str, overrides: Sequence[str], as_json: bool) -> int:
    """Print a benchmark's page; the prompts are those of the study's protocol."""
    card, study = find(name), compose(overrides)
    with Screen() as screen:
        samples = load(card, Supplies(study, resolve(study.store.folder), screen).mirror).samples
    protocol = card.protocol(study.protocol)
    shown = _spread_out(samples)
    plain = {
        "card": dict(_facts(card)),
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
        columns(card.title, ("", ""), _facts(card)),
        columns("Protocols", ("name", ">tokens", "source", "quirks"), rows),
    ]
    for sample in shown:
        gold = " or ".join(dict.fromkeys(sample.answers))
        parts.append(f"\nSample {sample.id} ({protocol.name}), gold: {gold}\n{protocol.prompt(sample)}")
    answer(plain, Group(*parts), as_json)
    return 0


def _spread_out(samples: Sequence[Sample]) -> list[Sample]:
    """Take the first sample, one from the middle and the last: kinds of question often stand together."""
    places = sorted({0, len(samples) // 2, len(samples) - 1})[:SHOWN]
    return [samples[place] for place in places]


def _plain(sample: Sample, card: Benchmark) -> dict[str, Any]:
    prompts = {name: protocol.prompt(sample) for name, protocol in card.protocols.items()}
    return {"id": sample.id, "answers": list(sample.answers), "choices": list(sample.choices), "prompts": prompts}


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
