"""Attack the verifier in every way that was seen in the field; each attack returns the outcome, or is refused.

Length: one attack after the other, each a few lines; a reader looks one of them up.
"""

import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import pooling
from benchmarks.card import Benchmark, Mark
from harness.record import archive, attestation, crate, ledger
from harness.record.reference import Reference
from harness.schema.verdict import Outcome, Verdict, worst
from harness.score.score import score
from harness.verify import mark_files
from harness.verify import policy as policies
from harness.verify.evidence import Answers, Questions, Stored
from harness.verify.fingerprints import demand_distinct, voice
from harness.verify.open_door import compare
from harness.verify.verify import verify
from tests.harness.nouns import DECODING, benchmark, digest, entry, header, mark, policy, predictions, samples
from tests.harness.record.keys import pair
from tests.harness.verify import bundles
from tests.harness.verify.bundles import POLICY, Made, Model, made, members, rewritten

N = 480
ASKED = samples(N, 4)
TEXTS = ["yes"] * 300 + ["no"] * 180


def answers(texts: list[str] | None = None, **changes: object) -> Answers:
    """Make a run's answers, its header changed as asked."""
    return Answers(header(N, **changes), predictions(ASKED, texts or TEXTS))


def judged(rerun: Answers | None, card: Benchmark | None = None, questions: str = "samples") -> Outcome:
    """Judge a re-run against honest stored answers."""
    return told(rerun, Questions(card or benchmark(), ASKED, digest(questions))).outcome


def told(rerun: Answers | None, asked: Questions) -> Verdict:
    """Return the verdict over a re-run against honest stored answers."""
    first = answers()
    kept = Stored(score(first.header, first.predictions, benchmark(), ASKED, digest("samples")).score, first)
    return verify(kept, rerun, asked, "repredict", policy())


def checked(one: Made, path: Path | None = None) -> Outcome:
    """Judge a bundle."""
    return worst(verdict.outcome for verdict in bundles.checked(path or one.path, one.public).verdicts)


def bent(folder: Path, change: Callable[[dict[str, bytes]], object], sign_again: bool = True) -> Outcome:
    """Judge a bundle whose content was changed."""
    one = made(folder)
    return checked(one, rewritten(one, change, sign_again, folder))


def edited_score(folder: Path) -> Outcome:
    """Raise a score in the table, sign again."""
    return bent(folder, lambda held: held.update({"scores.csv": held["scores.csv"].replace(b",50.0,", b",90.0,")}))


def edited_predictions(folder: Path) -> Outcome:
    """Change an answer in the stored file."""
    name = "predictions/tiny.clip.gqa.s0.parquet"
    return bent(folder, lambda held: held.update({name: held[name].replace(b"no", b"ye", 1)}))


def changed_prompt(folder: Path) -> Outcome:
    """Ask in other words."""
    return judged(answers(prompts=digest("other words")))


def changed_pictures(folder: Path) -> Outcome:
    """Show other pictures."""
    return judged(answers(samples=digest("other pictures")))


def moved_dataset(folder: Path) -> Outcome:
    """Load other rows under the same name."""
    return judged(answers(), questions="rows of another revision")


def partial_answers(folder: Path) -> Outcome:
    """Leave the hard questions out."""
    whole = answers()
    return judged(replace(whole, predictions=whole.predictions[:-50]))


def duplicated_answers(folder: Path) -> Outcome:
    """Give an easy answer twice instead of a hard one."""
    whole = answers()
    return judged(replace(whole, predictions=[*whole.predictions[:-1], whole.predictions[0]]))


def _tried(folder: Path) -> Path:
    path = folder / "tried.jsonl"
    for place, outcome in enumerate(("MISMATCH", "MISMATCH", "MATCH")):
        verdict = Verdict(entry=entry("clip"), regime="retrain", outcome=outcome, why="x", policy=digest("policy"))
        ledger.append(path, [(verdict, digest(str(place)))], datetime(2026, 11, 22, place, tzinfo=UTC))
    return path


def cherry_picked(folder: Path) -> Outcome:
    """Keep the run that came out well, drop the others from the ledger."""
    path = _tried(folder)
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[-1])
    ledger.read(path)
    return "MATCH"


def ignored_seed(folder: Path) -> Outcome:
    """Train twice with different seeds and get the same weights."""
    other = entry(seed=1).model_copy(update={"training": digest("seed 1")})
    demand_distinct([(header(N), None), (header(N, other), None)])
    return "MATCH"


def stale_cache(folder: Path) -> Outcome:
    """Answer for one model from the cache of another."""
    return checked(made(folder, {"clip": Model(0.5, 20), "sam": Model(0.5, 20)}))


def swapped_label(folder: Path) -> Outcome:
    """Show one subset's answers under another's name."""
    return judged(answers(one=entry("clip")))


def wrong_checkpoint(folder: Path) -> Outcome:
    """Answer with other weights."""
    return judged(answers(weights=digest("other weights")))


def dropped_encoder(folder: Path) -> Outcome:
    """Mask an encoder that had fallen away already: nothing changes, to the last bit."""
    said = voice(answers().predictions)
    demand_distinct([(header(N), said), (header(N, entry(kept="clip")), said)])
    return "MATCH"


def changed_metric(folder: Path) -> Outcome:
    """Average groups where single answers were counted."""
    return judged(answers(), benchmark(pooling.mean_of_groups("half")))


