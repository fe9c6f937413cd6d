"""Compare gateways in one run: `python -m benchmarks.gateway.run [SECONDS] [WINDOWS]`, as root.

The server under test has core 0; wrk and the upstream have core 1. Each window asks every server in
turn, so that whatever else the machine does meets all of them. The figure is the processor time of
the server for one answer (user and system, its own threads included), the best window of several:
the least disturbed one. Needs wrk, nginx, its Lua module and lua-cjson from the distribution, for
the Python peers `pip install fastapi httpx aiohttp`, for Node's `npm install undici` and NODE_PATH;
peers that are missing are left out. Prints a table, and draws `processor.svg` beside this file.
"""

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.gateway import plot, prepare

_HERE = Path(__file__).parent
_PEERS = _HERE / "peers"
_TICK = 1_000_000 // os.sysconf("SC_CLK_TCK")
_PORTS = {
    "nginx + Lua": 8301,
    "nginx, no checks": 8302,
    "ours": 8303,
    "ours on uvicorn": 8304,
    "Starlette + aiohttp": 8305,
    "FastAPI + httpx": 8306,
    "node + undici": 8307,
    "ours on Granian": 8308,
    "ours, nothing protected": 8309,
    "ours, nothing protected, no log": 8310,
}
_UPSTREAM = 9000
_APPS, _CALLS, _LINES, _LONG = 1000, 20_000, 64, 16


@dataclass(frozen=True, slots=True)
class Window:
    """What one server did in one window. Times in microseconds."""

    answers: float
    processor: float
    p50: int
    p99: int
    wrong: int


