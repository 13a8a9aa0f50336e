"""Ask choice questions whose fact the question itself states, so that a language model learns to bind letters.

They need no picture and stand in the training mixture only, one turn in eight.
"""

from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import COLOURS, SHAPES, Drawn
from benchmarks.mini.icons import ICONS
from benchmarks.mini.questions.balance import Balance
from benchmarks.prompting import LETTER_SUFFIX

TAG = "text_only"
MOST_FACTS, OPTIONS = 3, (2, 3, 4)
_NAMES = (*SHAPES, *ICONS)


def ask(drawn: Drawn, dice: Dice, balance: Balance) -> tuple[str, str]:
    """Return one question and the letter of its answer; what it speaks of is not in the picture.

    One to three facts are stated and one is asked for. Wrong options are the other facts' answers before any others.
    """
    told = dice.between(1, MOST_FACTS)
    names = dice.take([name for name in _NAMES if name not in drawn.caption], told)
    colours = dice.take(COLOURS, told)
    stated = " ".join(f"The {name} is {colour}." for name, colour in zip(names, colours, strict=True))
    asked = dice.below(told)
    if dice.below(2):
        question, pool, known, kind = f"What color is the {names[asked]}?", COLOURS, colours, "stated color"
    else:
        question, pool, known, kind = f"What is {colours[asked]}?", _NAMES, names, "stated name"
    right = known.pop(asked)
    wrong = known + dice.shuffled([word for word in pool if word != right and word not in known])
    options, index = balance.place(kind, right, wrong[: dice.choose(OPTIONS) - 1], dice)
    listed = "\n".join(f"{letter}. {option}" for letter, option in zip("ABCD", options, strict=False))
    return f"{stated} {question}\n{listed}\n{LETTER_SUFFIX}", "ABCD"[index]
