"""The built image, run closed: ci/image builds it, starts the engine and calls these."""

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from harness import __version__
from harness.config import locks
from tests.container.closed import DOCKER, IMAGE, TARGET, asked, needs_image, python, run
from tests.harness.verify.bundles import made

# What was promised for audit; what cpu was when it was first built, and a little: what adds to it shall be seen.
MOST_BYTES = {"audit": 400_000_000, "cpu": 3_500_000_000}

pytestmark = needs_image


def judged(done):
    """Say how a judgement left, what it says of all stored seeds together, and what of each."""
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    return done.returncode, found["verdict"], {one["outcome"] for one in found["entries"]}


def test_the_version_names_the_lock():
    done = run("--version")
    assert done.stdout.strip() == f"{__version__}+{TARGET}.{(locks.lock_digest(TARGET) or '')[:12]}", done.stderr


def test_the_labels_say_version_commit_and_lock():
    done = subprocess.run([DOCKER, "image", "inspect", IMAGE], capture_output=True, text=True, check=True)
    (found,) = json.loads(done.stdout)
    labels = found["Config"]["Labels"]
    assert labels["harness.lock"] == f"sha256:{locks.lock_digest(TARGET)}"
    assert len(labels["org.opencontainers.image.revision"]) == 40
    assert labels["org.opencontainers.image.version"].startswith(f"{__version__}+{TARGET}.")
    assert "@sha256:" in labels["org.opencontainers.image.base.name"]
    assert found["Size"] < MOST_BYTES[TARGET], f"{found['Size']:,} bytes"


def test_nobody_in_it_is_root_and_nothing_in_it_can_be_written():
    code = "import os; print(os.getuid()); open('/opt/harness/x', 'w')"
    done = python(code)
    assert done.stdout == "10001\n"
    assert "Read-only file system" in done.stderr or "Permission denied" in done.stderr


def test_every_python_in_it_finds_the_project_and_nothing_that_lies_where_the_words_are_typed(store):
    stranger = store / "harness"
    stranger.mkdir()
    (stranger / "__init__.py").write_text("raise SystemExit('a stranger was run')")
    done = run("-m", "harness", "--version", entry=("--entrypoint", "python"), mounts=[(store, "/results")])
    assert (done.returncode, done.stdout.partition("+")[0]) == (0, __version__), done.stderr


def test_no_network_can_be_reached():
    done = python("import socket; socket.create_connection(('192.0.2.1', 80), timeout=2)")
    assert done.returncode == 1
    assert "Network is unreachable" in done.stderr


def test_the_bill_of_materials_lists_every_locked_package():
    done = python("print(open('/opt/bill-of-materials/sbom.cdx.json').read())")
    bill = json.loads(done.stdout)
    named = {part["name"].lower().replace("_", "-").replace(".", "-"): part["version"] for part in bill["components"]}
    assert bill["bomFormat"] == "CycloneDX"
    for package, version in locks.pins(TARGET).items():
        assert named[package.replace(".", "-")] == version
    licences = python("print(open('/opt/bill-of-materials/licences.md').read())").stdout
    assert "numpy" in licences


@pytest.mark.skipif(TARGET != "audit", reason="the image that trains keeps its base")
def test_the_image_of_an_auditor_holds_no_shell_and_says_what_was_left_out():
    for tool in ("sh", "/bin/bash", "apt-get", "pip", "git"):
        assert run(entry=("--entrypoint", tool)).returncode == 127
    told = python("print(open('/opt/bill-of-materials/left_out.txt').read())").stdout
    assert "scipy/io/__init__.py" in told.split()
    system = python("print(open('/opt/bill-of-materials/system.tsv').read())").stdout
    assert any(line.startswith("libc6\t") for line in system.splitlines())


ABSENT = """
from importlib.metadata import distributions
with open("/opt/bill-of-materials/left_out.txt") as lines:
    listed = set(lines.read().splitlines())
named = [(one, file) for one in distributions() for file in one.files or ()]
absent = {str(file) for one, file in named if file.suffix != ".pyc" and not one.locate_file(file).exists()}
print(len(named), sorted(absent - listed))
"""


