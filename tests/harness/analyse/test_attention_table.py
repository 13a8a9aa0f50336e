"""What was measured of attention is read whole or refused, and never taken for another model's."""

import json

import pytest

from harness.analyse.attention_table import read
from harness.errors import InvalidEvidence

POOL = ("clip", "sam")
VIEW = {
    "view": "keeps clip",
    "kept": "clip",
    "mask": "zero",
    "divergence": 0.5,
    "standard_error": 0.1,
    "reversed": 0.4,
    "on_picture": 0.3,
    "on_picture_of_full": 0.35,
    "questions": 64.0,
}
TOLD = {"trained": "clip+sam", "training": "ours", "benchmark": "mme", "smoothing": 1e-6, "views": [VIEW]}


def written(folder, plain):
    path = folder / "attention.json"
    path.write_text(plain if isinstance(plain, str) else json.dumps(plain))
    return path


def test_a_view_has_its_divergence_with_the_interval_of_its_standard_error(tmp_path):
    found = read(written(tmp_path, TOLD), POOL, {"ours"}).plain()
    look = found["views"]["zero"]["clip"]
    assert (look["value"], look["low"], look["high"]) == pytest.approx((0.5, 0.304, 0.696), abs=1e-4)
    assert (found["benchmark"], found["on_picture_of_full"], look["questions"]) == ("mme", 0.35, 64)


def test_an_interval_never_reaches_below_zero(tmp_path):
    plain = {**TOLD, "views": [{**VIEW, "divergence": 0.1}]}
    assert read(written(tmp_path, plain), POOL).views[0].divergence.low == 0


def test_attention_of_another_training_is_named_and_shows_nothing(tmp_path):
    looks = read(written(tmp_path, TOLD), POOL, {"theirs"})
    assert looks.views == ()
    assert "another training" in looks.problems[0]


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ("[", "is not what harness attend --out writes"),
        ({**TOLD, "views": []}, "is not what harness attend --out writes"),
        ({**TOLD, "views": [{**VIEW, "divergence": float("nan")}]}, "no finite number"),
        ({**TOLD, "views": [{**VIEW, "standard_error": -1.0}]}, "no finite number"),
        ({**TOLD, "views": [{key: it for key, it in VIEW.items() if key != "kept"}]}, "kept"),
        ({**TOLD, "trained": "clip"}, "is of 'clip', and the full set of this table is 'clip\\+sam'"),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path, plain, said):
    with pytest.raises(InvalidEvidence, match=said):
        read(written(tmp_path, plain), POOL)


def test_an_absent_file_is_refused(tmp_path):
    with pytest.raises(InvalidEvidence, match="absent"):
        read(tmp_path / "attention.json", POOL)
