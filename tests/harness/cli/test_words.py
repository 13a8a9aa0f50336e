"""Words in, one answer out, and an exit code that means it: the command line as a shell sees it."""

import json
import os
import re
import subprocess
import sys

import pytest

from harness.cli.guard import guarded
from harness.cli.verbs import app
from harness.cli.verbs.program import program

VERBS = ("reproduce", "verify", "train", "evaluate", "score", "accept", "prepare", "list", "show", "doctor")


def harness(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command as a user would, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "harness", *words],
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def store(tmp_path) -> dict[str, str]:
    return {"HARNESS_STORE": str(tmp_path / "store")}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("reproduce clips chartqa", "no encoder 'clips'. Did you mean 'clip'? Known: clip, convnext"),
        ("reproduce clip+pix2strct chartqa", "Did you mean 'pix2struct'?"),
        ("reproduce clip chartqaa", "no benchmark or group 'chartqaa'. Did you mean 'chartqa'?"),
        ("train clip recipe.stages.0.step=3", "no key 'recipe.stages.0.step'. Did you mean 'recipe.stages.0.steps'?"),
        ("train clip recipe=tinny", "no recipe 'tinny'. Did you mean 'tiny'?"),
        ("train clip seed=abc", "seed"),
        ("train size:9", "size:k needs k from 1 to 5; came 'size:9'"),
        ("train clip+clip", "one or more different encoders; came 'clip+clip'"),
        ("reproduce clip+sam gqa --keep eva02", "--keep eva02 is not inside the trained subset clip+sam"),
        ("prepare --pretrain clips", "no part 'clips'. Did you mean 'clip'?"),
        ("reproduce clip chartqa --rung retrian", "retrian"),
        ("reproduce clip", "benchmark"),
        ("reprodce clip chartqa", "reprodce"),
        ("train clip --nonsense", "--nonsense"),
        ("list encoder", "encoder"),
    ],
)
def test_wrong_use_exits_2_says_what_came_and_leaves_nothing_behind(words, said, store, tmp_path):
    done = harness(*words.split(), **store)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not left


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("list encoders --json", 0),
        ("list subsets --json", 0),
        ("list benchmarks --json", 0),
        ("list recipes --json", 0),
        ("show clip chartqa --json", 0),
        ("train clips --json", 2),
        ("train --json", 2),
        ("reproduce clip chartqa --json --nonsense", 2),
        ("nonsense --json", 2),
        ("score nowhere.parquet --json", 40),
    ],
)
def test_json_is_exactly_one_value_on_standard_output_also_for_an_error(words, code, store):
    done = harness(*words.split(), **store)
    assert done.returncode == code, done.stderr
    value = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    if code:
        assert set(value) == {"error", "exit_code"}
        assert value["exit_code"] == code
        assert value["error"] in done.stderr


def test_every_verb_s_help_shows_examples_each_on_a_line_of_its_own(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    assert set(VERBS) <= {name for name in app if not name.startswith("-")}
    for verb in [name for name in app if not name.startswith("-")]:
        assert app([verb, "--help"]) is None
        shown = capsys.readouterr().out
        examples = re.findall(r"^(?:Examples?:)? +(harness .*)$", shown, re.MULTILINE)
        assert examples, shown
        steps = [one.split(" && ") for one in examples]
        assert all(any(re.match(rf"harness {verb}(?: |$)", step) for step in one) for one in steps), shown
        assert all(step.count("harness ") == 1 for one in steps for step in one), shown


def test_help_and_version_come_from_a_shell_too():
    helped, version = harness("--help"), harness("--version")
    assert (helped.returncode, version.returncode) == (0, 0)
    assert all(verb in helped.stdout for verb in VERBS)
    assert re.fullmatch(r"0\.1\.0\+cpu\.[0-9a-f]{12}", version.stdout.strip())


def test_the_tables_name_what_the_study_is_made_of():
    encoders, benchmarks = harness("list", "encoders"), harness("list", "benchmarks")
    assert all(name in encoders.stdout for name in ("clip", "convnext", "sam", "eva02", "pix2struct"))
    assert all(name in benchmarks.stdout for name in ("gqa", "ai2d", "chartqa", "cv_bench_2d"))
    assert len(json.loads(harness("list", "subsets", "--json").stdout)) == 31


def test_a_stopped_command_says_that_nothing_is_lost(capsys):
    def stop() -> int:
        raise KeyboardInterrupt

    stopping = program()
    stopping.command(stop, name="stop")
    assert guarded(stopping, ["stop"]) == 130
    assert "nothing is lost" in capsys.readouterr().err
