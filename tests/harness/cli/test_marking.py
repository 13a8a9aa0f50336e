"""Answers from anywhere, as a shell sees it: one object in, one mark out, and nothing finished is lost."""

import json
import os
import subprocess
import sys

import pytest

from benchmarks.sheet import workbook
from tests.harness.cli.test_words import harness

WEIGH = """
import resource, sys
from harness.__main__ import guarded, app
code = guarded(app, sys.argv[1:])
sys.stderr.write(f"{code} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}")
"""


def lines(*objects):
    return "".join(json.dumps(it) + "\n" for it in objects)


def chart(number, prediction="12", answer="12.3", **more):
    return {"id": number, "prediction": prediction, "answer": answer, "choices": None, "meta": {}, **more}


def marked(folder, text, *words, benchmark="chartqa", name="a.jsonl"):
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    done = harness("mark", benchmark, str(folder / name), *words)
    return done, [json.loads(line) for line in done.stdout.splitlines()]


def test_one_mark_a_line_and_the_score_at_the_end(tmp_path):
    given = [chart(1), chart("b", "a cat", "cat"), chart(3, "", "cat")]
    done, found = marked(tmp_path, lines(*given), "--protocol", "lmms_eval", "--json")
    assert done.returncode == 0, done.stderr
    assert [set(it) for it in found[:3]] == [{"id", "mark", "extracted", "rule"}] * 3
    assert [(it["id"], it["mark"]) for it in found[:3]] == [(1, 1.0), ("b", 0.0), (3, 0.0)]
    assert found[2]["extracted"] is None
    last = found[3]
    assert (last["benchmark"], last["protocol"], last["n"], last["unparsed"]) == ("chartqa", "lmms_eval", 3, 1)
    assert last["score"] == pytest.approx(100 / 3)
    # Marks 1, 0, 0 of three clusters: s / sqrt(n). The best constant is cat, right twice in three.
    assert last["standard_error"] == pytest.approx(100 / 3)
    assert (last["clusters"], last["blind"], last["chance"]) == (3, pytest.approx(200 / 3), 0.0)


def test_questions_that_share_a_picture_are_one_cluster(tmp_path):
    given = [chart(number, meta={"image": f"{number // 4}.png"}) for number in range(12)]
    done, found = marked(tmp_path, lines(*given), "--json")
    assert (done.returncode, found[-1]["clusters"]) == (0, 3)
    assert "100.00 ± 0.00 (relaxed accuracy, per cent, blind 100.00, chance 0.00)" in done.stderr


def test_without_json_there_are_marks_alone_and_the_score_is_told(tmp_path):
    done, found = marked(tmp_path, lines(chart(1)))
    assert [it["mark"] for it in found] == [1.0]
    assert "ChartQA, cambrian: 100.00 (relaxed accuracy, per cent" in done.stderr


