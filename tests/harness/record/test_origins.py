"""An index of records finds what looking through all of them would."""

from hypothesis import given
from hypothesis import strategies as st

from harness.record.checkpoints import weights_of
from harness.record.origins import Origins
from harness.schema.run import RunRecord
from tests.harness.nouns import digest, record

names = st.sampled_from("abc")
WEIGHTS = "tower.safetensors"


@st.composite
def runs(draw) -> list[RunRecord]:
    kinds = draw(st.lists(st.sampled_from(["pretrain", "train", "predict", "score"]), max_size=8))
    found = []
    for place, kind in enumerate(kinds):
        left = {draw(names) if kind == "predict" else WEIGHTS: {"sha256": digest(draw(names)), "size": 1}}
        taken = {"predictions": digest(draw(names))} if draw(st.booleans()) else {}
        found.append(record(f"run {place}", kind=kind, outputs=left, inputs=taken))
    return found


@given(runs())
def test_each_is_the_first_of_its_kind_that_left_or_took_it(found):
    index = Origins.of(found)
    for run in found:
        if run.kind == "train":
            assert index.trained[weights_of(run)] == next(
                one for one in found if one.kind == "train" and weights_of(one) == weights_of(run)
            )
        for output in run.outputs.values() if run.kind == "predict" else ():
            assert index.predicted[output.sha256] == next(
                one
                for one in found
                if one.kind == "predict" and output.sha256 in {other.sha256 for other in one.outputs.values()}
            )
        taken = run.inputs.get("predictions")
        if run.kind == "score" and taken:
            assert index.scored[taken] == next(
                one for one in found if one.kind == "score" and one.inputs.get("predictions") == taken
            )
    kinds = {"train": index.trained, "predict": index.predicted, "score": index.scored}
    assert all(run.kind == kind for kind, held in kinds.items() for run in held.values())
