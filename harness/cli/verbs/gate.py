"""Read the verb that gates a change: a declared slice, answered again."""

from harness.cli.verbs.words import Json, Report, Words


def slice_(subset: Words, benchmark: Words, *overrides: str, report: Report = "", json: Json = False) -> int:
    """Answer a declared slice of stored entries again, with the stored weights: no answer may flip.

    The slice of an entry is its 32 questions with the smallest digests; their first log-probabilities are compared
    too. 0 where all holds; 10 where rounding shows, 20 where an answer flips by more, 40 where evidence is refused.

    Examples: harness slice clip+pix2struct all
              harness slice clip chartqa --report slice.xml,github
    """
    from harness.cli import slicing

    return slicing.gate(subset, benchmark, overrides, report, json)
