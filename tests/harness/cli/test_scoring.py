"""Scores under every protocol, a benchmark's page and a submission file, as a shell sees them."""

import json
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from harness.config.places import REFERENCE
from harness.verify.open_door import compare
from tests.benchmarks.small_mirror import png
from tests.harness.cli.test_words import harness

CHART = str(REFERENCE / "predictions" / "tiny.clip.chartqa.s0.parquet")
TEST_ROWS = 5188


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return {"HARNESS_STORE": str(tmp_path_factory.mktemp("store"))}


def test_one_table_holds_every_protocol_with_its_blind_and_chance_level(store):
    done = harness("score", CHART, "--protocol", "all", "--json", **store)
    assert done.returncode == 0, done.stderr
    (one,) = json.loads(done.stdout)["benchmarks"]
    assert set(one["protocols"]) == {"cambrian", "lmms_eval", "vlmevalkit"}
    values = [score["value"] for score in one["protocols"].values()]
    assert one["spread"] == max(values) - min(values)
    assert 0 <= one["disagreement"] <= 1
    assert all({"blind", "chance", "standard_error", "unparsed"} <= set(it) for it in one["protocols"].values())


def test_people_see_the_spread_and_why_there_are_no_means(store):
    done = harness("score", CHART, "--protocol", "all", **store)
    assert done.returncode == 0, done.stderr
    assert all(word in done.stdout for word in ("cambrian", "lmms_eval", "vlmevalkit", "spread", "disagree", "blind"))
    assert "No means:" in done.stdout


def test_a_score_under_another_protocol_says_so(store):
    done = harness("score", CHART, "--protocol", "vlmevalkit", "--json", **store)
    assert json.loads(done.stdout)["signature"]["protocol"] == "vlmevalkit"


def test_marks_of_our_own_answers_are_files_that_compare_takes(store, tmp_path):
    pair = [CHART, CHART.replace("tiny.clip.", "tiny.pix2struct.")]
    done = harness("score", *pair, "--marks", str(tmp_path / "marks"), "--json", **store)
    assert done.returncode == 0, done.stderr
    scores = {one["entry"]["trained"]: one["value"] for one in json.loads(done.stdout)["scores"]}
    files = [tmp_path / "marks" / f"{name}.jsonl" for name in (Path(path).stem for path in pair)]
    found = compare(*files, margin=1.0)
    assert (found.stored, found.rerun) == pytest.approx((scores["clip"], scores["pix2struct"]))
    assert 1 < found.clusters < found.n
    refused = harness("score", *pair, "--marks", str(tmp_path / "one.jsonl"), **store)
    assert (refused.returncode, (tmp_path / "one.jsonl").exists()) == (2, False)


def test_a_benchmark_s_page_has_card_protocols_and_three_prompts(store):
    done = harness("show", "chartqa", "--json", **store)
    assert done.returncode == 0, done.stderr
    page = json.loads(done.stdout)
    assert page["card"]["name"] == "chartqa"
    assert [one["name"] for one in page["protocols"]] == ["cambrian", "lmms_eval", "vlmevalkit"]
    assert len(page["samples"]) == 3
    assert all(set(one["prompts"]) == {"cambrian", "lmms_eval", "vlmevalkit"} for one in page["samples"])
    shown = harness("show", "chartqa", **store).stdout
    assert "a year off by a century counts" in shown
    assert shown.count("\nSample ") == 3


def test_a_page_tells_what_blind_and_chance_are_on_the_questions_at_hand(store):
    here = json.loads(harness("show", "mme", "--json", **store).stdout)["here"]
    # Two questions a picture, one of each answer: a constant has accuracy 50 in ten tasks and no pair.
    assert (here["questions"], here["clusters"], here["blind"], here["chance"]) == (400, 200, 500.0, 750.0)


def test_a_card_without_questions_at_hand_is_shown_without_prompts(store):
    done = harness("show", "ai2d_no_mask", **store)
    assert done.returncode == 0, done.stderr
    assert "AI2D without masks" in done.stdout
    assert "No prompts to show:" in done.stdout


def test_the_table_of_benchmarks_holds_their_chance_and_what_is_at_hand(store):
    found = {one["name"]: one for one in json.loads(harness("list", "benchmarks", "--json", **store).stdout)}
    assert len(found) == 19
    assert (found["mme"]["rows"], found["mme"]["chance"], found["mme"]["here"]["blind"]) == (2374, 750.0, 500.0)
    assert found["mmmu"]["chance"] is None
    assert 0 < found["mmmu"]["here"]["chance"] < found["mmmu"]["here"]["blind"]
    assert found["ai2d_no_mask"]["here"]["questions"] is None


def test_the_table_of_benchmarks_draws_nothing(tmp_path):
    done = harness("list", "benchmarks", HARNESS_STORE=str(tmp_path))
    assert "not drawn yet: harness prepare" in done.stdout
    assert not (tmp_path / "mirror").exists()


def test_show_needs_one_benchmark_or_an_entry(store):
    assert "Did you mean 'chartqa'?" in harness("show", "chartqaa", **store).stderr
    done = harness("show", **store)
    assert (done.returncode, "show takes a benchmark" in done.stderr) == (2, True)


@pytest.fixture(scope="module")
def hidden(tmp_path_factory):
    """Lay down a mirror that holds the test questions of DocVQA alone."""
    folder = tmp_path_factory.mktemp("mirror")
    name = "lmms-lab/DocVQA/DocVQA/test-00000-of-00001.parquet"
    row = {
        "question": "Who?", "question_types": None, "answers": None, "ucsf_document_id": "d",
        "image": {"bytes": png(), "path": None},
    }  # fmt: skip
    rows = [{"questionId": str(number), **row} for number in range(TEST_ROWS)]
    types = {"question_types": pa.list_(pa.string()), "answers": pa.list_(pa.string())}
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    fields = [pa.field(key, types.get(key, image if key == "image" else pa.string())) for key in rows[0]]
    path = folder / name
    path.parent.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows, pa.schema(fields)), path)
    entry = {
        "path": name, "rows": TEST_ROWS, "columns": list(rows[0]), "sha256": sha256(path.read_bytes()).hexdigest(),
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps({"format": 1, "files": [entry]}))
    return folder


def exported(folder, hidden, store, count, *words):
    answers = folder / "answers.jsonl"
    answers.write_text("".join(json.dumps({"id": n, "prediction": f" {n} "}) + "\n" for n in range(count)))
    target = folder / "docvqa.json"
    return target, harness(
        "export", "docvqa-test", str(answers), f"mirror.location={hidden}", "--to", str(target), *words, **store
    )


def test_a_submission_holds_every_answer_once(tmp_path, hidden, store):
    target, done = exported(tmp_path, hidden, store, TEST_ROWS, "--json")
    assert done.returncode == 0, done.stderr
    written = json.loads(target.read_text())
    assert written[:2] == [{"questionId": 0, "answer": "0"}, {"questionId": 1, "answer": "1"}]
    assert len(written) == json.loads(done.stdout)["questions"] == TEST_ROWS
    _, again = exported(tmp_path, hidden, store, TEST_ROWS)
    assert (again.returncode, "never overwritten" in again.stderr) == (2, True)


def test_a_submission_with_a_gap_is_refused(tmp_path, hidden, store):
    target, done = exported(tmp_path, hidden, store, TEST_ROWS - 1)
    assert (done.returncode, "1 not answered: 5187" in done.stderr) == (40, True), done.stderr
    assert not target.exists()


def test_an_unknown_export_names_the_known():
    assert "docvqa-test" in harness("export", "docvqa", "a.jsonl").stderr
