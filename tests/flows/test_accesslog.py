"""The gateway's access log: off the way of calls, bounded, and nothing dropped."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from shouyue.doors.gateway.accesslog import AccessLog
from shouyue.ground.store.service import Store
from shouyue.platform.traffic import service as traffic
from tests.callers import Scene
from tests.house import House
from tests.rooms.test_traffic import call


@pytest.fixture
def scene(house: House) -> Scene:
    return Scene(house)


@pytest.mark.clause("2.4")
def test_each_call_leaves_one_line_good_or_bad(scene: Scene) -> None:
    good = scene.call("open.shop.info.get")
    bad = scene.call("open.shop.info.get", sign="0" * 32)
    lines = {line.request: line for line in scene.logged()}
    assert lines[good["requestId"]].result == 1
    assert lines[good["requestId"]].octets > 0
    assert (lines[bad["requestId"]].result, lines[bad["requestId"]].reason) == (
        27,
        "apps.signature",
    )


class Failing(Store):
    """A store that cannot be written to for a while."""

    fails = 1

    def begin(self):  # type: ignore[no-untyped-def]  # noqa: ANN201 - as its parent
        """Fail, then work."""
        if self.fails:
            self.fails -= 1
            raise sa.exc.OperationalError("", {}, Exception())
        return super().begin()


def test_lines_that_could_not_be_written_are_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shouyue.doors.gateway.accesslog._AGAIN", 0.0)
    house.store.__class__ = Failing

    async def main() -> None:
        log = AccessLog(house.store)
        log.take(call(1))
        await log.close()

    asyncio.run(main())
    with house.store.read() as db:
        assert traffic.call(db, call(1).request) == call(1)


def test_when_too_many_wait_calls_wait_for_the_log(house: House) -> None:
    async def main() -> None:
        log = AccessLog(house.store, most=3)
        assert [log.take(call(number)) for number in range(3)] == [False, False, True]
        await log.wait()
        with house.store.read() as db:  # the third waited until all three were written
            assert len(traffic.recent(db, ["app-1"])) == 3

    asyncio.run(main())


class Watched(AccessLog):
    """A log that tells how many lines and how many calls to add up each writing had."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.seen: list[tuple[int, int]] = []
        self.written = asyncio.Event()

    def _write(self, group, summed, tallies):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - as its parent
        self.seen.append((len(group), len(summed)))
        settled = super()._write(group, summed, tallies)
        self._loop.call_soon_threadsafe(self.written.set)
        return settled

    async def start(self) -> None:
        """Have the sums wait for an hour."""
        self._loop = asyncio.get_running_loop()
        self._sums_at = self._loop.time() + 3600


def test_what_many_calls_come_to_may_wait_longer_than_their_lines_and_is_written_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shouyue.doors.gateway.accesslog._FEW", 0)
    monkeypatch.setattr("shouyue.doors.gateway.accesslog._EVERY", 0.001)

    async def main() -> list[tuple[int, int]]:
        log = Watched(house.store)
        await log.start()
        for number in range(5):
            log.take(call(number))
        await log.written.wait()
        await log.close()
        return log.seen

    assert asyncio.run(main()) == [(5, 0), (0, 5)]
    with house.store.read() as db:
        [hour] = traffic.hours(db, "app-1", timedelta(days=1))
    assert hour.calls == 5