@pytest.mark.skipif(TARGET != "audit", reason="the image that trains leaves nothing out")
def test_every_file_that_a_wheel_brought_is_there_or_listed_as_left_out():
    done = python(ABSENT)
    named, unlisted = done.stdout.split(" ", 1)
    assert int(named) > 1000, done.stderr
    assert unlisted.strip() == "[]"


def test_a_bundle_is_verified_from_a_read_only_folder(tmp_path):
    one = made(tmp_path)
    root = one.path.parent
    for file in root.iterdir():
        file.chmod(0o755 if file.is_dir() else 0o644)
    root.chmod(0o755)
    done = run("verify", f"/in/{one.path.name}", "--key", f"/in/{one.public.name}", "--json", mounts=[(root, "/in:ro")])
    # A bundle over questions that nobody pinned: it is judged, and refused for that.
    found = json.loads(done.stdout)
    assert (done.returncode, found["verdict"]) == (40, "INVALID"), done.stderr
    assert "pinned" in json.dumps(found)


def test_a_table_is_audited(tmp_path):
    table = Path(tmp_path) / "t.csv"
    table.write_text("model,chartqa\nours,50.001\n")
    tmp_path.chmod(0o755)
    done = run("audit", "/in/t.csv", mounts=[(tmp_path, "/in:ro")])
    assert done.returncode in (0, 20), done.stderr


def test_stored_answers_are_marked_again_without_any_folder_to_write_to():
    assert judged(run("verify", "clip", "gqa", "--json")) == (0, "MATCH", {"MATCH"})


def test_a_results_folder_that_takes_nothing_is_refused_with_3(store):
    words = ("verify", "clip", "gqa", "--report", "/results/verdict.xml")
    store.chmod(0o755)
    done = run(*words, mounts=[(store, "/results")])
    assert (done.returncode, "--user" in done.stderr) == (3, True), done.stderr
    done = run(*words)
    assert (done.returncode, "mount a folder at /results" in done.stderr) == (3, True), done.stderr
    store.chmod(0o777)
    assert run(*words, mounts=[(store, "/results")]).returncode == 0
    assert (store / "verdict.xml").read_text().startswith("<?xml")


def test_doctor_sees_that_nothing_is_mounted_for_results(store):
    def disk(**more):
        done = run("doctor", "--json", **more)
        (line,) = [one for one in json.loads(done.stdout) if one["what"] == "disk for the store"]
        return line["state"]

    assert disk() == ("warn" if TARGET == "audit" else "fail")
    assert disk(mounts=[(store, "/results")]) == "pass"


def test_a_results_folder_that_is_full_is_refused_with_3():
    # As whom it belongs to: an engine may give what is mounted there the mode and the owner of the folder below.
    full = ("--tmpfs=/results:rw,nr_inodes=1", "--user=0:0")
    done = run("verify", "clip", "gqa", "--report", "/results/v.xml", options=full)
    assert (done.returncode, "no room left" in done.stderr) == (3, True), done.stderr


def test_a_verb_runs_inside_the_image_and_knows_its_digest(store):
    done = asked(store, "verify", "clip", "gqa", "--json", "--in-image", IMAGE)
    assert judged(done) == (0, "MATCH", {"MATCH"})
    seen = asked(store, "doctor", "--json", "--in-image", IMAGE)
    (line,) = [one for one in json.loads(seen.stdout) if one["what"] == "image"]
    assert (line["state"], line["found"]) == ("pass", IMAGE)


def test_the_printed_line_does_the_same(store):
    line = asked(store, "verify", "clip", "gqa", "--json", "--in-image", IMAGE, "--print").stdout
    done = subprocess.run(shlex.split(line), capture_output=True, text=True)
    assert judged(done) == (0, "MATCH", {"MATCH"})


def test_an_image_that_the_engine_does_not_hold_is_refused_with_40(store):
    done = asked(store, "verify", "clip", "gqa", "--in-image", "sha256:" + "0" * 63 + "1")
    assert (done.returncode, "would not be the recorded one" in done.stderr) == (40, True), done.stderr
    done = asked(store, "verify", "clip", "gqa", "--in-image", "source:" + "0" * 64)
    assert done.returncode == 40
