"""Two gateways and one real Redis: what they let through together, and what if it is away."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from shouyue.doors.gateway.service import Gateway
from shouyue.doors.gateway.types import Call
from shouyue.doors.limits.service import ALONE, Pot
from shouyue.doors.upstreams.service import Upstream
from shouyue.doors.wire.counters import Counters
from shouyue.doors.wire.errors import NoAnswer
from shouyue.platform.quotas.shares import Want
from tests import redis
from tests.callers import FORM, SECRET, Scene
from tests.conftest import missing
from tests.counting import limited
from tests.house import House, open_house

SHOP = "open.shop.info.get"
PATIENCE = 5.0
"""A machine that is busy answers late; here that must not look like being away."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[redis.Server]:
    if not redis.is_installed():
        missing("redis", "redis-server is not installed")
    with redis.running(tmp_path) as found:
        yield found


@pytest.fixture
def scene(tmp_path: Path, sqlite_template: Path) -> Iterator[Scene]:
    """One database is enough here: nothing is asked of it but who calls."""
    copy = tmp_path / "shouyue.db"
    copy.write_bytes(sqlite_template.read_bytes())
    with open_house(f"sqlite:///{copy}") as house:
        yield Scene(house)


def gateway(scene: Scene, url: str, seconds: float = PATIENCE) -> Gateway:
    house = scene.house
    pot = Pot(Counters(url, seconds), house.notes.note, seconds=lambda: house.clock().timestamp())
    return Gateway(house.store, Upstream(scene.upstream, SECRET, house.clock), pot=pot)


def call(scene: Scene) -> Call:
    return Call("POST", "/open/shop/info/get", b"", FORM, urlencode(scene.params(SHOP)).encode())


async def admitted(scene: Scene, doors: Sequence[Gateway], each: int) -> int:
    """So many calls at each gateway, all at once; return how many passed."""
    calls = [door.handle(call(scene)) for _ in range(each) for door in doors]
    answers: list[dict[str, Any]] = [json.loads(one.body) for one in await asyncio.gather(*calls)]
    assert {one["result"] for one in answers} <= {1, 1016}
    return sum(one["result"] == 1 for one in answers)


@pytest.mark.parametrize("most", [3, 40, 100])
def test_two_gateways_let_no_more_through_together_than_the_limit_and_a_twentieth_each(
    scene: Scene, server: redis.Server, most: int
) -> None:
    async def main() -> list[int]:
        doors = [gateway(scene, server.url) for _ in range(2)]
        passed = [await admitted(scene, doors, most)]
        scene.house.clock.forward(seconds=1)
        passed.append(await admitted(scene, doors, most))
        for door in doors:
            await door.close()
        return passed

    with limited(SHOP, qps=most):
        seconds = asyncio.run(main())
    for passed in seconds:
        assert most - most // 10 <= passed <= most + 2 * (most // 20)


def notes(house: House) -> dict[str, int]:
    return {kind: times for (kind, _, _), times in house.notes.take().items()}


def test_a_redis_that_is_away_refuses_no_good_call_and_is_told_once(
    scene: Scene, server: redis.Server
) -> None:
    async def main() -> list[int]:
        door = gateway(scene, server.url)
        passed = [await admitted(scene, [door], 5)]
        server.stop()
        for _ in range(3):
            scene.house.clock.forward(seconds=1)
            passed.append(await admitted(scene, [door], 12))
        server.start()
        scene.house.clock.forward(seconds=1)
        passed.append(await admitted(scene, [door], 12))
        await door.close()
        return passed

    with limited(SHOP, qps=10):
        assert asyncio.run(main()) == [5, 10, 10, 10, 10]
    assert notes(scene.house) == {ALONE: 1}


def test_a_redis_that_hangs_holds_no_call_up(scene: Scene, tmp_path: Path) -> None:
    async def main() -> int:
        lines: list[asyncio.StreamWriter] = []
        silent = await asyncio.start_unix_server(
            lambda _reader, writer: lines.append(writer), tmp_path / "silent.sock"
        )
        door = gateway(scene, f"unix://{tmp_path / 'silent.sock'}", seconds=0.05)
        passed = await admitted(scene, [door], 5)
        await door.close()
        for line in lines:
            line.close()
        silent.close()
        await silent.wait_closed()
        return passed

    assert asyncio.run(main()) == 5
    assert notes(scene.house) == {ALONE: 1}


def test_the_counters_give_what_is_left_and_forget_it(server: redis.Server) -> None:
    async def main() -> list[list[int]]:
        counters = Counters(server.url, PATIENCE)
        first = Want(("app", "api"), 7, owed=0, wanted=8, most=10)
        other = Want(("app", "api", "user"), 7, owed=4, wanted=2, most=3)
        given = [await counters.lease([first, other]) for _ in range(2)]
        given.append(await counters.lease([Want(("app", "api"), 8, owed=9, wanted=8, most=10)]))
        await counters.close()
        return given

    assert asyncio.run(main()) == [[8, 0], [2, 0], [1]]


def test_an_address_where_nobody_listens_is_no_answer(tmp_path: Path) -> None:
    async def main() -> str:
        counters = Counters(f"unix://{tmp_path / 'nobody.sock'}")
        with pytest.raises(NoAnswer) as no:
            await counters.lease([Want(("a",), 1, 0, 1, 1)])
        await counters.close()
        return no.value.why

    assert asyncio.run(main()) == "closed"
