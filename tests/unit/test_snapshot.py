"""What a gateway holds in memory: read once, forgotten for the app that changed and no other."""

import asyncio
from collections.abc import Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from shouyue.doors.gateway import snapshot as held
from shouyue.doors.gateway.snapshot import Snapshot
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.errors import NoApp
from shouyue.platform.apps.types import AppState, Changes, Credentials, SignSecret


class Books:
    """Stands for the database: who asks for which app, and what has changed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.known = ["a", "b", "c", *(f"no{n}" for n in range(5)), "nobody"]
        self.moved = Changes(0, None, self.known)
        self.during: Any = None
        self.now = 0.0
        monkeypatch.setattr(apps, "credentials", self.credentials)
        monkeypatch.setattr(apps, "changes", lambda _db, _since: self.moved)

    @contextmanager
    def read(self) -> Any:
        yield SimpleNamespace()

    def credentials(self, _db: object, appkey: str) -> Credentials:
        self.asked.append(appkey)
        if self.during is not None:
            self.during()
        if appkey.startswith("no"):
            raise NoApp
        secret = SignSecret("S", "secret", None)
        who = (f"id-{appkey}", appkey, "E")
        return Credentials(*who, AppState.ONLINE, False, frozenset(), (), (secret,))  # noqa: FBT003

    def snapshot(self) -> Snapshot:
        store: Any = self
        return Snapshot(store, 1.0, lambda: self.now)


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> Books:
    return Books(monkeypatch)


def ask(snapshot: Snapshot, *appkeys: str) -> None:
    async def main() -> None:
        for one in appkeys:
            try:
                await snapshot.credentials(one)
            except NoApp:
                assert one.startswith("no")

    asyncio.run(main())


def heard(books: Books, version: int, changed: Sequence[str]) -> None:
    """A second goes by, in which another process changed these apps."""
    books.moved = Changes(version, changed, [])
    books.now += 1.0


def test_an_app_is_read_once(books: Books) -> None:
    snapshot = books.snapshot()
    ask(snapshot, "a", "a", "b", "a")
    assert books.asked == ["a", "b"]


def test_a_change_of_one_app_leaves_the_others_held(books: Books) -> None:
    snapshot = books.snapshot()
    ask(snapshot, "a", "b")
    heard(books, 1, ["id-a"])
    ask(snapshot, "a", "b")
    assert books.asked == ["a", "b", "a"]
    ask(snapshot, "a", "b")
    assert books.asked == ["a", "b", "a"]


def test_a_bell_forgets_one_app_at_once(books: Books) -> None:
    snapshot = books.snapshot()
    ask(snapshot, "a", "b")
    snapshot.forget("id-b")
    ask(snapshot, "a", "b")
    assert books.asked == ["a", "b", "b"]


def test_a_change_that_nobody_can_name_forgets_everything(books: Books) -> None:
    snapshot = books.snapshot()
    ask(snapshot, "a", "b")
    books.moved, books.now = Changes(9, None, books.known), 1.0
    ask(snapshot, "a", "b")
    assert books.asked == ["a", "b", "a", "b"]


def test_within_a_second_nobody_asks_whether_something_changed(books: Books) -> None:
    """The bound for a freeze that another process made: one second, and not more."""
    snapshot = books.snapshot()
    ask(snapshot, "a")
    books.moved, books.now = Changes(1, ["id-a"], []), 0.99
    ask(snapshot, "a")
    assert books.asked == ["a"]
    books.now = 1.0
    ask(snapshot, "a")
    assert books.asked == ["a", "a"]


def test_what_was_read_before_a_change_is_not_held_after_it(books: Books) -> None:
    snapshot = books.snapshot()
    books.during = lambda: snapshot.forget("id-a")
    ask(snapshot, "a")
    books.during = lambda: snapshot.forget("id-z")
    ask(snapshot, "a", "a")
    assert books.asked == ["a", "a"]


def test_a_refusal_is_held_until_anything_changes(books: Books) -> None:
    snapshot = books.snapshot()
    ask(snapshot, "nobody", "nobody")
    assert books.asked == ["nobody"]
    snapshot.forget("id-z")
    ask(snapshot, "nobody")
    assert books.asked == ["nobody"] * 2


def test_a_full_memory_lets_the_longest_held_go_and_strangers_push_nobody_out(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "_MOST", 2)
    monkeypatch.setattr(held, "_MOST_REFUSED", 2)
    snapshot = books.snapshot()
    ask(snapshot, "a", "b", "no1", "no2", "no3", "b", "a")
    assert books.asked == ["a", "b", "no1", "no2", "no3"]
    ask(snapshot, "c", "b", "c", "a")
    assert books.asked[5:] == ["c", "a"]


def test_a_stranger_is_refused_without_a_question_and_a_new_app_known_at_once(
    books: Books,
) -> None:
    snapshot = books.snapshot()
    ask(snapshot, "a", "nowhere", "nowhere-2")
    assert books.asked == ["a"]
    books.moved, books.now = Changes(1, ["id-d"], ["d"]), 0.01
    ask(snapshot, "d")
    assert books.asked == ["a", "d"]


def test_of_a_flood_of_strangers_a_few_wait_and_the_rest_are_refused_at_once(books: Books) -> None:
    snapshot = books.snapshot()

    async def refused(appkey: str) -> None:
        with pytest.raises(NoApp):
            await snapshot.credentials(appkey)

    async def main() -> int:
        await snapshot.credentials("a")
        crowd = [asyncio.create_task(refused(f"nowhere-{n}")) for n in range(50)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        at_once = sum(one.done() for one in crowd)
        await asyncio.gather(*crowd)
        return at_once

    assert asyncio.run(main()) == 50 - held._MOST_WAITING
    assert books.asked == ["a"]
