"""Files on their way through a gateway that is a process: memory, disk, and what is left."""

import asyncio
import hmac
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shouyue.assembly import residue
from shouyue.assembly.settings import Settings
from tests.callers import SECRET

COUNT, SIZE = 50, 10_000_000
CANARY = b"13800138000 Zhang San, 15 Chang'an Street\n"
CONTENT = (CANARY * (SIZE // len(CANARY) + 1))[:SIZE]
BOUNDS = {"plain": 64, "uvicorn": 64, "granian": 128}
"""MiB that fifty files of ten million octets may add to a process; 12, 30 and 80 were measured."""


class Upstream:
    """Takes multipart calls, checks their signature, and answers once all are there."""

    def __init__(self) -> None:
        self.good = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        given = dict(line.lower().split(": ", 1) for line in head.strip().split("\r\n")[1:])
        mark = hmac.new(SECRET.encode(), given["x-shouyue-timestamp"].encode() + b"\n", "sha256")
        left, tail = int(given["content-length"]), b""
        while left:
            piece = await reader.read(min(left, 256 * 1024))
            left -= len(piece)
            mark.update(piece)
            tail = (tail + piece)[-600_000:]
        assert given["x-shouyue-signature"] == mark.hexdigest()
        assert CONTENT[-500_000:] in tail
        self.good += 1
        body = json.dumps({"result": 1, "data": {"originImgUrl": "o", "kwaiImgUrl": "k"}}).encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b"
            % (len(body), body)
        )
        writer.close()


@dataclass(frozen=True, slots=True)
class Gateway:
    """A process that was told to serve."""

    pid: int
    port: int
    params: dict[str, str]
    home: Path

    def memory(self, name: str) -> int:
        """A line of its status, in octets."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        found = re.search(rf"{name}:\s+(\d+) kB", status)
        assert found
        return int(found[1]) * 1024

    def nameless(self) -> Iterator[Path]:
        """Files of the house that it holds open and that have no name."""
        for one in Path(f"/proc/{self.pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed since it was listed
                if re.search(r"/spool/.*\(deleted\)", str(one.readlink())):
                    yield one


async def started(server: str, folder: Path, template: Path, upstream: int) -> Any:
    database = folder / "shouyue.db"
    shutil.copyfile(template, database)
    words = [f"sqlite:///{database}", str(folder), f"http://127.0.0.1:{upstream}", server]
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.uploading", *words),
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )


def body(params: dict[str, str]) -> tuple[bytes, bytes]:
    """What comes before and after the file."""
    texts = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in params.items()
    )
    file = '--b\r\nContent-Disposition: form-data; name="imgBytes"; filename="a"\r\n\r\n'
    return (texts + file).encode(), b"\r\n--b--\r\n"


class Sender:
    """One upload, of which the last octet is held back."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, params: dict[str, str]) -> None:
        before, after = body(params)
        whole = len(before) + SIZE + len(after)
        self.writer.write(
            b"POST /open/item/image/upload HTTP/1.1\r\nHost: h\r\nContent-Type: "
            b"multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n%b" % (whole, before)
        )
        for at in range(0, SIZE, 200_000):
            self.writer.write(CONTENT[at : at + 200_000])
            await self.writer.drain()
        self.writer.write(after[:-1])
        await self.writer.drain()

    async def end(self) -> dict[str, Any]:
        self.writer.write(b"\n")
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        size = int(head.split("content-length: ")[1].split("\r\n")[0])
        found: dict[str, Any] = json.loads(await self.reader.readexactly(size))
        return found


@pytest.mark.clause("5.1.1")
@pytest.mark.parametrize("server", list(BOUNDS))
def test_fifty_large_uploads_at_once_take_little_memory_and_leave_nothing(
    server: str, tmp_path: Path, sqlite_template: Path
) -> None:
    async def main() -> tuple[int, list[dict[str, Any]]]:
        upstream = Upstream()
        behind = await asyncio.start_server(upstream.serve, "127.0.0.1", 0, limit=2**20)
        port = behind.sockets[0].getsockname()[1]
        process = await started(server, tmp_path, sqlite_template, port)
        try:
            told = json.loads(await process.stdout.readline())
            gateway = Gateway(process.pid, told["port"], told["params"], tmp_path)
            found = await uploaded(gateway)
            assert upstream.good == COUNT
            return found
        finally:
            process.terminate()
            await process.wait()
            behind.close()

    more, answers = asyncio.run(main())
    assert [one["result"] for one in answers] == [1] * COUNT
    assert 0 < more < BOUNDS[server] * 1024 * 1024
    found = residue.search(Settings(home=tmp_path, development=True), [CANARY.decode().strip()])
    assert (found.hits, found.files > 0) == ((), True)


async def uploaded(gateway: Gateway) -> tuple[int, list[dict[str, Any]]]:
    """Send all, look at what lies on the disk, end all; return what memory grew by at most."""
    before = gateway.memory("VmRSS")
    lines = [await asyncio.open_connection("127.0.0.1", gateway.port) for _ in range(COUNT)]
    senders = [Sender(*line) for line in lines]
    try:
        return await ended(gateway, before, senders)
    finally:
        for one in senders:
            one.writer.close()


async def ended(
    gateway: Gateway, before: int, senders: Sequence[Sender]
) -> tuple[int, list[dict[str, Any]]]:
    await asyncio.gather(*(one.send(gateway.params) for one in senders))
    held = list(gateway.nameless())
    # Another process tells us nothing.
    while sum(one.stat().st_size for one in held) < COUNT * (SIZE - 200_000):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    assert len(held) == COUNT
    assert list((gateway.home / "spool").iterdir()) == []
    for one in held[::10]:
        assert CANARY[:20] not in one.read_bytes()
    answers = await asyncio.gather(*(one.end() for one in senders))
    async with asyncio.timeout(10):
        while list(gateway.nameless()):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.05)
    return gateway.memory("VmHWM") - before, answers
