"""A platform of its own for the demo: a process on a free port with a home that is thrown away."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from shouyue_sandbox.demo import errand

_START_SECONDS = 60.0
_STOP_SECONDS = 15.0
_PAUSE_SECONDS = 0.25
_COMMAND = "from shouyue.assembly.cli import main; main()"


class NotStarted(Exception):  # noqa: N818 - the command line says it and ends
    """The platform did not come up; holds the end of what it wrote."""


@contextmanager
def platform() -> Iterator[str]:
    """Yield the address of a running platform, and stop it afterwards. Raises NotStarted."""
    with TemporaryDirectory(prefix="shouyue-") as folder:
        log, port = Path(folder) / "log", _free_port()
        with log.open("wb") as written:
            process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-c", _COMMAND, "serve", "--development"],
                env=_environment(Path(folder) / "home", port),
                stdout=written,
                stderr=written,
            )
        try:
            yield _ready(process, f"http://127.0.0.1:{port}", log)
        finally:
            _stop(process)


def _environment(home: Path, port: int) -> dict[str, str]:
    # The operator's own database and partners must not be touched by a walk-through.
    given = os.environ.items()  # noqa: TID251 - assembly reads the environment, here to hand it on
    kept = {name: value for name, value in given if not name.startswith("SHOUYUE_")}
    return {**kept, "SHOUYUE_HOME": str(home), "PORT": str(port)}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def _ready(process: subprocess.Popen[bytes], address: str, log: Path) -> str:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if errand.is_there(address):
            return address
        time.sleep(_PAUSE_SECONDS)
    raise NotStarted(log.read_text(encoding="utf-8", errors="replace")[-2000:])


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
