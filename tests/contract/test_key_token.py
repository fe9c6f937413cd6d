"""The token by which a key service knows us: renewed in time, told of in time, refused by name."""

import asyncio
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from shouyue.assembly import serving, wiring
from shouyue.assembly.settings import Settings
from shouyue.assembly.systems import KeyServiceSettings
from shouyue.ground.hazmat.errors import KeyUnavailable
from shouyue.ground.jobs.service import Worker
from shouyue.people.alarms import jobs as bells
from shouyue.people.alarms import service as alarms
from shouyue.people.alarms.types import Alarm
from shouyue.privacy.egress.errors import KeyTokenEnded
from shouyue.privacy.egress.identities import authorities
from shouyue.privacy.egress.keyline import KeyService
from shouyue.privacy.egress.keytoken import Token
from shouyue.privacy.egress.transit import Transit
from tests.contract.test_key_service import (
    KEY,
    LIVE,
    cut,
    flood,
    hang_up,
    keeper,
    sealed_service,
    service,
)
from tests.transit import TOKEN, Issued, Service, send

__all__ = ["service"]  # the fixture


def test_a_token_at_its_end_is_refused_by_name_and_no_other_trouble_is(service: Service) -> None:
    heard: list[str] = []
    there = KeyService(service.url, TOKEN, pause=60.0)
    ended = Transit(there, authorities(), heard.append)
    service.token = Issued(lambda: 100.0, ends=100.0)
    for _ in range(3):  # it is asked once, and the pause says the same
        with pytest.raises(KeyTokenEnded):
            ended.wrap(LIVE, KEY, b"mine")
    assert (heard, len(service.asked)) == (["token-ended"], 2)
    service.token = Issued()

    def of_another_policy(handler: BaseHTTPRequestHandler, status: int, text: bytes) -> None:
        known = "/auth/token/" in handler.path
        send(handler, status if known else 403, text if known else b'{"errors":["denied"]}')

    service.twist = of_another_policy
    with pytest.raises(KeyUnavailable) as refusal:
        keeper(service).wrap(LIVE, KEY, b"mine")
    assert refusal.value.code == "hazmat.key-unavailable"


