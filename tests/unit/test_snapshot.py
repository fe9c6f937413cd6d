"""What a gateway holds in memory: read once, forgotten for the app that changed and no other."""

import asyncio
import threading
from collections.abc import Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from shouyue.doors.standing import service as held
from shouyue.doors.standing.service import Snapshot
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.errors import NoApp
from shouyue.platform.apps.types import AppState, Changes, Credentials, SignSecret
from shouyue.platform.oauth import service as oauth
from shouyue.platform.oauth.errors import TokenRefused
from shouyue.platform.oauth.types import Pass, TokenKind
from tests.house import MONDAY

PASS = Pass("id-a", TokenKind.ACCESS, frozenset(), MONDAY)


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


def test_a_flood_of_unknown_tokens_shares_a_question_and_each_hears_the_truth(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups: list[int] = []
    asked = threading.Event()
    fresh: set[str] = set()
    looked: list[str] = []

    def known(_db: object, marks: Sequence[str]) -> set[str]:
        groups.append(len(marks))
        asked.set()
        fresh.add(oauth.fingerprint("fresh"))  # given while the first question was asked
        return fresh & set(marks)

    def look_up(_db: object, token: str) -> Pass:
        looked.append(token)
        return PASS

    monkeypatch.setattr(oauth, "known", known)
    monkeypatch.setattr(oauth, "look_up", look_up)
    snapshot = books.snapshot()

    async def refused(token: str) -> None:
        with pytest.raises(TokenRefused):
            await snapshot.holder(token)

    async def main() -> None:
        flood = [asyncio.create_task(refused(f"nobody-{n}")) for n in range(300)]
        await asyncio.to_thread(asked.wait)
        flood += [asyncio.create_task(refused(f"nobody-{n}")) for n in range(300, 600)]
        assert await snapshot.holder("fresh") is PASS
        await asyncio.gather(*flood)

    asyncio.run(main())
    assert len(groups) <= 4
    assert sum(groups) == 601
    assert looked == ["fresh"]


def test_a_question_that_fails_is_heard_by_all_who_wait_and_asked_anew(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [True]

    def known(_db: object, _marks: Sequence[str]) -> set[str]:
        if broken:
            raise OSError
        return set()

    monkeypatch.setattr(oauth, "known", known)
    snapshot = books.snapshot()

    async def main() -> None:
        told = await asyncio.gather(
            *(snapshot.holder(f"nobody-{n}") for n in range(3)), return_exceptions=True
        )
        assert [type(one) for one in told] == [OSError] * 3
        broken.clear()
        with pytest.raises(TokenRefused):
            await snapshot.holder("nobody-0")

    asyncio.run(main())
