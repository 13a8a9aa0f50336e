"""Answers without the records of their runs, or with records of other runs, are nobody's."""

import pytest

from harness.errors import InvalidEvidence
from harness.record import predictions
from harness.record.durable import sha256_of
from harness.record.origins import Origins
from harness.verify.records import behind, demand_another_run
from tests.harness.nouns import digest, record
from tests.harness.verify.bundles import Model, accepted


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return accepted(tmp_path_factory.mktemp("kept"), "clip", Model(0.5, 20))


def found(kept, runs=None, **score):
    header, _ = predictions.read(kept.predictions)
    content = sha256_of(kept.predictions)
    return behind(kept.score.model_copy(update=score), header, content, Origins.of(kept.runs if runs is None else runs))


def test_the_runs_behind_an_entry_are_found_by_content(kept):
    other = record("predict sam", outputs={"predictions.parquet": {"sha256": digest("other"), "size": 1}})
    assert found(kept, (other, *kept.runs[::-1])).all == kept.runs


@pytest.mark.parametrize(
    ("left", "words"),
    [(slice(1, 3), "'train' run gave these weights"), (slice(2), "'score' run"), (slice(0), "'predict'")],
)
def test_an_absent_record_is_refused(kept, left, words):
    with pytest.raises(InvalidEvidence, match=words):
        found(kept, kept.runs[left])


@pytest.mark.parametrize(
    ("place", "field", "value", "words"),
    [
        (0, "parameters", {"trained": "sam", "seed": "0"}, "the training's subset: sam in the record, clip here"),
        (0, "parameters", {"trained": "clip", "seed": "1"}, "the training's seed: 1 in the record, 0 here"),
        (1, "inputs", {"weights": digest("others")}, "the weights: "),
        (1, "parameters", {}, "the prompts: None in the record"),
        (2, "metrics", {"value": 55.0}, "the score: 55.0 in the record, 50.0 here"),
        (2, "ended", "2026-11-20T00:00:00Z", "ended before it started"),
    ],
)
def test_a_record_that_tells_another_story_is_refused_by_field(kept, place, field, value, words):
    runs = list(kept.runs)
    runs[place] = type(runs[place]).model_validate({**dict(runs[place]), field: value})
    with pytest.raises(InvalidEvidence, match=words):
        found(kept, runs)


def test_the_stored_run_is_no_re_run_of_itself(kept):
    stored = kept.runs[1]
    demand_another_run(stored, stored.model_copy(update={"started": kept.runs[1].ended}))
    with pytest.raises(InvalidEvidence, match="was not run again: the store holds the very run of 2026-11-21"):
        demand_another_run(stored, stored)
