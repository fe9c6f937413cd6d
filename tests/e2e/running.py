"""A real platform: `shouyue serve --development` in a process of its own, to be killed at will."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import sqlalchemy as sa

from shouyue.ground.jobs.tables import JobRow
from shouyue.ground.jobs.types import State

_COMMAND = "from shouyue.assembly.cli import main; main()"
_START_SECONDS = 60.0
_SETTLE_SECONDS = 30.0


class Platform:
    """One home, one port, one database; any number of processes after one another."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.home = folder / "home"
        self.log = folder / "log"
        self.database = database
        self.python: tuple[str, ...] = (sys.executable,)
        self.world: dict[str, str] = {}
        """What its environment has besides ours."""
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self.port: int = listening.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def database_url(self) -> str:
        """Where the rows are."""
        return self.database or f"sqlite:///{self.home / 'shouyue.db'}"

    @property
    def upstream_secret(self) -> str:
        """What the operator's systems sign with."""
        agreed = json.loads((self.home / "development.json").read_text(encoding="utf-8"))
        return str(agreed["upstream_secret"])

    def start(self) -> None:
        """Start, and wait until it is ready."""
        kept = {name: one for name, one in os.environ.items() if not name.startswith("SHOUYUE_")}
        more = {"SHOUYUE_HOME": str(self.home), "PORT": str(self.port)}
        more |= {"SHOUYUE_DATABASE": self.database} if self.database else {}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self.python, "-c", _COMMAND, "serve", "--development"],
                env={**kept, **more, **self.world},
                stdout=log,
                stderr=log,
            )
        if not self._ready(self._process):
            raise AssertionError(self.log.read_text(encoding="utf-8")[-3000:])

    def kill(self) -> None:
        """Kill -9: no goodbye, nothing flushed."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to stop, as an operator does."""
        self._end(signal.SIGTERM)

    def rows(self) -> dict[str, int]:
        """Return how many rows each table has."""
        return {name: len(found) for name, found in self.contents().items()}

    def contents(self) -> dict[str, list[tuple[object, ...]]]:
        """Return every value of every table."""
        engine = sa.create_engine(self.database_url)
        try:
            with engine.connect() as connection:
                names = sa.inspect(connection).get_table_names()
                return {
                    name: [tuple(row) for row in connection.execute(sa.text(_all(name)))]
                    for name in names
                }
        finally:
            engine.dispose()

    def settle(self) -> None:
        """Return when no job is due or under way: what was done so far has had all its effects."""
        due = sa.and_(JobRow.state == State.WAITING, JobRow.due <= datetime.now(UTC))
        asked = sa.select(JobRow.id).where(sa.or_(JobRow.state == State.LEASED, due))
        engine = sa.create_engine(self.database_url)
        try:
            until = time.monotonic() + _SETTLE_SECONDS
            while time.monotonic() < until:
                with engine.connect() as connection:
                    if connection.execute(asked).first() is None:
                        return
                time.sleep(0.1)
        finally:
            engine.dispose()
        raise AssertionError("jobs go on and on")

    def execute(self, statement: str) -> None:
        """Change something behind the platform's back, as the passing of time does."""
        engine = sa.create_engine(self.database_url)
        with engine.begin() as connection:
            connection.execute(sa.text(statement))
        engine.dispose()

    def _ready(self, process: subprocess.Popen[bytes]) -> bool:
        until = time.monotonic() + _START_SECONDS
        with httpx2.Client(base_url=self.base, trust_env=False) as client:
            while time.monotonic() < until and process.poll() is None:
                with suppress(httpx2.HTTPError):
                    if client.get("/readyz").status_code == 200:
                        return True
                time.sleep(0.05)
        return False

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None


def _all(table: str) -> str:
    return f'SELECT * FROM "{table}"'  # noqa: S608 - names from the database itself


@contextmanager
def platform(folder: Path, database: str = "") -> Iterator[Platform]:
    """A running platform, killed at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    one = Platform(folder, database)
    try:
        one.start()
        yield one
    finally:
        one.kill()