def test_a_broken_line_loses_nothing_before_it(tmp_path):
    text = lines(*(chart(number) for number in range(9_999))) + '{"id": 9999, "prediction"\n' + lines(chart(10_000))
    done, found = marked(tmp_path, text, "--json")
    assert done.returncode == 40
    assert [it["id"] for it in found[:-1]] == list(range(9_999))
    assert found[-1]["exit_code"] == 40
    assert "a.jsonl, line 10,000:" in found[-1]["error"]
    assert "9,999 answers marked" in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (lines(chart(1), chart(1)), "line 2: id '1' stands twice"),
        (lines(chart(1), chart("1")), "line 2: id '1' stands twice"),
        (lines(chart(None)), "line 1: expected an id"),
        ('{"id": 1, "prediction": NaN, "answer": "1"}\n', "line 1: NaN is no number"),
        ('{"id": 1, "prediction": "1", "answer": "1", "id": 2}\n', "line 1: a key stands twice"),
        ('[1, 2]\n', "line 1: expected one JSON object, came list"),
        (lines(chart(1, prediction=3)), "line 1: expected the prediction as text"),
        (lines({"id": 1, "prediction": "x"}), "line 1: expected the gold under answer or answers"),
        (b'{"id": 1, "prediction": "\xff", "answer": "1"}\n', "line 1: 'utf-8' codec"),
        ('{"id": 1, "prediction": "' + "x" * 17_000_000 + '"}', "line 1: more than 16,777,216 bytes in one line"),
        ("[" * 100_000 + "\n", "line 1: "),
        ("", "no answers came"),
    ],
    ids=lambda it: "" if len(it) > 100 else None,
)  # fmt: skip
def test_what_is_no_answer_is_named(tmp_path, text, said):
    done, _ = marked(tmp_path, text)
    assert done.returncode == 40, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_odd_texts_are_marked_like_any(tmp_path):
    odd = ["\ud800", "x" * 1_000_000, "\u202e\u05d0", "e\u0301" * 99, "\x00", "١٢"]
    done, found = marked(tmp_path, lines(*(chart(place, text) for place, text in enumerate(odd))))
    assert done.returncode == 0, done.stderr
    assert [it["mark"] for it in found][:5] == [0.0] * 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("chartqaa", "a"), "Did you mean 'chartqa'?"),
        (("chartqa", "a", "--protocol", "lmms"), "lmms"),
        (("chartqa", "a", "--from", "elsewhere"), "elsewhere"),
    ],
)
def test_wrong_words_are_wrong_use(words, said):
    done = harness("mark", *words)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_memory_does_not_grow_with_the_answers(tmp_path):
    def peak(count):
        path = tmp_path / f"{count}.jsonl"
        with path.open("w") as out:
            out.writelines(lines(chart(number, "x" * 200)) for number in range(count))
        done = subprocess.run(
            [sys.executable, "-c", WEIGH, "mark", "chartqa", str(path)],
            env={**os.environ}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        code, kilobytes = done.stderr.splitlines()[-1].split()
        assert code == "0", done.stderr
        return int(kilobytes)

    # 80,000 lines are 27 MB of text; an id's digest and its mark are about a hundred bytes.
    assert peak(100_000) - peak(20_000) < 16_000


LOGGED = {
    "doc_id": 4, "target": "A", "filtered_resps": ["A."], "doc_hash": "0", "token_counts": [{"output_tokens": 2}],
    "input": "Which?\nA. red\nB. green\nAnswer with the option's letter from the given choices directly.",
    "exact_match": 1.0,
}  # fmt: skip


@pytest.mark.parametrize("answers", ["A.", ["A."], [["A."]]])
def test_a_log_of_lmms_eval_is_marked(tmp_path, answers):
    done, found = marked(
        tmp_path, lines({**LOGGED, "filtered_resps": answers}), "--from", "lmms_eval", "--protocol", "lmms_eval",
        benchmark="ai2d",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert found == [{"id": 4, "mark": 1.0, "extracted": "A", "rule": found[0]["rule"]}]


def test_a_log_that_lost_its_choices_or_repeats_is_refused(tmp_path):
    lost = {**LOGGED, "input": "Which?"}
    done, _ = marked(tmp_path, lines(lost), "--from", "lmms_eval", benchmark="ai2d")
    assert (done.returncode, "every question of AI2D has choices" in done.stderr) == (40, True)
    done, _ = marked(tmp_path, lines({**LOGGED, "filtered_resps": ["A", "B"]}), "--from", "lmms_eval", benchmark="ai2d")
    assert (done.returncode, "line 1: expected one answer in filtered_resps" in done.stderr) == (40, True)
    done, _ = marked(tmp_path, lines(chart(1)), "--from", "lmms_eval", benchmark="ai2d")
    assert (done.returncode, "has doc_id, target, filtered_resps" in done.stderr) == (40, True)


def sheet(name):
    head = ["index", "question", "answer", "A", "B", "C", "prediction"]
    rows = [["0", "Which?", "B", "red", "green", "", "B"], ["1", "Who, so?", "A", "x", "y", "z", "It is\tC"]]
    if name.endswith(".xlsx"):
        return workbook([head, *rows])
    if name.endswith(".json"):
        return json.dumps([dict(zip(head, row, strict=True)) for row in rows]).encode()
    mark = "\t" if name.endswith(".tsv") else ","
    return "\n".join(mark.join(f'"{cell}"' for cell in row) for row in [head, *rows]).encode()


@pytest.mark.parametrize("name", ["r.xlsx", "r.tsv", "r.csv", "r.json"])
def test_a_sheet_of_vlmevalkit_is_marked(tmp_path, name):
    done, found = marked(
        tmp_path, sheet(name), "--from", "vlmevalkit", "--protocol", "vlmevalkit", benchmark="ai2d", name=name
    )
    assert done.returncode == 0, done.stderr
    assert [(it["id"], it["mark"], it["extracted"]) for it in found] == [("0", 1.0, "B"), ("1", 0.0, "C")]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("r.pkl", b"\x80\x04.", "never as a pickle"),
        ("r.xlsx", b"PK\x03\x04", "is no readable workbook"),
        ("r.tsv", b"index\tanswer\n1\tA\n", "row 2: a sheet of VLMEvalKit has index and prediction"),
        ("r.tsv", b"index\tprediction\n1\tA\n", "row 2: no answer beside the prediction"),
    ],
)
def test_what_is_no_sheet_is_named(tmp_path, name, data, said):
    done, _ = marked(tmp_path, data, "--from", "vlmevalkit", benchmark="ai2d", name=name)
    assert (done.returncode, said in done.stderr) == (40, True), done.stderr
