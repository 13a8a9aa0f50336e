"""Bring an open answer into the words in which VQA scorers compare it: two descendants of one script.

Both delete articles, write the numbers up to ten as digits and put the apostrophe back into contractions; they part
over commas, dots and the genitive. A mark of punctuation becomes a blank, but vanishes if it stands beside a blank
anywhere in the text.
Sources: the script of the VQA challenge, github.com/GT-Vision-Lab/VQA, vqaEval.py, as facebookresearch/mmf @ c46b3b3,
pythia/tasks/processors.py (`EvalAIAnswerProcessor`) has it, from there cambrian-mllm/cambrian @ 539ffc3,
eval/eval/vizwiz/m4c_evaluator.py, and EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/_task_utils/vqa_eval_metric.py; and
as open-compass/VLMEvalKit @ e8e78f0, vlmeval/smp/misc.py and vlmeval/dataset/utils/vqa_eval.py, has it.
"""

import re
from itertools import chain

_CONTRACTIONS = """
    ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've hasn't haven't he'd he'd've
    he's how'd how'll how's isn't it'd it'd've it'll ma'am mightn't mightn't've might've mustn't must've needn't
    not've o'clock oughtn't 'ow's'at shan't she'd've should've shouldn't shouldn't've somebody'd've somebody'll
    somebody's someone'd someone'd've someone'll someone's something'd something'd've something'll that's there'd
    there'd've there're there's they'd they'd've they'll they're they've 'twas wasn't we'd've we've weren't what'll
    what're what's what've when's where'd where's where've who'd who'd've who'll who's who've why'll why're why's won't
    would've wouldn't wouldn't've y'all y'all'll y'all'd've you'd you'd've you'll you're you've
"""
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _lacking_one_apostrophe(contraction: str) -> list[tuple[str, str]]:
    places = [place for place, letter in enumerate(contraction) if letter == "'"]
    return [(contraction[:place] + contraction[place + 1 :], contraction) for place in places]


# Upstream has one contraction the wrong way round (somebody'd), and lists four with a capital I that a lowered text
# never holds.
_REWRITTEN: dict[str, str] = {
    **dict(chain.from_iterable(map(_lacking_one_apostrophe, _CONTRACTIONS.split()))),
    "somebody'd": "somebodyd",
    "none": "0",
    **{word: str(number) for number, word in enumerate(_NUMBERS)},
    **dict.fromkeys(("a", "an", "the"), ""),
}

_KNOWN = frozenset(_REWRITTEN)

_MARKS = re.compile(r"""[;/\[\]"{}()=+\\_\-><@`,?!]""")
_ANYTHING_TO_DO = re.compile(r"""[;/\[\]"{}()=+\\_\-><@`,?!.']""")
_COMMA_IN_NUMBER = re.compile(r"\d,\d")
_DOT = re.compile(r"\.(?!\d)")
_DOT_APART = re.compile(r"(?<!\d)\.(?!\d)")
_DOTS = 32
"""Both codes hand a flag of value 32 to the place of a count: later dots stay."""


def _rewritten(lowered: str) -> str:
    words = lowered.split()
    if _KNOWN.isdisjoint(words):
        return " ".join(words)
    return " ".join(word for word in (_REWRITTEN.get(word, word) for word in words) if word)


def _without_marks(text: str, vanishing: bool) -> str:
    marks = _MARKS.findall(text)
    if not marks:
        return text
    changed = text
    for mark in set(marks):
        gone = vanishing or f"{mark} " in text or f" {mark}" in text
        changed = changed.replace(mark, "" if gone else " ")
    return changed


def _without_dots(text: str, unwanted: re.Pattern[str]) -> str:
    if "." not in text:
        return text
    if text.find(".") == len(text) - 1:
        # One dot, at the end, is by far the commonest: no digit follows it, so only the one before it can keep it.
        return text if unwanted is _DOT_APART and text[-2:-1].isdecimal() else text[:-1]
    return unwanted.sub("", text, count=_DOTS)


def without_punctuation(text: str) -> str:
    """Make punctuation blank or gone as VLMEvalKit does; case and every other character stay.

    A mark vanishes if it stands beside a blank anywhere in the text, or if a comma stands between digits, and becomes a
    blank otherwise; the first 32 dots that touch no digit vanish.
    """
    if not _ANYTHING_TO_DO.search(text):
        return text
    vanishing = "," in text and _COMMA_IN_NUMBER.search(text) is not None
    return _without_dots(_without_marks(text, vanishing), _DOT_APART)


def evalai_words(text: str) -> str:
    """Prepare an answer as Cambrian and lmms-eval do: `The cat's 1,000 toys.` is `cat 's 1000 toys`.

    Commas and question marks vanish first, `'s` becomes a word of its own, dots vanish unless a digit follows.
    """
    text = text.lower()
    if _ANYTHING_TO_DO.search(text):
        text = text.replace(",", "").replace("?", "").replace("'s", " 's").strip()
        text = _without_marks(text.replace("\n", " ").replace("\t", " ").strip(), vanishing=False)
        text = _without_dots(text, _DOT)
    return _rewritten(text)


def vqa_words(text: str) -> str:
    """Prepare an answer as VLMEvalKit does: `The cat's 1,000 toys.` is `cat's 1000 toys`.

    A comma between digits makes all punctuation vanish; a dot stays beside a digit, so `12.` is not `12`.
    """
    if _ANYTHING_TO_DO.search(text):
        text = without_punctuation(text.replace("\n", " ").replace("\t", " ").strip())
    return _rewritten(text.lower())
