"""A PostgreSQL server of the tests' own: in a folder of its own, on a socket in that folder."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

INSTALLED = Path("/usr/lib/postgresql")  # Debian's package: a folder for each version
UNPRIVILEGED = "postgres"  # comes with the package; the server refuses to run as root
GUARD_S = 60.0
# Nothing here has to outlive a power cut.
HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Server:
    """`user` None: the one that runs the tests."""

    def __init__(self, folder: Path, programs: Path, user: str | None) -> None:
        self._folder = folder
        self._programs = programs
        self._user = user

    def url(self, database: str) -> str:
        """By the socket: no port that somebody else could have."""
        return f"postgresql://{self._user or getpass.getuser()}@/{database}?host={self._folder}"

    def make(self, database: str, template: str = "template0") -> str:
        """An empty one, or a copy; its URL."""
        self.say(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        self.say(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def say(self, sql: str, database: str = "postgres") -> list[list[str]]:
        """From a process of its own, as an operator would; the rows as texts."""
        asked = ["-XAtq", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", self.url(database), "-c", sql]
        return [line.split("\t") for line in self._run("psql", *asked).splitlines()]

    @contextmanager
    def running(self) -> Iterator[None]:
        """Until the block or this process ends, however it ends."""
        data = str(self._folder / "data")
        self._run("initdb", "-D", data, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = (f"unix_socket_directories={self._folder}", "listen_addresses=", *HASTE)
        command = [str(self._programs / "postgres"), "-D", data]
        command += [word for option in options for word in ("-c", option)]
        with (
            (self._folder / "log").open("w") as log,
            subprocess.Popen(
                ["setpriv", "--pdeathsig", "INT", *command], stderr=log, cwd="/", **self._as_user()
            ) as process,
        ):
            try:
                self._wait_for(process)
                yield
            finally:
                process.send_signal(signal.SIGINT)  # fast: without waiting for its clients

    def _wait_for(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + GUARD_S
        asked = [str(self._programs / "pg_isready"), "-q", "-h", str(self._folder)]
        while subprocess.run(asked).returncode:
            assert process.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.02)

    def _run(self, program: str, *words: str) -> str:
        command = [str(self._programs / program), *words]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", **self._as_user())
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _as_user(self) -> dict[str, Any]:
        if self._user is None:
            return {}
        return {"user": self._user, "group": self._user, "extra_groups": []}


@contextmanager
def serving() -> Iterator[Server]:
    """Skips the test where PostgreSQL is not installed."""
    programs = sorted(INSTALLED.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not programs:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    # short, since a socket's path has a hundred characters; and open to who runs the server
    folder = Path(tempfile.mkdtemp(prefix="sketchlife-pg-", dir="/tmp"))
    try:
        if user is not None:
            os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        server = Server(folder, programs[-1].parent, user)
        with server.running():
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)
