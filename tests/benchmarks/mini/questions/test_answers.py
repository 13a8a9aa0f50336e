from collections import Counter
from collections.abc import Iterator

from benchmarks.mini import pictures
from benchmarks.mini.asking import ASKERS
from benchmarks.mini.dice import Dice
from benchmarks.mini.icons import FAMILY
from benchmarks.mini.questions import mme, mmvp
from benchmarks.mini.questions.balance import Balance

# The answers are worked out again from the pixels' truth (`objects`, `glyphs`), not from the plan that was asked.


def _asked(name: str, count: int = 150) -> Iterator[tuple]:
    balance, asker = Balance(), ASKERS[name]
    for index in range(count):
        drawn = pictures.draw(asker.kinds[index % len(asker.kinds)], "train", 21, index)
        for row in asker.ask(drawn, Dice(index), balance, 6, "train"):
            yield drawn, row


def _words(question: str) -> list[str]:
    return question.replace("?", "").split()


def _middle(thing) -> tuple[float, float]:
    left, top, right, bottom = thing.box
    return (left + right) / 2, (top + bottom) / 2


def _one(things, **wanted):
    (thing,) = [t for t in things if all(getattr(t, key) == value for key, value in wanted.items())]
    return thing


def _lines(drawn) -> list[str]:
    rows: dict[int, list] = {}
    for glyph in sorted(drawn.glyphs, key=lambda g: (g.row, g.column)):
        rows.setdefault(glyph.row, []).append(glyph.character)
    return ["".join(row) for row in rows.values()]


def _of_scene(things, question: str) -> str:
    words = _words(question)
    if "color" in words:
        return _one(things, shape=words[-1]).colour
    if "object" in words:
        return _one(things, colour=words[-2]).shape
    if words[0] == "How":
        named = words[2]
        return str(sum(named in (f"{t.shape}s", f"{t.shape}es") for t in things))
    if "relative" in words:
        (ax, ay), (bx, by) = (_middle(_one(things, shape=words[place])) for place in (3, -1))
        across = abs(ax - bx) > abs(ay - by)
        return ("left" if ax < bx else "right") if across else ("above" if ay < by else "below")
    if words[0] == "Which":
        high, left = words[-2] == "top", words[-1] == "left"
        (found,) = [
            t
            for t in things
            if ((_middle(t)[1] < 32) == high)
            and ((_middle(t)[0] < 32) == left)
            and min(abs(v - 32) for v in _middle(t)) > 5
        ]
        return found.shape
    x, y = _middle(_one(things, shape=words[-1]))
    return f"{'top' if y < 32 else 'bottom'} {'left' if x < 32 else 'right'}"


def test_mmbench_and_seed_answers_follow_from_the_objects():
    for drawn, row in _asked("mmbench"):
        assert row[row["answer"]] == _of_scene(drawn.objects, row["question"])
    for drawn, row in _asked("seed_image"):
        assert row[f"choice_{row['answer'].lower()}"] == _of_scene(drawn.objects, row["question"])


def test_one_question_of_an_mme_pair_holds_and_the_other_does_not():
    tasks = Counter()
    for index in range(300):
        kind = mme.KINDS[index % len(mme.KINDS)]
        drawn = pictures.draw(kind, "train", 21, index)
        here = {(t.colour, t.shape) for t in drawn.objects}
        for task, yes, no in mme.pairs(drawn, Dice(index), Balance(), 8):
            tasks[task] += 1
            asked = [_words(question.removesuffix(f" {mme.SUFFIX}")) for question in (yes, no)]
            if task == "existence":
                assert [(w[3], w[4]) in here for w in asked] == [True, False]
            elif task == "color":
                assert [(w[3], w[2]) in here for w in asked] == [True, False]
            elif task == "count":
                counts = Counter(t.shape for t in drawn.objects)
                assert [
                    counts[w[6].removesuffix("s").removesuffix("e") if w[6] == "crosses" else w[6][:-1]] == int(w[5])
                    for w in asked
                ] == [True, False]
            elif task == "artwork":
                assert [any(t.shape == w[5] for t in drawn.objects) for w in asked] == [True, False]
            elif task == "posters":
                assert [any(t.colour == w[5] for t in drawn.objects) for w in asked] == [True, False]
            elif task == "landmark":
                where = _of_scene(drawn.objects, f"Where is the {asked[0][2]}?")
                assert [" ".join(w[6:8]) == where for w in asked] == [True, False]
            elif task == "OCR":
                texts = {s.colour: s.text for s in drawn.plan.signs}
                assert [texts[w[2]] == w[-1] for w in asked] == [True, False]
    assert set(tasks) == set(mme.TASKS)