def guessing_parser(folder: Path) -> Outcome:
    """Give an answer that cannot be read a random mark."""
    dice = random.Random(0)

    def guess(sample, text):
        return mark(sample, text) if text == "yes" else Mark(sample.id, float(dice.random() < 0.5), "?", "guess")

    card = benchmark()
    return judged(answers(), replace(card, protocols={"cambrian": replace(card.protocols["cambrian"], mark=guess)}))


def drifted_judge(folder: Path) -> Outcome:
    """Mark by another version of the rules."""
    return judged(answers(), replace(benchmark(), version="v2"))


def _member(folder: Path, name: str, data: bytes) -> Outcome:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, data)
    (folder / "out").mkdir()
    archive.unpack(path, folder / "out")
    return "MATCH"


def pickled(folder: Path) -> Outcome:
    """Send a pickle under the name of predictions."""
    return _member(folder, "predictions/a.parquet", b"\x80\x04\x95\x00c__builtin__\nexec\n.")


def bomb(folder: Path) -> Outcome:
    """Send a file that unpacks to a thousand times its size."""
    return _member(folder, "scores.csv", bytes(64 * 2**20))


def traversal(folder: Path) -> Outcome:
    """Send a file whose name leaves the folder."""
    return _member(folder, "predictions/../../../evil.parquet", b"PAR1")


def loose_policy(folder: Path) -> Outcome:
    """Add a field that nobody promised to a policy."""
    (folder / "policy.toml").write_text(POLICY.read_text() + "\n[exec]\ncommand = 'true'\n")
    policies.read(folder / "policy.toml")
    return "MATCH"


def loose_json(folder: Path) -> Outcome:
    """Hide a second mark behind the first, and NaN behind a number."""
    for text in ('{"id": "a", "mark": 0, "mark": 1}', '{"id": "a", "mark": NaN}', '{"id": "e\u0301", "mark": 1}'):
        (folder / "marks").write_text(text)
        found = compare(folder / "marks", folder / "marks", 1.0)
        if found.verdict != "INVALID":
            return found.verdict
    return "INVALID"


def remote_code(folder: Path) -> Outcome:
    """Send a model's configuration that asks for code."""
    return _member(folder, "config.json", b'{"auto_map": {"AutoModel": "evil.py"}}')


def bad_picture(folder: Path) -> Outcome:
    """Send a picture for the decoder to choke on."""
    return _member(folder, "pictures/a.png", b"\x89PNG\r\n")


def overwritten_artefact(folder: Path) -> Outcome:
    """Overwrite a file of the reference behind its manifest's back."""
    one = made(folder)
    path = one.reference.folder / "scores.csv"
    path.write_bytes(path.read_bytes().replace(b",50.0,", b",90.0,"))
    Reference.load(one.reference.folder)
    return "MATCH"


def absent_evidence(folder: Path) -> Outcome:
    """Bring no re-run at all."""
    return judged(None)


def empty_evidence(folder: Path) -> Outcome:
    """Bring an empty file of marks."""
    (folder / "marks").touch()
    mark_files.read(folder / "marks")
    return "MATCH"


def young_policy(folder: Path) -> Outcome:
    """Choose the margin after the run."""
    return judged(replace(answers(), started=datetime(2026, 1, 1, tzinfo=UTC)))


def widened_margin(folder: Path) -> Outcome:
    """Widen every margin inside a bundle."""

    def widen(held: dict[str, bytes]) -> None:
        widened, times = re.subn(rb"points = [0-9.]+", b"points = 49.9", held["policy.toml"])
        assert times
        held["policy.toml"] = widened

    return bent(folder, widen)


def newest_only(folder: Path) -> Outcome:
    """Show the last, green verdict of the ledger alone."""
    one = made(folder, {"clip": Model(0.5, 20)}, _tried(folder).read_bytes())

    def cut(held: dict[str, bytes]) -> None:
        held["ledger.jsonl"] = held["ledger.jsonl"].splitlines(keepends=True)[-1]

    return checked(one, rewritten(one, cut, True, folder))


def replayed_verdict(folder: Path) -> Outcome:
    """Put the signed statement of good evidence over other evidence."""
    (folder / "other").mkdir()
    good, other = made(folder), made(folder / "other", {"clip": Model(0.9, 20), "clip+sam": Model(0.8, 21)})
    statement = members(good.path)[crate.STATEMENT]
    path = rewritten(other, lambda held: held.update({crate.STATEMENT: statement}), False, folder / "other")
    return checked(good, path)


def replayed_seal(folder: Path) -> Outcome:
    """Show a signed MATCH for other results than those that it was spoken over."""
    secret, public = pair(folder)
    match = told(answers(), Questions(benchmark(), ASKED, digest("samples")))
    spoken = attestation.Spoken(
        made_at=datetime.now(UTC),
        commit=None,
        reference=digest("good"),
        outcome=match.outcome,
        why=match.why,
        verdicts=(match,),
    )
    sealed = attestation.seal(spoken, secret)
    assert attestation.check(sealed, public, digest("good"), "here").outcome == "MATCH"
    return attestation.check(sealed, public, digest("other"), "here").outcome


def scaled_marks(folder: Path) -> Outcome:
    """Give points of 100 where marks of 1 are asked for."""
    (folder / "marks").write_text('{"id": "a", "mark": 61.9}\n')
    return compare(folder / "marks", folder / "marks", 1.0).verdict


def changed_batching(folder: Path) -> Outcome:
    """Decode in batches that are not invariant."""
    return judged(answers(decoding=DECODING.model_copy(update={"batch_invariant": False})))
