from collections import Counter

import pytest

from benchmarks.mini import pictures
from benchmarks.mini.asking import ASKERS
from benchmarks.mini.dice import Dice
from benchmarks.mini.questions import ai2d, chartqa, cv_bench_2d, gqa
from benchmarks.mini.questions.balance import Balance

# The answers are worked out again from the pixels' truth (`objects`, `glyphs`), not from the plan that was asked.


def _scene_rows(ask):
    balance = Balance()
    for index in range(300):
        drawn = pictures.draw("scene", "train", 11, index)
        for row in ask(drawn, Dice(index), balance, 4, "train"):
            yield drawn, row


def _centre(thing):
    left, top, right, bottom = thing.box
    return (left + right) / 2, (top + bottom) / 2


def _only(things, shape):
    (thing,) = [thing for thing in things if thing.shape == shape]
    return thing


def _holds(a, word, b):
    (ax, ay), (bx, by) = _centre(a), _centre(b)
    return {"left": ax < bx, "right": ax > bx, "above": ay < by, "below": ay > by}[word]


def test_gqa_answers_follow_from_the_objects():
    for drawn, row in _scene_rows(gqa.ask):
        things, kind = drawn.objects, row["types"]["detailed"]
        words = row["question"].rstrip("?").split()
        if kind == "colorQuery":
            assert row["answer"] == _only(things, words[-1]).colour
        elif kind == "colorChoose":
            assert row["answer"] == _only(things, words[2]).colour
            assert row["answer"] in (words[3], words[5])
        elif kind == "shapeQuery":
            (thing,) = [thing for thing in things if thing.colour == words[-2]]
            assert row["answer"] == thing.shape
        elif kind == "existVerify":
            assert (row["answer"] == "yes") == any((t.colour, t.shape) == (words[3], words[4]) for t in things)
        elif kind in ("sideChoose", "heightChoose"):
            assert _holds(_only(things, words[2]), row["answer"], _only(things, words[-1]))
        else:
            (word,) = set(words) & {"left", "right", "above", "below"}
            holds = _holds(_only(things, words[2]), word, _only(things, words[-1]))
            assert (row["answer"] == "yes") == holds


def test_gqa_answers_are_single_words():
    assert all(len(row["answer"].split()) == 1 for _, row in _scene_rows(gqa.ask))


def test_cv_bench_answers_follow_from_the_objects():
    tasks = Counter()
    for drawn, row in _scene_rows(cv_bench_2d.ask):
        tasks[row["task"]] += 1
        option = row["choices"]["ABCD".index(row["answer"][1])]
        assert f"({row['answer'][1]}) {option}" in row["prompt"]
        if row["task"] == "Count":
            named = row["target_class"]
            assert f"How many {named} are" in row["question"]
            matching = [t for t in drawn.objects if named in (f"{t.shape}s", f"{t.shape}es", f"{t.colour} objects")]
            assert len(matching) == int(option)
            assert sorted(row["choices"]) == ["1", "2", "3", "4"]
        else:
            words = row["question"].rstrip("?").split()
            assert _holds(
                _only(drawn.objects, words[words.index("where") + 3]), option, _only(drawn.objects, words[-1])
            )
    assert min(tasks.values()) > 200


def _label_of(drawn, thing):
    column = thing.box[0] // 8
    return "".join(g.character for g in drawn.glyphs if column - 1 < g.column < thing.box[2] / 8)


def test_chartqa_answers_follow_from_the_bars():
    balance = Balance()
    for index in range(300):
        drawn = pictures.draw("chart", "train", 11, index)
        bars = drawn.objects
        height = {bar.colour: (bar.box[3] - bar.box[1]) // 6 for bar in bars}
        tallest = max(bars, key=lambda bar: bar.box[3] - bar.box[1])
        for row in chartqa.ask(drawn, Dice(index), balance, 6, "train"):
            words, answer = row["question"].rstrip("?").split(), row["answer"]
            if words[0] == "How":
                assert answer == str(len(bars))
            elif words[:2] == ["What", "is"]:
                assert answer == str(height[words[-2]])
            elif words[:2] == ["What", "was"]:
                (bar,) = [bar for bar in bars if _label_of(drawn, bar) == words[-1]]
                assert answer == str(height[bar.colour])
            elif words[0] == "Which":
                assert answer == tallest.colour
            elif words[0] == "In":
                assert answer == _label_of(drawn, tallest)
            else:
                assert answer == ("Yes" if height[words[2]] > height[words[-2]] else "No")


def _under(drawn, box):
    return "".join(
        g.character for g in drawn.glyphs if box.box[0] <= 8 * g.column < box.box[2] and 8 * g.row >= box.box[1]
    )[:2]


def test_ai2d_answers_follow_from_the_boxes_and_arrows():
    balance = Balance()
    for index in range(200):
        drawn = pictures.draw("diagram", "train", 11, index)
        boxes = [thing for thing in drawn.objects if thing.shape == "box"]
        label = {box.colour: _under(drawn, box) for box in boxes}
        arrows = {(drawn.plan.boxes[a].label, drawn.plan.boxes[b].label) for a, b in drawn.plan.arrows}
        for row in ai2d.ask(drawn, Dice(index), balance, 5, "train"):
            right = row["options"][int(row["answer"])]
            words = row["question"].rstrip("?").split()
            assert len(row["options"]) == len(set(row["options"])) == 4
            if "arrow" in words and words[0] == "Which":
                named = words[words.index("from") + 1]
                assert [head for tail, head in arrows if tail == named] == [right]
            elif words[0] == "From":
                named = words[words.index("to") + 1]
                assert [tail for tail, head in arrows if head == named] == [right]
            elif words[0] == "Which":
                assert label[words[-2]] == right
            else:
                assert label[right] == words[-1]


def test_right_options_stand_in_every_place_equally_often():
    balance, places = Balance(), Counter()
    for index in range(200):
        drawn = pictures.draw("diagram", "train", 11, index)
        places.update(row["answer"] for row in ai2d.ask(drawn, Dice(index), balance, 4, "train"))
    assert max(places.values()) - min(places.values()) <= 4


@pytest.mark.parametrize("name", ASKERS)
def test_a_picture_is_never_asked_the_same_question_twice(name):
    asker = ASKERS[name]
    for index in range(100):
        drawn = pictures.draw(asker.kinds[index % len(asker.kinds)], "train", 9, index)
        rows = list(asker.ask(drawn, Dice(index), Balance(), 6, "train"))
        questions = [row["question"] for row in rows]
        assert len(questions) == len(set(questions)) <= 6


@pytest.mark.parametrize("name", ASKERS)
def test_asking_is_a_pure_function_of_picture_dice_and_balance(name):
    asker = ASKERS[name]
    for index, kind in enumerate(asker.kinds):
        drawn = pictures.draw(kind, "train", 9, index)
        first, second = (list(asker.ask(drawn, Dice(index), Balance(), 6, "train")) for _ in range(2))
        assert first == second
        assert first
