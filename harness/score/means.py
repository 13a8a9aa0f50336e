"""Average the scores of one model over the suite, by a named rule and only if no member is missing.

The rules are facts of `benchmarks.suite`. A score is first brought to 0-100, as the suite prints it; an error travels
with it. Benchmarks share no questions, so their errors are independent and the mean's is sqrt(sum of (w e)^2).
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import fsum, sqrt

from benchmarks.suite import GROUP_TITLES, GROUPS, SUITE_RULE, AverageRule, Group, find_column
from harness.errors import InvalidEvidence
from harness.schema.score import Score


@dataclass(frozen=True, slots=True)
class Mean:
    """Hold one mean on 0-100: by which rule, of which category (None: the whole), its error and its members."""

    rule: str
    group: Group | None
    value: float
    standard_error: float
    members: tuple[str, ...]

    @property
    def title(self) -> str:
        """Return what a table prints above it."""
        return "Average" if self.group is None else GROUP_TITLES[self.group]


def mean_of(scores: Iterable[Score], group: Group | None = None, rule: AverageRule = SUITE_RULE) -> Mean:
    """Average one category, or the whole, by a rule. Scores of benchmarks that the rule does not name play no part.

    Raises:
        InvalidEvidence: a member is missing or twice there, or the scores are of several models, seeds or protocols;
            the message names them.
    """
    weights = rule.weights(group)
    chosen = [score for score in scores if score.entry.benchmark in weights]
    _complete(chosen, weights.keys(), group, rule)
    _of_one_model(chosen)
    scaled = [
        (float(weights[it.entry.benchmark]) / find_column(it.entry.benchmark).per_suite_point, it) for it in chosen
    ]
    return Mean(
        rule=rule.name,
        group=group,
        value=fsum(factor * score.value for factor, score in scaled),
        standard_error=sqrt(fsum((factor * score.standard_error) ** 2 for factor, score in scaled)),
        members=tuple(weights),
    )


def means(scores: Iterable[Score], rule: AverageRule = SUITE_RULE) -> tuple[Mean, ...]:
    """Average the four categories in the suite's order and then the whole.

    Raises:
        InvalidEvidence: as `mean_of`.
    """
    held = tuple(scores)
    whole = mean_of(held, None, rule)
    return (*(mean_of(held, group, rule) for group in GROUPS), whole)


def _complete(chosen: list[Score], wanted: Iterable[str], group: Group | None, rule: AverageRule) -> None:
    times = Counter(score.entry.benchmark for score in chosen)
    members = list(wanted)
    missing = [name for name in members if not times[name]]
    doubled = [name for name in members if times[name] > 1]
    what = f"the {rule.title}" if group is None else f"{GROUP_TITLES[group]}, by the rule '{rule.name}',"
    if missing:
        raise InvalidEvidence(
            f"{what} needs {len(members)} scores, {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing. "
            "Score them first: a mean over fewer is another number"
        )
    if doubled:
        raise InvalidEvidence(f"{what} needs one score each, more than one came for {', '.join(doubled)}: choose one")


_SAME: tuple[tuple[str, Callable[[Score], str]], ...] = (
    ("encoders", lambda score: f"{score.entry.trained} keeping {score.entry.kept}"),
    ("training", lambda score: f"{score.entry.recipe} {score.entry.training[:8]}"),
    ("seed", lambda score: str(score.entry.seed)),
    ("protocol", lambda score: score.signature.protocol),
)


def _of_one_model(chosen: list[Score]) -> None:
    for what, of in _SAME:
        found = sorted({of(score) for score in chosen})
        if len(found) > 1:
            raise InvalidEvidence(f"a mean needs the scores of one {what}, these have {', '.join(found)}")
