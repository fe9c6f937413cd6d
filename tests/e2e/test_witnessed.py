"""A real platform and a real witness: what was signed is published, and checks offline."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from shouyue.ground.hazmat import notes
from tests.e2e.running import Platform, platform
from tests.witness import witness


def now() -> datetime:
    return datetime.now(UTC)


def test_a_running_platform_is_witnessed(tmp_path: Path) -> None:
    with platform(tmp_path) as running:
        log = _get(running, "/ledger/key").text.strip()
        running.kill()
        with witness(log, now) as watching:
            one = {"url": watching.url, "key": watching.key, "region": "CN"}
            running.world["SHOUYUE_WITNESSES"] = json.dumps([one])
            running.start()
            note = _witnessed(running)
            running.kill()
    (at,) = notes.cosigned(note, [watching.key])
    assert notes.verify_checkpoint(note, log).size == watching.size
    assert abs((now() - at).total_seconds()) < 120


def _get(running: Platform, path: str) -> httpx2.Response:
    return httpx2.get(f"{running.base}{path}", trust_env=False)


def _witnessed(running: Platform) -> str:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        answer = _get(running, "/ledger/checkpoint/witnessed")
        if answer.status_code == 200:
            return str(answer.text)
        time.sleep(0.5)
    raise AssertionError(running.log.read_text("utf-8")[-3000:])
