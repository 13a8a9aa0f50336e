"""Sort open questions by their opening word: the question type of the blind baseline where a dataset names none."""

_OPENINGS = frozenset(("how", "what", "which", "who", "when", "where", "in", "is", "are", "does", "do"))


def opening_word(question: str) -> str:
    """Give the first word in lower case if many questions start so, else `other`.

    A list of words and not whatever comes first: a type with one question would let the blind baseline look its
    answer up.
    """
    first = question.split(maxsplit=1)[0].lower() if question.strip() else ""
    return first if first in _OPENINGS else "other"
