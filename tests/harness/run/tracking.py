"""Start a tracking server as a machine of its own would be, and end it as a crash of that machine does."""

import os
import socket
import subprocess
import sysconfig
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

PATIENCE_S = 600


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def serve(
    folder: Path,
    port: int,
    backend: str = "",
    words: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    program: str = "",
) -> subprocess.Popen[bytes]:
    """Start a server with its artifacts in a folder, on a SQLite database there or on `backend`; wait for its answer.

    `program` is the `mlflow` to start, this environment's where it is empty.
    """
    folder.mkdir(exist_ok=True)
    store = backend or f"sqlite:///{folder}/t.db"
    places = ["--backend-store-uri", store, "--artifacts-destination", str(folder / "artifacts")]
    with (folder / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            [
                program or str(Path(sysconfig.get_path("scripts")) / "mlflow"),
                *("server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
                *(*places, *words),
            ],
            stdout=log,
            stderr=log,
            env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", **(environment or {})},
            start_new_session=True,
        )
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2):
                return process
        except OSError:
            time.sleep(0.3)
    raise RuntimeError(f"the tracking server does not answer:\n{(folder / 'log.txt').read_text()[-2000:]}")


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill the server with its workers."""
    subprocess.run(["kill", "-9", "--", f"-{process.pid}"], check=True)
    process.wait()
