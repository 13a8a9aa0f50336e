"""Start a PostgreSQL database with passwords, and end it as a person or as a crash does."""

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

USER, PASSWORD = "tracker", "of-no-use-elsewhere"


def why_not() -> str:
    """Say why no tracking server on PostgreSQL with passwords can be started here, or nothing."""
    if _programs() is None:
        return "no PostgreSQL: apt-get install postgresql"
    missing = [name for name in ("psycopg2", "flask_wtf") if find_spec(name) is None]
    return f"no {' and no '.join(missing)}: ci/tracker installs what requirements/server.lock holds" if missing else ""


class Database:
    """Hold one database server in a folder of its own, listening on one port of this machine."""

    def __init__(self, folder: Path, port: int):
        self.folder, self.port = folder, port
        secret = folder / "secret"
        folder.mkdir()
        secret.write_text(PASSWORD)
        if os.getuid() == 0:
            # It refuses to run as root.
            for path in (folder, secret):
                shutil.chown(path, "postgres", "postgres")
        self._run(
            "initdb", "--pgdata", str(self._data), "--username", USER, "--auth=scram-sha-256", f"--pwfile={secret}"
        )
        self.start()
        for name in ("runs", "users"):
            self._run("createdb", f"--host={folder}", f"--port={port}", f"--username={USER}", name)

    def start(self) -> None:
        """Start it, and wait until it takes calls."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        log = str(self.folder / "log.txt")
        self._run("pg_ctl", "--pgdata", str(self._data), "--wait", "--log", log, "--options", options, "start")

    def stop(self) -> None:
        """End it at once; what was not committed is gone."""
        self._run("pg_ctl", "--pgdata", str(self._data), "--mode=immediate", "stop")

    def address(self, name: str) -> str:
        """Return the address of one of its databases, with the password in it."""
        return f"postgresql+psycopg2://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{name}"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _run(self, program: str, *words: str) -> None:
        programs = _programs()
        assert programs is not None
        as_whom = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        subprocess.run(
            [*as_whom, str(programs / program), *words],
            env={**os.environ, "PGPASSWORD": PASSWORD, "LC_ALL": "C"},
            cwd="/",
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=300,
        )


def _programs() -> Path | None:
    """Return the folder of the newest server's programs, which Debian keeps off the search path."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    found = shutil.which("initdb")
    return debian[-1] if debian else Path(found).parent if found else None
