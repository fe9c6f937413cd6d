"""Kill -9 at many points: what was acknowledged stays, what was not leaves nothing behind."""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from shouyue_sandbox import wire
from shouyue_sandbox.demo import errand
from shouyue_sandbox.demo.walk import Walk, wait
from shouyue_sandbox.demo.workshop import PAID
from tests.e2e.running import Platform, platform

# After the answer to each of these, the process dies before anything else is asked.
_DEADLY = (
    "/login/phone",
    "/consent",
    "/onboarding",
    "/onboarding/enterprise",
    "/onboarding/check",
    "/onboarding/link",
    "/yes",
    "/ops/login",
    "/see",
    "/approve",
    "/apps/new",
    "/messages/address",
    "/messages/types",
    "/oauth2/authorize",
    "/pay",
)


class Death:
    """Kills the platform after the first good answer to each deadly act, and starts it again."""

    def __init__(self, running: Platform) -> None:
        self.running = running
        self.left = set(_DEADLY)
        self.walk: Walk | None = None

    def __call__(self, answer: httpx2.Response) -> None:
        path = answer.request.url.path
        deed = next((one for one in self.left if path.endswith(one)), "")
        if answer.request.method != "POST" or answer.status_code >= 400 or not deed:
            return
        answer.read()
        self.left.discard(deed)
        if self.walk is not None:
            self.walk.read_letters()  # letters live in the memory that is about to go
        self.running.kill()
        self.running.start()


@pytest.fixture(scope="module")
def survived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Platform, Walk, Death]]:
    """A platform that died in every step and was started again on the same home."""
    with platform(tmp_path_factory.mktemp("kill")) as running:
        death = Death(running)
        walk = Walk(running.base, death)
        death.walk = walk
        try:
            for step in errand.STEPS:
                step.act(walk)
            yield running, walk, death
        finally:
            walk.close()


def test_the_errand_goes_on_after_every_death(survived: tuple[Platform, Walk, Death]) -> None:
    _, _, death = survived
    assert death.left == set()


def test_nothing_is_there_twice_or_by_half(survived: tuple[Platform, Walk, Death]) -> None:
    running, _, _ = survived
    contents = running.contents()
    rows = {name: len(found) for name, found in contents.items()}
    assert rows["account"] == 3  # the developer, the merchant and a sub-account
    assert rows["certification_case"] == rows["app"] == rows["push_subscription"] == 1
    assert "dead" not in {str(cell) for row in contents["job"] for cell in row}


def test_the_database_is_whole(survived: tuple[Platform, Walk, Death]) -> None:
    running, _, _ = survived
    connection = sqlite3.connect(running.home / "shouyue.db")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


def test_an_acknowledged_event_arrives_after_a_death(
    survived: tuple[Platform, Walk, Death],
) -> None:
    running, walk, _ = survived
    number = walk.seller * 1000 + 1
    assert _tell(running, walk, number)["result"] == 1
    running.kill()
    running.start()
    assert wait(lambda: walk.receiver.about(number, PAID), "the event did not arrive")


def test_a_delivery_cut_in_the_middle_is_made_again(
    survived: tuple[Platform, Walk, Death],
) -> None:
    running, walk, _ = survived
    number = walk.seller * 1000 + 2
    begun, go_on = threading.Event(), threading.Event()

    def hold(_message: object) -> None:
        begun.set()
        go_on.wait(20)

    walk.receiver.before_answer = hold
    assert _tell(running, walk, number)["result"] == 1
    assert begun.wait(20)
    running.kill()
    walk.receiver.before_answer = lambda _message: None
    go_on.set()
    time.sleep(0.2)
    walk.receiver.messages.clear()
    running.start()
    message = wait(lambda: walk.receiver.about(number, PAID), "it did not come again")
    assert message["eventId"] == f"kill_{number}"


def test_an_event_sent_again_after_a_death_is_one_event(
    survived: tuple[Platform, Walk, Death],
) -> None:
    running, walk, _ = survived
    number = walk.seller * 1000 + 3
    assert _tell(running, walk, number)["result"] == 1
    running.kill()
    running.start()
    assert _tell(running, walk, number)["result"] == 1
    wait(lambda: walk.receiver.about(number, PAID), "the event did not arrive")
    assert sum(f"kill_{number}" in map(str, row) for row in running.contents()["push_event"]) == 1


def _tell(running: Platform, walk: Walk, number: int) -> dict[str, object]:
    now = time.time_ns() // 1_000_000
    info = {"oid": number, "sellerId": walk.seller, "status": 30, "updateTime": now}
    event = {
        "event_id": f"kill_{number}",
        "event": PAID,
        "seller_id": walk.seller,
        "biz_id": number,
        "info": info,
        "at": now,
    }
    body = json.dumps(event).encode()
    headers = wire.headers(running.upstream_secret, now, body)
    answer = httpx2.post(
        f"{running.base}/intake/events", content=body, headers=headers, trust_env=False
    )
    found: dict[str, object] = answer.json()
    return found


def test_a_death_at_the_first_start_leaves_a_home_that_starts(tmp_path: Path) -> None:
    running = Platform(tmp_path)
    for pause in (0.9, 1.3, 1.7):
        _start_and_kill(running, pause)
    running.start()
    assert running.rows()["account"] == 0
    running.stop()


def _start_and_kill(running: Platform, seconds: float) -> None:
    starting = threading.Thread(target=_try_to_start, args=(running,))
    starting.start()
    time.sleep(seconds)
    running.kill()
    starting.join()


def _try_to_start(running: Platform) -> None:
    with suppress(AssertionError, AttributeError):
        running.start()
