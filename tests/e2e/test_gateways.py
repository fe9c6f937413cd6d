"""Several gateways on one database, as operated: what one process decides, and what none loses."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from shouyue.assembly import wiring
from shouyue.assembly.settings import Settings
from shouyue.ground.store import migrate
from shouyue.platform.apps import freezing
from shouyue.platform.apps.types import FreezeReason, Issued
from shouyue.platform.traffic.tables import CallRow
from tests.blank import blank
from tests.callers import signature
from tests.merchants import make_app

_OURS = ["-c", "from shouyue.assembly.cli import main; main()", "gateway", "--development"]
_GRANIAN = ["-m", "granian", "--interface", "rsgi", "--factory", "--workers", "2", "--no-ws"]
# Asked to stop while it starts, a worker of Granian's does not hear it.
_GRANIAN += ["--workers-kill-timeout", "10"]
_TARGET = "shouyue.assembly.granian:gateway"
_START_SECONDS = 60.0
BOUND = 1.0
"""Seconds after a freeze is committed in which a gateway elsewhere may still take a call."""
_GRACE = 0.5
"""What a call and a busy machine may add."""


@pytest.fixture
def address(database: str, tmp_path: Path) -> Iterator[str]:
    with blank(database, tmp_path) as found:
        migrate.upgrade(found)
        yield found


@contextmanager
def gateway(home: Path, database: str, *, of_granian: bool = False) -> Iterator[httpx2.Client]:
    """`shouyue gateway` in a process of its own, or two workers of Granian, and a client."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    kept = {name: one for name, one in os.environ.items() if not name.startswith("SHOUYUE_")}
    own = {"SHOUYUE_HOME": str(home), "SHOUYUE_DATABASE": database, "PORT": str(port)}
    own["SHOUYUE_DEVELOPMENT"] = "true"
    granian = [*_GRANIAN, "--port", str(port), _TARGET]
    process = subprocess.Popen(
        [sys.executable, *(granian if of_granian else _OURS)],
        env={**kept, **own},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            _await(client, process)
            yield client
    finally:
        process.terminate()
        process.wait(60)


def _await(client: httpx2.Client, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with suppress(httpx2.HTTPError):
            client.get("/open/shop/info/get")
            return
        time.sleep(0.05)
    raise AssertionError("the gateway does not answer")


def ended(client: httpx2.Client, app: Issued) -> str:
    """Call well but for the token, and return the sub code: a frozen app does not get so far."""
    params = {
        "appkey": app.appkey,
        "method": "open.shop.info.get",
        "version": "1",
        "timestamp": str(int(time.time() * 1000)),
        "signMethod": "HMAC_SHA256",
        "param": "{}",
        "access_token": "nobody",
    }
    query = urlencode({**params, "sign": signature(params, app.sign_secret)})
    told: Mapping[str, Any] = client.get(f"/open/shop/info/get?{query}").json()
    return str(told["sub_code"])


def test_a_freeze_stops_every_process_within_a_second(address: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    house = wiring.build(Settings(home=home, development=True, database=SecretStr(address)))
    with house.store.begin() as db:
        _, app = make_app(db)
    with ExitStack() as running:
        ours = (gateway(home, address), gateway(home, address, of_granian=True))
        clients = [running.enter_context(one) for one in ours]
        assert [ended(client, app) for client in clients] == ["oauth.token"] * 2

        with house.store.begin() as db:
            freezing.freeze(db, app.app_id, FreezeReason.LEAK, "staff-1")
        frozen_at = time.monotonic()

        last = dict.fromkeys(range(2), frozen_at)
        while time.monotonic() < frozen_at + 2 * BOUND:
            for number, client in enumerate(clients):
                begun = time.monotonic()
                if ended(client, app) != "gateway.app-frozen":
                    last[number] = begun
            time.sleep(0.01)
        late = [at - frozen_at for at in last.values()]
        assert max(late) <= BOUND + _GRACE

        with house.store.begin() as db:
            freezing.thaw(db, app.app_id, "staff-2")
        time.sleep(BOUND + _GRACE)
        assert [ended(client, app) for client in clients] == ["oauth.token"] * 2
    house.store.close()


def test_workers_of_granian_write_every_line_before_they_end(address: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    house = wiring.build(Settings(home=home, development=True, database=SecretStr(address)))
    with house.store.begin() as db:
        _, app = make_app(db)
    with gateway(home, address, of_granian=True) as client:
        told = [ended(client, app) for _ in range(50)]
    assert told == ["oauth.token"] * 50
    with house.store.read() as db:
        mine = sa.select(sa.func.count()).where(CallRow.app == app.app_id)
        assert db.execute(mine).scalar() == 50
    house.store.close()
