import ast
import re
from collections import Counter
from pathlib import Path

from benchmarks.card import DEFAULT_PROTOCOL, PROTOCOL_NAMES, Mark
from benchmarks.layout import MARK
from benchmarks.table import BENCHMARKS


def _tests() -> set[str]:
    trees = (ast.parse(path.read_text()) for path in Path(__file__).parent.rglob("test_*.py"))
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def _slug(quirk: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", quirk.lower()).strip("_")


def test_every_card_has_the_three_protocols_and_cambrian_is_the_default():
    for benchmark in BENCHMARKS:
        assert tuple(benchmark.protocols) == PROTOCOL_NAMES
        assert benchmark.protocol() is benchmark.protocols[DEFAULT_PROTOCOL]
        assert all(name == protocol.name for name, protocol in benchmark.protocols.items())


def test_every_quirk_has_a_test_of_its_name():
    tests = _tests()
    quirks = {quirk for b in BENCHMARKS for protocol in b.protocols.values() for quirk in protocol.quirks}
    assert quirks
    assert [quirk for quirk in sorted(quirks) if f"test_{_slug(quirk)}" not in tests] == []


def test_every_protocol_names_its_commit_and_every_source_its_revision():
    for benchmark in BENCHMARKS:
        assert re.fullmatch(r"[0-9a-f]{7,40}", benchmark.source.revision)
        for protocol in benchmark.protocols.values():
            assert re.search(r"@ [0-9a-f]{7}", protocol.source)


UNREAD_GOLDS = {("mathvista", "lmms_eval"), ("mathvista", "vlmevalkit")}
"""Protocols that leave a gold letter, list, zero or decimal to a judge; the quirks of the card say which."""


def _golds(benchmark, sample):
    """Return the answers worth a whole mark: of ten human answers, those that at least four gave."""
    if benchmark.name != "textvqa":
        return sample.answers
    return [answer for answer, times in Counter(sample.answers).items() if times >= 4]


def test_gold_answers_mark_one_under_every_protocol(benchmark_card, samples):
    for protocol in benchmark_card.protocols.values():
        unread = (benchmark_card.name, protocol.name) in UNREAD_GOLDS
        for sample in samples:
            golds = _golds(benchmark_card, sample)
            assert golds
            for gold in golds:
                mark = protocol.mark(sample, gold)
                assert mark.sample_id == sample.id
                assert (mark.value == 1.0 and mark.parsed) or (unread and not mark.parsed)


def test_wrong_letters_mark_zero_under_every_protocol(benchmark_card, samples):
    for protocol in benchmark_card.protocols.values():
        for sample in samples:
            for letter in sample.letters:
                expected = 1.0 if letter in sample.answers else 0.0
                mark = protocol.mark(sample, letter)
                unread = (benchmark_card.name, protocol.name) in UNREAD_GOLDS and not mark.parsed
                assert mark.value == (0.0 if unread else expected)


def test_empty_answers_are_unparsed_under_every_protocol(benchmark_card, samples):
    for protocol in benchmark_card.protocols.values():
        for answer in ("", " ", "\n\t ", "\u3000"):
            assert protocol.mark(samples[0], answer) == Mark(samples[0].id, 0.0, None, "empty")


def test_prompts_hold_the_question_and_every_choice(benchmark_card, samples):
    for protocol in benchmark_card.protocols.values():
        for sample in samples[:50]:
            prompt = MARK.sub("", protocol.prompt(sample))
            # One upstream prompt changes the case of the question, another strips it, a third drops pictures' marks.
            assert MARK.sub("", sample.question).strip().lower() in prompt.lower()
            assert all(choice in prompt for choice in sample.choices)
            assert "<image>" not in prompt


def test_marking_is_a_function_of_sample_and_answer_alone(benchmark_card, samples):
    for protocol in benchmark_card.protocols.values():
        answers = [protocol.mark(sample, "A") for sample in samples]
        assert answers[::-1] == [protocol.mark(sample, "A") for sample in reversed(samples)]
