"""A Redis of our own on a socket, for tests that need the real one."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def is_installed() -> bool:
    return shutil.which("redis-server") is not None


class Server:
    """One process that keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = ("redis-server", "--port", "0", "--unixsocket", str(self.socket))
        self._process = subprocess.Popen(
            [*words, "--save", "", "--daemonize", "no"], stdout=subprocess.PIPE
        )
        assert self._process.stdout
        # It says so when it listens; what it says later fits into the pipe.
        for line in self._process.stdout:
            if b"ready to accept connections" in line.lower():
                return
        raise AssertionError("redis-server did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            assert self._process.stdout
            self._process.stdout.close()
            self._process = None


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server that runs until the end."""
    server = Server(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
