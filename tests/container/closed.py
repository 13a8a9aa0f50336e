"""Start the built image as nobody with nothing: no network, no capability, nothing to write but what is mounted."""

import os
import subprocess
import sys

import pytest

from tests.house.sources import ROOT

IMAGE, TARGET = os.environ.get("HARNESS_TEST_IMAGE", ""), os.environ.get("HARNESS_TEST_TARGET", "")
DOCKER = os.environ.get("DOCKER", "docker")
CLOSED = ("--read-only", "--network=none", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--tmpfs=/tmp:size=2g")

needs_image = [
    pytest.mark.container,
    pytest.mark.skipif(not IMAGE, reason="ci/image builds the image and names it in HARNESS_TEST_IMAGE"),
]


def engine(*words):
    return subprocess.run([DOCKER, *words], capture_output=True, text=True)


def run(*words, mounts=(), options=(), entry=(), kept=False):
    volumes = [word for host, there in mounts for word in ("-v", f"{host}:{there}")]
    return engine("run", *(() if kept else ("--rm",)), *CLOSED, *volumes, *options, *entry, IMAGE, *words)


def python(code, **more):
    return run("-c", code, entry=("--entrypoint", "/opt/venv/bin/python"), **more)


def asked(store, *words):
    """Type words outside, where --in-image takes them inside."""
    settings = {**os.environ, "HARNESS_STORE": str(store)}
    line = [sys.executable, "-m", "harness", *words]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, env=settings)
