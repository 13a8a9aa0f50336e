import json
import re
from collections import Counter, defaultdict
from hashlib import sha256
from pathlib import Path

import pytest

from benchmarks.mini import mixture as mini_mixture
from benchmarks.mini import pictures
from benchmarks.mini.questions import stated
from benchmarks.mini.words import LABELS
from benchmarks.ocr_chart.chartqa import NUMBER_SUFFIX
from benchmarks.prompting import LETTER_SUFFIX, SHORT_SUFFIX
from benchmarks.table import BENCHMARKS


@pytest.fixture(scope="module")
def items(mixture):
    return json.loads((mixture / "mixture.json").read_text())


def _turns(item):
    said = item["conversations"]
    return list(zip(said[::2], said[1::2], strict=True))


def test_conversations_follow_the_llava_format(mixture, items):
    assert len(items) == 600
    assert len({item["id"] for item in items}) == 600
    for item in items:
        assert set(item) == {"id", "image", "conversations", "tags"}
        assert len(item["tags"]) == len(item["conversations"]) // 2
        assert (mixture / item["image"]).is_file()
        turns = _turns(item)
        for place, (human, gpt) in enumerate(turns):
            assert (human["from"], gpt["from"]) == ("human", "gpt")
            assert human["value"].startswith("<image>\n") == (place == 0)
            assert human["value"].count("<image>") == (place == 0)
            assert gpt["value"]


