"""A bundle is judged by its own content and a trusted key; a changed one is refused, whoever signed it."""

import json
from datetime import timedelta

import pytest

from benchmarks.table import find
from harness.errors import InvalidEvidence, UnknownName, UsageError
from harness.record import crate, ledger
from harness.schema.verdict import Verdict
from harness.verify.packing import Signing, pack
from tests.harness.nouns import digest, entry
from tests.harness.record.keys import pair
from tests.harness.verify.bundles import MADE, POLICY, Model, asked, checked, made, members, named, rewritten, training


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    return made(tmp_path_factory.mktemp("bundle"))


def test_an_honest_bundle_matches_entry_by_entry(one):
    found = checked(one.path, one.public)
    assert [verdict.outcome for verdict in found.verdicts] == ["MATCH", "MATCH"]
    assert found.evidence.entries == tuple(sorted(one.reference.scores))
    assert found.evidence.made_at == MADE
    assert {verdict.stored.n for verdict in found.verdicts} == {40}


def test_the_crate_describes_every_file(one):
    held = members(one.path)
    graph = {part["@id"]: part for part in json.loads(held[crate.METADATA])["@graph"]}
    assert graph[crate.METADATA]["about"] == {"@id": "./"}
    described = {name for name in graph if name not in ("./", crate.METADATA)}
    assert described == held.keys() - {crate.METADATA, crate.STATEMENT}
    assert all(int(graph[name]["contentSize"]) == len(held[name]) for name in described)


def test_the_statement_names_every_file_by_its_digest(one):
    held = members(one.path)
    assert set(held) == {
        *(
            "ro-crate-metadata.json",
            "statement.dsse.json",
            "scores.csv",
            "policy.toml",
            "canaries/tiny.clip.gqa.s0.json",
        ),
        *("runs.jsonl", "ledger.jsonl", "verdicts.jsonl", "configs/tiny.clip.s0.json", "configs/tiny.clip+sam.s0.json"),
        *("predictions/tiny.clip.gqa.s0.parquet", "predictions/tiny.clip+sam.gqa.s0.parquet", "questions/gqa.jsonl"),
    }


def test_a_signature_by_another_key_proves_nothing(one, tmp_path):
    with pytest.raises(InvalidEvidence, match="not by the trusted one"):
        checked(one.path, pair(tmp_path, "other")[1])


def flip(data):
    return data[:-3] + bytes([data[-3] ^ 1]) + data[-2:]


@pytest.mark.parametrize(
    "name",
    [
        "scores.csv",
        "runs.jsonl",
        "policy.toml",
        "questions/gqa.jsonl",
        "predictions/tiny.clip.gqa.s0.parquet",
        "canaries/tiny.clip.gqa.s0.json",
        "configs/tiny.clip.s0.json",
        "verdicts.jsonl",
        crate.METADATA,
    ],
)
@pytest.mark.parametrize("change", ["edit", "remove"])
def test_every_file_is_under_the_signature(one, tmp_path, name, change):
    def bend(held):
        if change == "remove":
            del held[name]
        else:
            held[name] = flip(held[name])

    with pytest.raises(InvalidEvidence, match=name.replace("+", r"\+").replace(".", r"\.")):
        checked(rewritten(one, bend, sign_again=False, folder=tmp_path), one.public)


def test_an_added_or_missing_statement_is_refused(one, tmp_path):
    with pytest.raises(InvalidEvidence, match="unsigned files are no evidence"):
        checked(rewritten(one, lambda held: held.pop(crate.STATEMENT), False, tmp_path), one.public)
    extra = tmp_path / "extra"
    extra.mkdir()
    more = rewritten(one, lambda held: held.update({"questions/ai2d.jsonl": b"{}"}), False, extra)
    with pytest.raises(InvalidEvidence, match="not named: questions/ai2d"):
        checked(more, one.public)


def replaced(name, old, new):
    def bend(held):
        assert old in held[name]
        held[name] = held[name].replace(old, new)

    return bend


