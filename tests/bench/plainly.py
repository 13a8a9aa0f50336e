"""Mark as plainly as can be: each rule written down once more, step by step, without a library or an early exit.

The bench sets the rules beside these, in time and in every mark. Nothing here is shared with `benchmarks.marking`.
"""

import re
import string

PUNCTUATION = ';/[]"{}()=+\\_-><@`,?!'
ARTICLES = ("a", "an", "the")
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
DIGITS = {"none": "0", **{word: str(number) for number, word in enumerate(NUMBERS)}}


def first_letter(answer: str, gold: str) -> float:
    """Mark the first character after the last answer phrase, a digit being an index."""
    text = answer.strip().lower()
    for phrase in ("answer is", "answer is:", "answer:"):
        text = text.split(phrase)[-1]
    text = text.strip()
    while text and text[-1] in ".:,":
        text = text[:-1]
    while text and text[0] == "(":
        text = text[1:]
    while text and text[-1] == ")":
        text = text[:-1]
    return float(bool(text) and text[0] in (gold.lower(), str("ABCD".index(gold))))


def dotted_letter(answer: str, gold: str) -> float:
    """Mark a letter before a dot, else the whole answer without punctuation."""
    text = answer.lstrip()
    if len(text) > 1 and text[0] in string.ascii_uppercase and text[1] == ".":
        return float(text[0] == gold)
    kept = [letter for letter in answer.strip().lower() if letter not in string.punctuation]
    return float("".join(kept) == gold.lower())


def inferred_letter(answer: str, gold: str, options: tuple[str, ...]) -> float:
    """Mark a lone letter near the end, else an answer phrase, else the one option whose text occurs."""
    text = answer.strip()
    for mark in ".()[],:;!*#{}":
        text = text.replace(mark, " ")
    words = text.split()
    found = [letter for letter in "ABCD" if letter in words]
    if len(found) == 1 and found[0] in words[-4:] and found[0] not in words[:-4]:
        return float(found[0] == gold)
    phrase = re.search(r"(correct\s+)?answer\s+is\s+\**([ABCD])\**", answer, re.IGNORECASE)
    if phrase:
        return float(phrase.group(2).upper() == gold)
    if len(answer.strip()) > 2 * sum(len(option) for option in options):
        return 0.0
    held = [letter for letter, option in zip("ABCD", options, strict=True) if option.lower() in answer.lower()]
    return float(held == [gold])


def same(answer: str, gold: str) -> float:
    """Mark equality of the lowered texts."""
    return float(answer.strip().lower() == gold.strip().lower())


def same_but_for_final_dots(answer: str, gold: str) -> float:
    """Mark equality after the dots at the end are taken off, one by one."""
    text = answer.strip().lower()
    while text.endswith("."):
        text = text[:-1]
    return float(text == gold.lower())


def same_but_for_punctuation(answer: str, gold: str) -> float:
    """Mark equality of the characters that are no ASCII punctuation."""
    read, target = (
        "".join(letter for letter in text.strip().lower() if letter not in string.punctuation)
        for text in (answer, gold)
    )
    return float(read == target)


def _number(text: str, shares: bool) -> float | None:
    try:
        return float(text.rstrip("%")) / 100 if shares and text.endswith("%") else float(text)
    except ValueError:
        return None


def near(answer: str, gold: str, shares: bool) -> float:
    """Mark within five per cent; `shares`: x% is x / 100 and the error is relative."""
    read = answer.strip()
    number, target = _number(read, shares), _number(gold, shares)
    if number is None or target is None or (shares and target == 0):
        return float(read.lower() == gold.lower())
    if shares:
        return float(abs(number - target) / abs(target) <= 0.05)
    return float(abs(number - target) <= abs(target) * 0.05)


def _prepared(text: str, evalai: bool) -> str:
    if evalai:
        text = text.lower().replace(",", "").replace("?", "").replace("'s", " 's")
    text = text.strip().replace("\n", " ").replace("\t", " ").strip()
    changed = text
    for mark in PUNCTUATION:
        beside = mark + " " in text or " " + mark in text or re.search(r"\d,\d", text)
        changed = changed.replace(mark, "" if beside else " ")
    changed = re.sub(r"\.(?!\d)" if evalai else r"(?<!\d)\.(?!\d)", "", changed, count=32)
    words = [DIGITS.get(word, word) for word in changed.lower().split()]
    return " ".join(word for word in words if word not in ARTICLES)


def agreed(answer: str, golds: tuple[str, ...], evalai: bool) -> float:
    """Mark by leaving out each of the golds in turn; the words of the bench hold no contractions."""
    read, words = _prepared(answer, evalai), [_prepared(gold, evalai) for gold in golds]
    marks = []
    for place in range(len(words)):
        others = [word for other, word in enumerate(words) if other != place]
        marks.append(min(1.0, len([word for word in others if word == read]) / 3))
    return sum(marks) / len(marks)


def _distance(one: str, other: str) -> int:
    above = list(range(len(one) + 1))
    for row, letter in enumerate(other, start=1):
        line = [row]
        for place, mine in enumerate(one):
            line.append(min(above[place] + (mine != letter), above[place + 1] + 1, line[-1] + 1))
        above = line
    return above[-1]


def similar(answer: str, golds: tuple[str, ...]) -> float:
    """Mark by the whole table of distances to every gold."""
    best = 0.0
    for gold in golds:
        read, target = (" ".join(text.strip().lower().split()) for text in (answer, gold))
        best = max(best, 1 - _distance(read, target) / max(len(answer.upper()), len(gold.upper())))
    return best if best >= 0.5 else 0.0