def test_a_namespace_is_said_with_each_question(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.namespace = "shops/east"
    with pytest.raises(KeyTokenEnded):
        keeper(service).wrap(LIVE, KEY, b"mine")
    monkeypatch.setenv("SHOUYUE_KEY_SERVICE__URL", service.url)
    monkeypatch.setenv("SHOUYUE_KEY_SERVICE__TOKEN", TOKEN)
    monkeypatch.setenv("SHOUYUE_KEY_SERVICE__REGION", "CN")
    monkeypatch.setenv("SHOUYUE_KEY_SERVICE__NAMESPACE", "shops/east/")
    wiring.build(Settings(home=tmp_path, development=True)).store.close()
    for unfit in ("two words", "line\nbreak", "é"):
        with pytest.raises(ValueError, match="ASCII"):
            KeyServiceSettings(
                url=service.url, token=SecretStr(TOKEN), region="CN", namespace=unfit
            )


class Life:
    """A token's life in hours, seen by both sides."""

    def __init__(self, service: Service, hours: float, **issued: Any) -> None:
        self.now = 1000.0
        self.service, self.lasts = service, hours * 3600
        ends = self.now + self.lasts
        service.token = Issued(self.clock, ends=ends, lasts=self.lasts, **issued)
        self.told: list[str] = []
        self.token = Token(keeper(service).line, self.told.append, self.clock)

    def clock(self) -> float:
        return self.now

    def goes_on(self, hours: float, minutes: float = 1.0) -> None:
        """Servers make their rounds every so many minutes."""
        for _ in range(int(hours * 60 / minutes)):
            self.token.keep()
            self.now += minutes * 60

    def asked(self, verb: str) -> int:
        return self.service.asked.count(f"/v1/auth/token/{verb}-self")


def test_a_token_is_renewed_before_it_ends_and_seldom(service: Service) -> None:
    life = Life(service, hours=1)
    life.goes_on(hours=30)
    assert not service.token.is_over()
    assert life.told == []
    assert (life.asked("lookup"), 50 < life.asked("renew") < 70) == (1, True)


def test_a_token_that_never_ends_is_looked_at_once(service: Service) -> None:
    life = Life(service, hours=1)
    service.token = Issued(life.clock)
    life.goes_on(hours=24 * 40, minutes=60)
    assert (service.asked, life.told) == (["/v1/auth/token/lookup-self"], [])


@pytest.mark.parametrize(
    ("issued", "why"),
    [({"renewable": False}, "not-renewable"), ({"latest": 1000.0 + 240 * 3600}, "longest")],
)
def test_a_token_that_will_end_is_told_of_a_day_before_and_not_weeks(
    service: Service, issued: dict[str, Any], why: str
) -> None:
    life = Life(service, hours=240, **issued)
    life.goes_on(hours=24 * 6, minutes=10)
    assert life.told == []
    life.goes_on(hours=24 * 3, minutes=10)
    assert not service.token.is_over()
    assert set(life.told) == {why}
    life.goes_on(hours=24 * 2, minutes=10)
    assert service.token.is_over()
    assert len(life.told) < 100


def test_a_renewal_that_fails_is_tried_again_and_told(service: Service) -> None:
    life = Life(service, hours=1)
    life.goes_on(hours=0.4)
    service.twist = sealed_service
    life.goes_on(hours=0.2)
    assert "status-503" in life.told
    service.twist = None
    life.goes_on(hours=12)
    assert not service.token.is_over()


def test_a_service_that_is_silent_at_the_start_costs_no_token(service: Service) -> None:
    service.twist = sealed_service
    life = Life(service, hours=0.5)
    life.goes_on(hours=0.2)
    assert life.told == []  # who asks for keys hears of the silence
    service.twist = None
    life.goes_on(hours=3)
    assert not service.token.is_over()


def test_a_token_that_may_not_look_at_itself_is_told_of_by_the_hour_and_works(
    service: Service,
) -> None:
    life = Life(service, hours=9, looks=False)
    life.goes_on(hours=3)
    assert life.told == ["status-403"] * 3
    assert keeper(service).wrap(LIVE, KEY, b"mine")


def not_a_token(handler: BaseHTTPRequestHandler, _status: int, _text: bytes) -> None:
    send(handler, 200, b'{"auth":{"lease_duration":"soon"},"data":["ttl"]}')


@pytest.mark.parametrize("twist", [cut, hang_up, flood, not_a_token])
def test_whatever_is_answered_about_the_token_stops_no_round(
    service: Service, twist: object
) -> None:
    life = Life(service, hours=1)
    service.twist = twist  # type: ignore[assignment]  # one of the twists above
    life.goes_on(hours=0.1)
    service.twist = None
    life.goes_on(hours=0.4)
    service.twist = twist  # type: ignore[assignment]  # as above
    life.goes_on(hours=0.2)
    assert "token-ended" not in life.told


def test_servers_make_rounds_that_keep_the_token(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUYUE_KEY_SERVICE__URL", service.url)
    monkeypatch.setenv("SHOUYUE_KEY_SERVICE__TOKEN", TOKEN)
    monkeypatch.setenv("SHOUYUE_KEY_SERVICE__REGION", "CN")
    house = wiring.build(Settings(home=tmp_path, development=True))
    service.token = Issued(ends=60.0, lasts=60.0, renewable=False)

    worker = Worker(house.store, {bells.RAISED: bells.raised})

    def raised() -> list[Alarm]:
        worker.run_once()
        with house.store.read() as db:
            return alarms.living(db)

    async def until_it_rings() -> list[Alarm]:
        rounds = asyncio.create_task(serving.make_rounds(house))
        async with asyncio.timeout(20):
            while not (found := await asyncio.to_thread(raised)):  # noqa: ASYNC110 - nobody is told
                await asyncio.sleep(0.05)
        rounds.cancel()
        return found

    (alarm,) = asyncio.run(until_it_rings())
    house.store.close()
    assert (alarm.kind, alarm.where) == ("keys.token-ends", "not-renewable")