def raised(held):
    replaced("scores.csv", b",50.0,", b",55.0,")(held)
    replaced("runs.jsonl", b'"value":50', b'"value":55')(held)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (replaced("scores.csv", b",50.0,", b",55.0,"), "the score: 50.0 in the record, 55.0 here"),
        (raised, "value was 55.0, is 50.0"),
        (replaced("questions/gqa.jsonl", b'"image 0"', b'"image 1"'), "a cluster or what marks an answer was changed"),
        (replaced("questions/gqa.jsonl", b'"answers":["yes"]', b'"answers":["no"]'), "pinned nowhere here"),
        (replaced("configs/tiny.clip.s0.json", b'"seed":0', b'"seed":1'), "configures another training"),
        (replaced("verdicts.jsonl", b"40 stored answers", b"4,000 stored answers"), "its answers do not give"),
        (replaced("canaries/tiny.clip.gqa.s0.json", b"-0.25,", b"-0.20,"), "names the first"),
        (lambda held: held.pop("canaries/tiny.clip.gqa.s0.json"), "found nothing"),
        (lambda held: held.update({"canaries/tiny.clip+sam.gqa.s0.json": b"{}"}), "names no canaries.json"),
    ],
)
def test_a_signer_who_lies_is_caught_by_computing_again(one, tmp_path, change, words):
    found = checked(rewritten(one, change, sign_again=True, folder=tmp_path), one.public)
    bad = next(verdict for verdict in found.verdicts if verdict.outcome != "MATCH")
    assert (bad.outcome, bad.exit_code) == ("INVALID", 40)
    assert words in bad.why


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (replaced("policy.toml", b"points = 3.1", b"points = 9.9"), "The statement names another"),
        (lambda held: held.pop("questions/gqa.jsonl"), None),
        (lambda held: held.pop("predictions/tiny.clip.gqa.s0.parquet"), "name different entries"),
        (replaced("runs.jsonl", b'"attempts":1', b'"attempts":0'), "runs.jsonl"),
        (lambda held: held.update({"runs.jsonl": b'{"a":1}\n'}), "runs.jsonl"),
        (lambda held: held.update({"policy.toml": held["policy.toml"] + b"\nslack = 1\n"}), "policy"),
        (lambda held: held.pop("runs.jsonl"), "no runs.jsonl"),
        (lambda held: held.update({"runs.jsonl": b""}), "no runs.jsonl, or nothing in it"),
        (lambda held: held.pop("ledger.jsonl"), "no ledger.jsonl"),
        (lambda held: held.pop("verdicts.jsonl"), "no verdicts.jsonl"),
        (lambda held: held.pop("scores.csv"), "scores.csv is absent"),
        (lambda held: held.pop("policy.toml"), "policy.toml is absent"),
        (lambda held: held.pop(crate.METADATA), "does not describe the files"),
        (replaced(crate.METADATA, b'"license"', b'"verdict":"MATCH","license"'), "or says more than that"),
        (replaced("runs.jsonl", b'"ended":"2026-11-21', b'"ended":"2026-11-23'), "before 6 of its parts"),
        (lambda held: held.update({"policy.toml": b"a = " + b"[" * 100_000}), "no valid TOML"),
        (lambda held: held.update({"policy.toml": b"a = " + b"9" * 5_000}), "no valid TOML"),
    ],
)
def test_a_bundle_that_contradicts_itself_is_refused_though_it_is_signed(one, tmp_path, change, words):
    bent = rewritten(one, change, sign_again=True, folder=tmp_path)
    if words is None:
        assert {verdict.outcome for verdict in checked(bent, one.public).verdicts} == {"INVALID"}
        return
    with pytest.raises(InvalidEvidence, match=words):
        checked(bent, one.public)


def test_models_with_one_voice_are_refused(tmp_path):
    twins = made(tmp_path, {"clip": Model(0.5, 20), "sam": Model(0.5, 20)})
    with pytest.raises(InvalidEvidence, match="same leads to the last bit"):
        checked(twins.path, twins.public)


def test_the_ledger_of_attempts_travels_with_the_evidence_and_cannot_be_cut(tmp_path):
    path = tmp_path / "attempts.jsonl"
    for place, outcome in enumerate(("MISMATCH", "MATCH")):
        verdict = Verdict(entry=entry("clip"), regime="retrain", outcome=outcome, why="x", policy=digest("policy"))
        ledger.append(path, [(verdict, digest(str(place)))], MADE - timedelta(hours=2 - place))
    kept = made(tmp_path, {"clip": Model(0.5, 20)}, path.read_bytes())
    (verdict,) = checked(kept.path, kept.public).verdicts
    assert verdict.attempts == 2
    assert "the ledger holds 2 verdicts over re-runs: 1 MATCH, 1 MISMATCH" in verdict.notes

    def cut(held):
        held["ledger.jsonl"] = held["ledger.jsonl"].splitlines(keepends=True)[0]

    with pytest.raises(InvalidEvidence, match="Lines are gone"):
        checked(rewritten(kept, cut, sign_again=True, folder=tmp_path), kept.public)


def test_what_is_not_in_the_reference_is_not_packed(one, tmp_path):
    secret, _ = pair(tmp_path)
    configured = {training("clip").digest: training("clip")}
    rest = ({"gqa": (find("gqa"), asked())}, configured, POLICY, Signing(secret, tmp_path / "none", MADE, None))
    with pytest.raises(UsageError):
        pack(tmp_path / "a.zip", one.reference, [], *rest)
    with pytest.raises(UnknownName):
        pack(tmp_path / "a.zip", one.reference, [entry("eva02")], *rest)
    with pytest.raises(UsageError, match=r"clip\+sam.* another configuration"):
        pack(tmp_path / "a.zip", one.reference, [named("clip+sam")], *rest)
    assert not (tmp_path / "a.zip").exists()
