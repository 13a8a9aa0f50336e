"""Forge what the first attacks left alone: records, words, questions, leads, platforms, and verdicts themselves."""

import stat
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.card import Picture, Sample
from harness.record import archive, ledger
from harness.schema.verdict import Outcome, Verdict
from harness.score.score import score
from harness.verify import policy as policies
from harness.verify.contamination import demand_unseen
from harness.verify.evidence import Questions, Stored
from harness.verify.fingerprints import demand_distinct, voice
from harness.verify.verify import verify
from tests.harness.nouns import FINGERPRINT, benchmark, digest, entry, header, policy
from tests.harness.verify.bundles import canaries_of, made, rewritten
from tests.house.sources import ROOT
from tests.threats.attacks import ASKED, N, answers, bent, judged

WORDS: dict[int, Outcome] = {0: "MATCH", 40: "INVALID"}


def _elsewhere(**facts: object) -> Outcome:
    """Judge a re-run on a platform of such facts."""
    return judged(replace(answers(), fingerprint=FINGERPRINT.model_copy(update=facts)))


def printed_failure(folder: Path) -> Outcome:
    """Hope that a script reads the exit code of a refused bundle as success."""
    one = made(folder)
    path = rewritten(one, lambda held: held.pop("runs.jsonl"), True, folder)
    words = [sys.executable, "-m", "harness", "verify", str(path), "--key", str(one.public)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    return WORDS[done.returncode] if "INVALID" in done.stdout else "MATCH"


def tagged_image(folder: Path) -> Outcome:
    """Run under an image's tag, which may be another image tomorrow."""
    return _elsewhere(image="harness:latest")


def impossible_host(folder: Path) -> Outcome:
    """Claim a GPU on a host that counts none."""
    return _elsewhere(gpu="NVIDIA H100", gpu_count=0)


def lying_host(folder: Path) -> Outcome:
    """Claim the stored run's platform where the log-probabilities say another."""
    first = answers()
    kept = replace(first, fingerprint=FINGERPRINT, canaries=canaries_of(first.header, first.predictions))
    rerun = replace(kept, canaries=canaries_of(first.header, first.predictions, 0.5))
    whole = score(first.header, first.predictions, benchmark(), ASKED, digest("samples")).score
    asked = Questions(benchmark(), ASKED, digest("samples"))
    return verify(Stored(whole, kept), rerun, asked, "repredict", policy()).outcome


def trained_on_the_test(folder: Path) -> Outcome:
    """Show the benchmark's questions in training."""
    picture = Picture.of(b"a picture")
    asked = Sample("q", "Is it red?", (picture,), (), ("yes",), "", "", "q")
    demand_unseen("gqa", [asked], [(picture.digest, " is it RED? ")])
    return "MATCH"


def edited_text(folder: Path) -> Outcome:
    """Change the words of an answer and leave its tokens."""
    whole = answers()
    last = whole.predictions[-1]
    return judged(replace(whole, predictions=[*whole.predictions[:-1], replace(last, text="yes")]))


def unrecorded_answers(folder: Path) -> Outcome:
    """Sign answers that no recorded run gave."""
    return bent(folder, lambda held: held.update({"runs.jsonl": held["runs.jsonl"].splitlines(keepends=True)[0]}))


def unasked_prompts(folder: Path) -> Outcome:
    """Name prompts that no question gives."""
    Questions(benchmark(), ASKED, digest("samples")).demand_worded(header(N))
    return "MATCH"


def invented_questions(folder: Path) -> Outcome:
    """Sign questions that are easier than the benchmark's."""
    old, new = b'"answers":["yes"]', b'"answers":["no"]'
    name = "questions/gqa.jsonl"
    return bent(folder, lambda held: held.update({name: held[name].replace(old, new)}))


def other_clusters(folder: Path) -> Outcome:
    """Say that questions about one picture are about two, for a smaller error."""
    name = "questions/gqa.jsonl"
    return bent(folder, lambda held: held.update({name: held[name].replace(b'"image 0"', b'"image 00"', 1)}))


def nudged_cache(folder: Path) -> Outcome:
    """Answer from another model's cache, one lead moved by a hair."""
    said = answers().predictions
    moved = [replace(said[0], margins=(0.5, 1.2500001)), *said[1:]]
    other = header(N, entry("clip"), weights=digest("other"))
    demand_distinct([(header(N), voice(said)), (other, voice(moved))])
    return "MATCH"


def copied_answers(folder: Path) -> Outcome:
    """Hand in the stored answers as those of a second training."""
    first = answers()
    kept = Stored(score(first.header, first.predictions, benchmark(), ASKED, digest("samples")).score, first)
    asked = Questions(benchmark(), ASKED, digest("samples"))
    return verify(kept, answers(weights=digest("a second training")), asked, "retrain", policy()).outcome


def linked(folder: Path) -> Outcome:
    """Send a link to a file of the reader's in the place of scores."""
    member = zipfile.ZipInfo("scores.csv")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(folder / "a.zip", "w") as file:
        file.writestr(member, "/etc/passwd")
    archive.unpack(folder / "a.zip", folder)
    return "MATCH"


def twin_names(folder: Path) -> Outcome:
    """Send two files that are one where a disk does not tell A from a."""
    with zipfile.ZipFile(folder / "a.zip", "w") as file:
        for name in ("predictions/a.parquet", "predictions/A.parquet"):
            file.writestr(name, b"PAR1")
    archive.unpack(folder / "a.zip", folder)
    return "MATCH"


def endless_json(folder: Path) -> Outcome:
    """Crash the reader of records with brackets a hundred thousand deep, signed."""
    return bent(folder, lambda held: held.update({"runs.jsonl": b"[" * 100_000 + b"\n"}))


def waived_verdict(folder: Path) -> Outcome:
    """Add a field to a verdict that nobody defined."""
    old, new = b'"outcome":"MATCH"', b'"outcome":"MATCH","waived":true'
    return bent(folder, lambda held: held.update({"verdicts.jsonl": held["verdicts.jsonl"].replace(old, new)}))


def endless_policy(folder: Path) -> Outcome:
    """Crash the reader of policies with brackets a hundred thousand deep."""
    (folder / "policy.toml").write_text("margin = " + "[" * 100_000)
    policies.read(folder / "policy.toml")
    return "MATCH"


def stripped_leads(folder: Path) -> Outcome:
    """Leave out the leads that would show a flip's cause."""
    whole = answers()
    return judged(replace(whole, predictions=[replace(one, margins=()) for one in whole.predictions]))


def second_policy(folder: Path) -> Outcome:
    """Judge a failed re-run again, by a wider margin."""
    told = Verdict(entry=entry(), regime="retrain", outcome="MISMATCH", why="x", policy=digest("policy"))
    when = datetime(2026, 11, 22, tzinfo=UTC)
    ledger.append(folder / "ledger.jsonl", [(told, digest("re-run"))], when)
    again = told.model_copy(update={"outcome": "MATCH", "policy": digest("wider")})
    (spoken,) = ledger.append(folder / "ledger.jsonl", [(again, digest("re-run"))], when)
    return spoken.outcome
