"""The fingerprint says where a run happened, keeps secrets out, and needs no torch."""

import subprocess
import sys
from pathlib import Path

from harness.record.fingerprint import collect
from harness.schema.fingerprint import Fingerprint

ROOT = Path(__file__).parents[3]


def test_it_reads_back_as_it_was_collected():
    found = collect()
    assert Fingerprint.from_json(found.model_dump_json(), "here") == found
    assert found.python == ".".join(map(str, sys.version_info[:3]))
    assert found.packages["numpy"]


def test_of_a_package_that_is_there_twice_the_one_that_is_imported_counts(tmp_path):
    folders = [tmp_path / name for name in ("first", "second")]
    for folder, version in zip(folders, ("0.2", "0.1"), strict=True):
        told = folder / f"transformers-{version}.dist-info" / "METADATA"
        told.parent.mkdir(parents=True)
        told.write_text(f"Metadata-Version: 2.1\nName: transformers\nVersion: {version}\n")
    paths = [*map(str, folders), str(ROOT)]
    code = "from harness.record.fingerprint import collect; print(collect().packages['transformers'])"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {paths}; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "0.2\n"


def test_switches_are_those_of_determinism_and_no_secret():
    environment = {
        "OMP_NUM_THREADS": "1",
        "VLLM_BATCH_INVARIANT": "1",
        "VLLM_API_KEY": "hidden",
        "HF_TOKEN": "hidden",
        "SHELL": "sh",
    }
    assert collect(environment).switches == {"OMP_NUM_THREADS": "1", "VLLM_BATCH_INVARIANT": "1"}


def test_collecting_imports_no_torch():
    code = "import sys; from harness.record.fingerprint import collect; collect(); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_an_image_is_known_by_the_digest_that_was_passed_in_else_by_what_it_was_built_from(monkeypatch):
    monkeypatch.delenv("HARNESS_IMAGE_DIGEST", raising=False)
    monkeypatch.delenv("HARNESS_IMAGE_SOURCE", raising=False)
    assert collect().image is None
    monkeypatch.setenv("HARNESS_IMAGE_SOURCE", "ab" * 32)
    assert collect().image == "source:" + "ab" * 32
    monkeypatch.setenv("HARNESS_IMAGE_DIGEST", "sha256:" + "cd" * 32)
    assert collect().image == "sha256:" + "cd" * 32


def test_an_image_names_the_commit_it_was_built_from(monkeypatch):
    monkeypatch.setenv("HARNESS_COMMIT", "ef" * 20)
    found = collect()
    assert (found.commit, found.dirty) == ("ef" * 20, False)