def test_scienceqa_answers_follow_from_the_objects():
    for drawn, row in _asked("scienceqa_image"):
        right, words = row["choices"][row["answer"]], _words(row["question"])
        things = drawn.objects
        if words[:2] == ["What", "is"]:
            assert _one(things, colour=words[3]).shape == right
        elif words[:2] == ["Which", "kind"]:
            assert FAMILY[_one(things, colour=words[-1]).shape] == right
        elif words[1] == "of":
            assert [any(t.shape == name for t in things) for name in row["choices"]].count(True) == 1
            assert any(t.shape == right for t in things)
        else:
            assert {t.colour if words[1] == "color" else t.shape for t in things} == {right}


def test_mathvista_answers_follow_from_the_figures():
    for drawn, row in _asked("mathvista"):
        words, count = _words(row["question"]), Counter(t.shape for t in drawn.objects)
        if "mark" in words:
            first, sign, second = drawn.plan.first, drawn.plan.sign, drawn.plan.second
            assert _lines(drawn)[0] == f"{first}{sign}{second}=?"
            assert int(row["answer"]) == (first + second if sign == "+" else first - second)
        elif "copies" in words:
            most = max(count, key=lambda shape: count[shape]) == row["answer"]
            assert most == ("most" in words)
        elif words[0] == "Which":
            assert any(t.shape == row["answer"] and t.colour == words[-1] for t in drawn.objects)
        else:
            assert int(row["answer"]) in count.values()
        if row["choices"]:
            assert row["choices"].count(row["answer"]) == 1
            assert f") {row['answer']}" in row["query"]


def test_docvqa_and_textvqa_answers_stand_in_the_picture():
    for drawn, row in _asked("docvqa"):
        name, *lines = _lines(drawn)
        values = {line[:3]: line[3:] for line in lines}
        words, answer = _words(row["question"]), row["answers"][0]
        if "name" in words:
            assert answer == name
        elif "field" in words:
            assert values[answer] == words[-1]
        else:
            assert answer == values[words[-1]]
    for drawn, row in _asked("textvqa"):
        words, answer = _words(row["question"]), row["answers"][0]
        signs = sorted((t for t in drawn.objects), key=lambda t: t.box[1])
        texts = dict(zip((t.colour for t in signs), _lines(drawn), strict=True))
        if words[-2] == "the":
            top = {"top": 0, "middle": 24, "bottom": 48}[words[-1]]
            assert answer == texts[_one(signs, box=next(t.box for t in signs if t.box[1] == top)).colour]
        else:
            (colour,) = set(words) & set(texts)
            assert answer == texts[colour]
        assert row["answers"].count(answer) == 8
        assert not set(texts.values()) & set(row["ocr_tokens"])


def test_ocrbench_answers_stand_in_the_picture():
    for drawn, row in _asked("ocrbench"):
        (answer,), text = row["answer"], "".join(_lines(drawn))
        assert answer in text
        if "first" in row["question"]:
            assert text.startswith(answer)
        elif "last" in row["question"]:
            assert text.endswith(answer)


def test_mmvp_answers_follow_from_the_figures():
    for drawn, row in _asked("mmvp"):
        (name,) = [name for name, question in mmvp.QUESTIONS.items() if question == row["question"]]
        first, second = row["options"].removeprefix("(a) ").split(" (b) ")
        assert (first if row["answer"] == "(a)" else second) == _one(drawn.objects, shape=name).facts[0]
        assert first != second


def test_realworldqa_answers_follow_from_the_objects():
    for drawn, row in _asked("realworldqa"):
        question, *listed = [line for line in row["question"].splitlines() if line]
        options = dict(line.split(". ") for line in listed[:-1])
        words, right = _words(question), options.get(row["answer"], row["answer"])
        cars = [t for t in drawn.objects if t.shape == "car"]
        if words[0] == "How":
            assert right == str(len(cars))
        elif "light" in words:
            assert right == _one(drawn.objects, shape="light").colour
        elif "sign" in words:
            assert (right,) == _one(drawn.objects, shape="arrow").facts
        elif words[:2] == ["In", "which"]:
            assert right == ("left" if _middle(_one(cars, colour=words[5]))[0] < 32 else "right")
        elif words[0] == "Is":
            assert (right,) == _one(cars, colour=words[2]).facts
        else:
            car = _one(cars, colour=right)
            assert car.facts == (words[4],)
            assert (_middle(car)[0] < 32) == (words[-2] == "left")


def test_the_nearer_object_is_lower_and_larger():
    for drawn, row in _asked("cv_bench_3d"):
        right, other = row["choices"]["AB".index(row["answer"][1])], row["choices"]["BA".index(row["answer"][1])]
        right, other = (_one(drawn.objects, shape=name) for name in (right, other))
        if row["task"] == "Depth":
            assert right.box[3] > other.box[3]
            assert right.box[2] - right.box[0] > other.box[2] - other.box[0]
        else:
            named = _one(drawn.objects, shape=_words(row["question"])[6])
            (x, y), *both = ((_middle(t)[0], t.box[3]) for t in (named, right, other))
            near, far = ((abs(x - a) // 8, abs(y - b)) for a, b in both)
            assert near < far or near[1] < far[1]
