"""Ask for the letter of an option that the question names, so that a language model learns to bind letters first.

Text alone: a model of this size finds the way from an option to its letter within minutes here, and not in an hour when
it must learn to look at pictures at the same time.
"""

from numpy.random import Generator

from benchmarks.mini.drawn import COLOURS, NAMES
from benchmarks.prompting import LETTER_SUFFIX
from harness.data.conversation import Turn

POOLS = (COLOURS, NAMES, tuple("123456789"), tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
LETTERS = "ABCD"
TAG = "letters"


def ask(dice: Generator) -> Turn:
    """Ask one question of two to four options, in one of the suite's two ways to list them."""
    pool = POOLS[dice.integers(len(POOLS))]
    count = int(dice.integers(2, len(LETTERS) + 1))
    options = [pool[index] for index in dice.choice(len(pool), count, replace=False)]
    right = int(dice.integers(count))
    if dice.integers(2):
        listed = [f"{letter}. {option}" for letter, option in zip(LETTERS, options, strict=False)]
        question = f"Which option is {options[right]}?"
    else:
        listed = [f"({letter}) {option}" for letter, option in zip(LETTERS, options, strict=False)]
        question = f"Which option is {options[right]}? Select from the following choices."
    return Turn("\n".join([question, *listed, LETTER_SUFFIX]), LETTERS[right], TAG)
