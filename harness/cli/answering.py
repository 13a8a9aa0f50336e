"""Mark the stored answers of the reference again, so that one draw of the questions moves all models at once.

A score alone says how uncertain it is, not with whom it errs. The answers do: every model was asked the same questions,
and what all get wrong together widens no interval of a difference.
"""

from collections.abc import Sequence

import numpy as np

from benchmarks.load import load
from benchmarks.table import find
from harness.cli.screen import Screen
from harness.config.compose import compose
from harness.config.places import resolve
from harness.errors import InvalidEvidence
from harness.record.reference import Reference
from harness.run.prepare import Supplies
from harness.schema.score import Score
from harness.score.exam import Exam
from harness.score.score import score_in
from harness.score.uncertainty import influences


def parts(reference: Reference, scores: Sequence[Score]) -> dict[str, np.ndarray]:
    """Return, by the entry's name, what each cluster of questions adds to a score's error, in the score's unit.

    Raises:
        InvalidEvidence: the stored answers do not give the stored score, or the questions are others.
    """
    found: dict[str, np.ndarray] = {}
    with Screen() as screen:
        study = compose([f"recipe={scores[0].entry.recipe}"])
        supplies = Supplies(study, resolve(study.store.folder), screen)
        exams: dict[str, Exam] = {}
        for place, score in enumerate(scores, start=1):
            name = score.entry.benchmark
            if name not in exams:
                loaded = load(find(name), supplies.mirror)
                exams[name] = Exam(find(name), loaded.samples, loaded.digest)
            exam = exams[name]
            header, answers = reference.predictions(score.entry)
            scored = score_in(exam, header, answers)
            if scored.score.value != score.value:
                raise InvalidEvidence(
                    f"{score.entry.slug}: the stored answers give {scored.score.value}, the stored score is "
                    f"{score.value}. harness verify says more"
                )
            pool = exam.benchmark.protocol(header.protocol).pool
            found[score.entry.slug] = np.array(influences(exam.samples, scored.marks, pool, exam.clusters))
            screen.progress("mark the answers", place, len(scores))
    return found
