"""Scores against printed ones, as a shell sees it: CONSISTENT is the best word, and never leaves with 0."""

import json

import pytest

from tests.harness.cli.test_words import harness

HEAD = "model,benchmark,score,n,standard_error,protocol\n"


def judged(folder, text, *words, name="mine.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    return harness("verify", str(folder / name), "--against", "published", *words)


@pytest.mark.parametrize(
    ("line", "verdict", "code"),
    [
        ("Cambrian-1-8B,ChartQA,73.1,2500,0.89,cambrian", "CONSISTENT", 30),
        ("Cambrian-1-8B,ChartQA,73.1,100,4.5,cambrian", "INCONCLUSIVE", 30),
        ("Cambrian-1-8B,ChartQA,60.0,2500,0.98,cambrian", "MISMATCH", 20),
        ("Cambrian-1-34B,CV-Bench 2D,60.0,1438,1.2,vlmevalkit", "INCONCLUSIVE", 30),
        ("Cambrian-1 [Yi-34B],MME,1689.3,2114,,", "CONSISTENT", 30),
        ("llava-onevision-7B,DocVQA val,87.0,5349,,lmms-eval", "CONSISTENT", 30),
    ],
)
def test_an_auditors_score_leaves_with_its_code(tmp_path, line, verdict, code):
    done = judged(tmp_path, HEAD + line + "\n", "--json")
    found = json.loads(done.stdout)
    assert (found["verdict"], found["exit_code"], done.returncode) == (verdict, code, code), found["why"]
    one = found["rows"][0]
    assert one["interval"]["low"] < one["difference"] < one["interval"]["high"]
    assert one["published"]["address"].startswith("github.com/")


def test_the_interval_is_that_of_the_two_sizes(tmp_path):
    # 73.3 of 2500: s.e. 0.8848; 73.0 of 2500: 0.8879; 1.6449 x 1.2535 + 0.05 + 0.05 = 2.162.
    done = judged(tmp_path, "model,benchmark,score\nCambrian-1-8B,ChartQA,73.0\n", "--json", "--protocol", "cambrian")
    interval = json.loads(done.stdout)["rows"][0]["interval"]
    assert interval["low"] == pytest.approx(-0.3 - 2.162, abs=2e-3)
    assert interval["high"] == pytest.approx(-0.3 + 2.162, abs=2e-3)


def test_json_markdown_and_a_wide_table_say_the_same(tmp_path):
    line = {"model": "Cambrian-1-8B", "benchmark": "ChartQA", "score": 73.0, "standard_error": 0.9}
    texts = {
        "a.json": json.dumps([line]),
        "b.jsonl": json.dumps(line) + "\n",
        "c.md": "| Model | ChartQA | Params |\n|---|---|---|\n| Cambrian-1-8B | 73.0 ± 0.9 | 8B |\n",
    }
    found = [json.loads(judged(tmp_path, text, "--json", name=name).stdout)["rows"] for name, text in texts.items()]
    assert found[0] == found[1] == found[2]
    assert found[0][0]["ours"]["standard_error"] == 0.9


def test_a_spread_over_runs_narrows_the_interval(tmp_path):
    text = HEAD + "Cambrian-1-8B,ChartQA,73.1,2500,,cambrian\n"
    wide = json.loads(judged(tmp_path, text, "--json").stdout)["rows"][0]["interval"]
    narrow = json.loads(judged(tmp_path, text, "--json", "--spread", "0.2", "--runs", "5").stdout)["rows"][0][
        "interval"
    ]
    assert narrow["high"] - narrow["low"] < wide["high"] - wide["low"]


def test_people_read_the_interval_the_reason_and_what_is_missing(tmp_path):
    text = HEAD + "Cambrian-1-8B,ChartQA,73.1,2500,,cambrian\nNobody-7B,ChartQA,50,,,\n"
    done = judged(tmp_path, text)
    assert done.returncode == 30
    assert "CONSISTENT (exit 30): 3 comparisons: 3 CONSISTENT; of 1 scores nothing is published" in done.stdout
    assert "a printed number alone cannot show a match" in done.stdout


def test_entries_of_ours_on_drawn_questions_are_not_called_like(tmp_path):
    done = harness("verify", "clip", "chartqa", "--against", "published", "--model", "Cambrian-1-8B", "--json")
    found = json.loads(done.stdout)
    assert (found["verdict"], done.returncode) == ("INCONCLUSIVE", 30)
    assert "ours asked 480 questions" in found["rows"][0]["why"]


@pytest.mark.parametrize(
    ("text", "words", "code", "said"),
    [
        ("model,benchmark,score\nCambrian-1-8Bx,ChartQA,70\n", (), 2, "Did you mean 'Cambrian-1-8B'?"),
        ("model,benchmark,score\nCambrian-1-8B,ChartQA,170\n", (), 40, "expected a value in 0-100"),
        ("model,benchmark,score\nCambrian-1-8B,ChartQA,n/a\n", (), 40, "no score of a known benchmark"),
        (HEAD + "Cambrian-1-8B,ChartQA,70,many,,\n", (), 40, "n as a whole number"),
        (HEAD + "Cambrian-1-8B,ChartQA,70,100,small,\n", (), 40, "expected a standard error, came 'small'"),
        ("model,benchmark,score\nCambrian-1-8B,ChartQA,70\n", ("--margin", "-1"), 2, "margin in (0, 100)"),
        ("model,benchmark,score\nCambrian-1-8B,ChartQA,70\n", ("--spread", "0.2"), 2, "2 runs at least"),
    ],
)
def test_what_is_no_score_is_named(tmp_path, text, words, code, said):
    done = judged(tmp_path, text, *words)
    assert done.returncode == code, done.stderr
    assert said in done.stderr


def test_wrong_use_is_named():
    assert "--model names it" in harness("verify", "clip", "gqa", "--against", "published").stderr
    assert "belong to --against published" in harness("verify", "clip", "gqa", "--margin", "1").stderr