def main(seconds: int, windows: int) -> None:
    """Run all and print a table."""
    with ExitStack() as open_ones:
        folder = Path(open_ones.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        upstream_answers(folder)
        prepare.prepare(folder, _APPS, _CALLS)
        open_ones.enter_context(_nginx(folder, "upstream", _UPSTREAM, "", core=1))
        servers = {
            "nginx, no checks": _nginx(folder, "bare", 8302, ""),
            "nginx + Lua": _nginx(folder, "lua", 8301, "access_by_lua_block { gate.check() }"),
            "ours": _ours(folder, 8303, "plain"),
            "ours, nothing protected": _ours(folder, 8309, "open"),
            "ours, nothing protected, no log": _ours(folder, 8310, "blind"),
            "ours on Granian": _ours(folder, 8308, "granian"),
            "ours on uvicorn": _ours(folder, 8304, "uvicorn"),
            **_peers(folder),
        }
        pids = {name: open_ones.enter_context(one) for name, one in servers.items()}
        took: dict[str, dict[str, float]] = {}
        for calls in ("item", "orders"):
            for name, pid in pids.items():
                _warm(folder, name, pid, calls)
            found: dict[str, list[Window]] = {name: [] for name in pids}
            for _ in range(windows):
                for name, pid in pids.items():
                    found[name].append(_window(folder, name, pid, calls, seconds))
            _print(calls, found)
            took[calls] = {name: min(one.processor for one in some) for name, some in found.items()}
        (_HERE / "processor.svg").write_text(plot.picture(took), "utf-8")


def _warm(folder: Path, name: str, pid: int, calls: str) -> None:
    """Ask ever longer, until every app was heard once: what is held in memory is held now."""
    seconds = 2
    while _window(folder, name, pid, calls, seconds).answers * seconds < _APPS and seconds < _LONG:
        seconds *= 2


def _window(folder: Path, name: str, pid: int, calls: str, seconds: int) -> Window:
    before = _processor(pid)
    said = subprocess.run(
        [
            *("taskset", "-c", "1", "wrk", "-t1", f"-c{_LINES}", f"-d{seconds}s"),
            *("-s", _HERE / "wrk.lua", f"http://127.0.0.1:{_PORTS[name]}"),
        ],
        env={**os.environ, "CALLS": str(folder / f"calls-{calls}.txt")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    line = next(line for line in said.splitlines() if line.startswith("RESULT"))
    answers, took, p50, p99, wrong = map(int, line.split()[1:])
    used = (_processor(pid) - before) / answers
    return Window(answers / took * 1_000_000, used, p50, p99, wrong)


def _print(calls: str, found: Mapping[str, list[Window]]) -> None:
    base = min(one.processor for one in found["nginx + Lua"])
    print(f"\n{calls}: best of {len(next(iter(found.values())))} windows, {_LINES} lines")
    print("| server | answers/s | processor us | to nginx + Lua | p50 ms | p99 ms | wrong |")
    print("|---|---|---|---|---|---|---|")
    for name, windows in found.items():
        best = min(windows, key=lambda one: one.processor)
        p99 = statistics.median(one.p99 for one in windows)
        print(
            f"| {name} | {best.answers:,.0f} | {best.processor:.0f} "
            f"| {base / best.processor:.2f} | {best.p50 / 1000:.1f} | {p99 / 1000:.1f} "
            f"| {sum(one.wrong for one in windows)} |"
        )


def upstream_answers(folder: Path) -> None:
    """Write down what the upstream answers: an item, and a page of twenty orders."""
    item = {"kwaiItemId": 21300000000001, "title": "云南小粒咖啡豆 中烘 500g", "categoryId": 123}
    item |= {"details": "单一产区日晒处理，口感醇厚。" * 8, "price": 6800, "stock": 30}
    (folder / "item.json").write_text(_answer(item))
    orders = [_order(number) for number in range(20)]
    page = {"orderList": orders, "cursor": "nomore"}
    (folder / "orders.json").write_text(_answer(page))


def _answer(data: object) -> str:
    whole = {"result": 1, "data": data}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def _order(number: int) -> dict[str, object]:
    oid = 2632700000001 + number
    base = {"oid": oid, "status": 30, "buyerOpenId": f"buyer-{number}", "buyerNick": "月亮"}
    address = {"consignee": "欧阳明月", "mobile": f"138{number:08d}", "address": "文一西路969号3幢"}
    return {"orderBaseInfo": base, "orderAddress": {**address, "province": "浙江省"}}


@contextmanager
def _nginx(folder: Path, name: str, port: int, check: str, core: int = 0) -> Iterator[int]:
    log = f"{folder}/{name}.log line buffer=64k flush=1s" if port != _UPSTREAM else "off"
    words = {"FOLDER": folder, "HERE": _PEERS, "NAME": name, "PORT": f"127.0.0.1:{port}"}
    text = (_PEERS / "nginx.conf").read_text()
    for word, value in {**words, "CHECK": check, "LOG": log}.items():
        text = text.replace(word, str(value))
    conf = folder / f"{name}.conf"
    conf.write_text(text)
    with _running(["nginx", "-p", folder, "-c", conf], core) as master:
        _wait(f"http://127.0.0.1:{port}/api/open.item.get")
        found = subprocess.run(["pgrep", "-P", str(master)], capture_output=True, check=True)
        yield int(found.stdout.split()[0])


@contextmanager
def _ours(folder: Path, port: int, server: str) -> Iterator[int]:
    mine = folder / server
    mine.mkdir()
    shutil.copy(folder / "house.db", mine / "house.db")
    command = [sys.executable, "-m", "benchmarks.gateway.ours", mine, str(port), server]
    with _running(command, 0) as pid:
        _wait(f"http://127.0.0.1:{port}/open/item/get")
        yield pid


def _peers(folder: Path) -> dict[str, AbstractContextManager[int]]:
    """Return the peers that are installed."""
    ours = [sys.executable, "-m"]
    peers = {
        "node + undici": (_has_undici(), ["node", _PEERS / "undici.js"]),
        "Starlette + aiohttp": (
            find_spec("aiohttp"),
            [*ours, "benchmarks.gateway.peers.starlette_aiohttp"],
        ),
        "FastAPI + httpx": (
            find_spec("fastapi"),
            [*ours, "benchmarks.gateway.peers.fastapi_httpx"],
        ),
    }
    return {
        name: _peer(folder, command, _PORTS[name])
        for name, (is_there, command) in peers.items()
        if is_there
    }


def _has_undici() -> bool:
    if not shutil.which("node"):
        return False
    looked = subprocess.run(["node", "-e", "require('undici')"], check=False, capture_output=True)
    return looked.returncode == 0


@contextmanager
def _peer(folder: Path, command: list[object], port: int) -> Iterator[int]:
    with _running(["env", f"FOLDER={folder}", *command, port], 0) as pid:
        _wait(f"http://127.0.0.1:{port}/open/item/get")
        yield pid


@contextmanager
def _running(command: list[object], core: int) -> Iterator[int]:
    words = ["taskset", "-c", str(core), *map(str, command)]
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)


def _wait(url: str, seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(url)


def _processor(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return float((int(fields[11]) + int(fields[12])) * _TICK)


if __name__ == "__main__":
    main(*map(int, (sys.argv[1:] + ["4", "3"][len(sys.argv) - 1 :])[:2]))