def test_a_picture_has_four_to_six_questions(items):
    assert {len(item["conversations"]) // 2 for item in items} == {4, 5, 6}


def test_every_benchmark_has_its_share_and_one_turn_in_eight_states_its_fact(items):
    tags = Counter(tag for item in items for tag in item["tags"])
    whole = tags.total()
    assert set(tags) == {benchmark.name for benchmark in BENCHMARKS} | {stated.TAG}
    assert abs(tags.pop(stated.TAG) / whole - 1 / 8) < 0.01
    assert max(tags.values()) < 1.15 * min(tags.values())


def test_the_shares_stay_even_over_thousands_of_pictures():
    for seed in (1, 2):
        tags = Counter(tag for one in mini_mixture.compose(seed, 4000) for tag in one.tags)
        assert abs(tags[stated.TAG] / tags.total() - 1 / 8) < 0.01
        del tags[stated.TAG]
        assert max(tags.values()) < 1.15 * min(tags.values())


def test_every_question_is_asked_in_the_form_of_its_benchmark(items):
    endings = {
        "mme": SHORT_SUFFIX,
        "gqa": SHORT_SUFFIX,
        "textvqa": SHORT_SUFFIX,
        "chartqa": NUMBER_SUFFIX,
        "mmvp": LETTER_SUFFIX,
        "ai2d": LETTER_SUFFIX,
        "cv_bench_3d": LETTER_SUFFIX,
        stated.TAG: LETTER_SUFFIX,
    }
    for item in items:
        for tag, (human, _) in zip(item["tags"], _turns(item), strict=True):
            assert human["value"].endswith(endings.get(tag, ""))
            assert len(human["value"].splitlines()) > 1


def test_a_stated_fact_speaks_of_nothing_in_its_picture():
    for one in mini_mixture.compose(3, 200):
        for tag, (question, answer) in zip(one.tags, one.turns, strict=True):
            if tag == stated.TAG:
                facts = dict(re.findall(r"The (\w+) is (\w+)\.", question))
                options = dict(re.findall(r"^([A-D])\. (\w+)$", question, re.MULTILINE))
                assert not any(name in one.drawn.caption for name in facts)
                name = re.search(r"What color is the (\w+)\?", question)
                colour = re.search(r"What is (\w+)\?", question)
                right = facts[name[1]] if name else {c: n for n, c in facts.items()}[colour[1]]
                assert options[answer] == right
                assert len(set(options.values())) == len(options) >= 2


def test_choice_letters_are_placed_uniformly(items):
    letters: dict[int, Counter] = defaultdict(Counter)
    for item in items:
        for human, gpt in _turns(item):
            options = len(re.findall(r"^\(?[A-D][.)] ", human["value"], re.MULTILINE))
            if options:
                letters[options][gpt["value"]] += 1
    assert set(letters) == {2, 3, 4}
    for options, counts in letters.items():
        assert len(counts) == options
        assert max(counts.values()) < 1.2 * min(counts.values())


def test_captions_cover_every_picture(mixture, items):
    captions = json.loads((mixture / "captions.json").read_text())
    assert [caption["image"] for caption in captions] == [item["image"] for item in items]
    for caption in captions:
        ((human, gpt),) = _turns(caption)
        assert human["value"] == "<image>\nDescribe the picture."
        assert gpt["value"].endswith(".")


def test_cells_say_what_every_picture_holds(mixture, items):
    held = json.loads((mixture / "cells.json").read_text())
    assert [(one["id"], one["image"]) for one in held] == [(item["id"], item["image"]) for item in items]
    for one in held:
        assert len(one["cells"]) == 64
        assert any(one["cells"])
        assert all(isinstance(word, str) and word.strip() for cell in one["cells"] for word in cell)
    listed = json.loads((mixture / "manifest.json").read_text())["files"]
    assert {file["path"]: file["sha256"] for file in listed} == {
        name: sha256((mixture / name).read_bytes()).hexdigest()
        for name in ("mixture.json", "captions.json", "cells.json")
    }


def test_drawing_again_gives_the_same_manifest(mixture, tmp_path):
    told = []
    digest = mini_mixture.draw(tmp_path / "a", 0, 600, lambda done, of: told.append((done, of)))
    assert digest == sha256((mixture / "manifest.json").read_bytes()).hexdigest()
    assert told[-1] == (600, 600)
    manifest = json.loads((mixture / "manifest.json").read_text())
    whole = sha256()
    for path in sorted((mixture / "images").iterdir()):
        whole.update(sha256(path.read_bytes()).digest())
    assert manifest["images_sha256"] == whole.hexdigest()


def test_an_empty_mixture_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least 1"):
        mini_mixture.draw(tmp_path / "a", 0, 0)
    assert list(tmp_path.iterdir()) == []


def test_training_and_test_never_share_a_picture(mixture, opened):
    train = {sha256(path.read_bytes()).hexdigest() for path in (mixture / "images").iterdir()}
    test = {picture.digest for loaded in opened.values() for s in loaded.samples for picture in s.pictures}
    assert len(train) == 600  # no picture twice
    assert not train & test


def test_training_and_test_never_share_a_label(items, opened):
    texts = [said["value"] for item in items for said in item["conversations"]]
    asked = [word for s in opened["ai2d"].samples for word in (*s.choices, *s.question.rstrip("?").split())]
    for name in ("chartqa", "ocrbench", "textvqa", "docvqa"):
        asked += [word for s in opened[name].samples for word in (s.answers[0], *s.question.rstrip("?").split())]
    train = {word.strip("?.") for text in texts for word in text.split()} & _labels()
    test = set(asked) & _labels()
    assert train <= set(LABELS["train"])
    assert test <= set(LABELS["test"])
    assert min(len(train), len(test)) > 50


def _labels() -> set[str]:
    return set(LABELS["train"]) | set(LABELS["test"])


@pytest.mark.parametrize("kind", pictures.KINDS)
def test_training_and_test_never_share_a_layout_whatever_the_seed(kind):
    train = {pictures.draw(kind, "train", 0, index).key for index in range(400)}
    test = {pictures.draw(kind, "test", seed, index).key for seed in range(4) for index in range(100)}
    assert not train & test


def test_training_and_test_throw_different_dice_from_one_seed():
    for kind in pictures.KINDS:
        train, test = (pictures.draw(kind, split, 0, 0).key for split in ("train", "test"))
        assert train != test


def test_nothing_is_printed_while_drawing(tmp_path, capfd):
    mini_mixture.draw(Path(tmp_path / "a"), 0, 5)
    assert capfd.readouterr() == ("", "")
