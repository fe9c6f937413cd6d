"""A flood of tokens that nobody was given, signed well: cheap, and in no fresh token's way."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from shouyue.doors.gateway.service import Gateway
from shouyue.doors.gateway.types import Answer, Call
from shouyue.doors.upstreams.service import Upstream
from tests.callers import FORM, SECRET, Scene
from tests.house import House
from tests.merchants import authorise, exchange

SHOP = "open.shop.info.get"


@pytest.fixture
def scene(house: House) -> Scene:
    found = Scene(house)
    found.upstream.data = {"shopName": "晨星小店"}
    return found


def calling(scene: Scene, token: str) -> Call:
    body = urlencode(scene.params(SHOP, access_token=token)).encode()
    return Call("POST", "/open/shop/info/get", b"", FORM, body, "203.0.113.9")


@contextmanager
def statements(engine: sa.Engine) -> Any:
    """The statements about tokens that a database is asked."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "oauth_token" in statement:
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def ended(answers: Sequence[Answer]) -> list[int]:
    return [json.loads(answer.body)["result"] for answer in answers]


def test_a_flood_asks_the_database_a_few_times_and_is_refused_each_time(scene: Scene) -> None:
    scene.call(SHOP)
    flood = [calling(scene, f"nobody-{number}") for number in range(200)]

    async def main() -> list[Answer]:
        return await asyncio.gather(*(scene.gateway.handle(call) for call in flood))

    with statements(scene.house.store.engine) as seen:
        assert ended(asyncio.run(main())) == [24] * 200
    assert 1 <= len(seen) <= 3


def test_a_token_given_elsewhere_during_a_flood_works_at_once(scene: Scene) -> None:
    """The gateway that is flooded hears of the token from nobody but the database."""
    upstream = Upstream(scene.upstream, SECRET, scene.house.clock)
    flooded = Gateway(scene.house.store, upstream, fresh_for=3600.0)
    flood = [calling(scene, f"nobody-{number}") for number in range(100)]

    def given() -> str:
        with scene.house.store.begin() as db:
            return exchange(db, scene.app, authorise(db, scene.merchant, scene.app)).access

    async def main() -> Answer:
        await flooded.handle(calling(scene, scene.tokens.access))
        crowd = [asyncio.create_task(flooded.handle(call)) for call in flood]
        await asyncio.sleep(0)
        answer = await flooded.handle(calling(scene, await asyncio.to_thread(given)))
        assert ended(await asyncio.gather(*crowd)) == [24] * 100
        await flooded.close()
        return answer

    assert ended([asyncio.run(main())]) == [1]
