"""The house under test: a stopped clock, counting ids, seeded dice, a key ring of zeros."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from shouyue.ground.hazmat import suites
from shouyue.ground.hazmat.errors import KeyUnavailable, NotAuthentic
from shouyue.ground.hazmat.keyring import Chamber, KeyRing
from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.kit.types import Means
from shouyue.ground.store.objects import ObjectStore, memory
from shouyue.ground.store.service import Store
from shouyue.people.alarms.notes import Notes
from shouyue.privacy.sinks.types import Sink
from shouyue.privacy.vault.sealed import Sealed, T

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in Beijing, a working day


def plain(value: Sealed[T]) -> T:
    """Open a value in whichever sink serves its purpose."""
    return value.open(next(sink for sink in Sink if value.purpose in sink.value.purposes))


class StoppedClock:
    """A clock that moves only when told."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        """Move on by `days=`, `hours=`, `minutes=`, `seconds=`."""
        self.at += timedelta(**by)


class CountingIds:
    """Ids `0…10000`, `0…20000`: 26 characters, in order, with room for a family after each."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> str:
        self.count += 1
        return f"{self.count:022d}0000"


class SeededDice:
    """Bytes that are the same in each run."""

    def __init__(self, seed: int = 20261123) -> None:
        self._source = random.Random(seed)  # noqa: S311 - dice for tests

    def __call__(self, count: int) -> bytes:
        return self._source.randbytes(count)


class FakeRoot:
    """Roots in memory. Wraps for real, so that a wrong binding fails here too."""

    def __init__(self, dice: SeededDice) -> None:
        self._dice = dice
        self.held = {chamber: {1: dice(32)} for chamber in Chamber}
        self.down = False
        """The keeper does not answer."""

    def wrap(self, chamber: Chamber, key: bytes, bound: bytes) -> bytes:
        roots = self._roots(chamber)
        newest = max(roots)
        return bytes([newest]) + suites.seal(Suite.AES, roots[newest], self._dice(12), key, bound)

    def unwrap(self, chamber: Chamber, wrapped: bytes, bound: bytes) -> bytes:
        root = self._roots(chamber).get(int(self.name_of(wrapped)))
        if root is None:
            raise KeyUnavailable
        return suites.unseal(Suite.AES, root, wrapped[1:], bound)

    def rewrap(self, chamber: Chamber, keys: Sequence[tuple[bytes, bytes]]) -> list[bytes | None]:
        return [self._rewrapped(chamber, wrapped, bound) for wrapped, bound in keys]

    def name_of(self, wrapped: bytes) -> str:
        if not wrapped:
            raise NotAuthentic
        return str(wrapped[0])

    def names(self, chamber: Chamber) -> list[str]:
        return [str(version) for version in sorted(self._roots(chamber))]

    def rotate(self) -> None:
        for chamber in Chamber:
            self.held[chamber][max(self._roots(chamber)) + 1] = self._dice(32)

    def retire(self, chamber: Chamber, name: str) -> None:
        roots = self._roots(chamber)
        self.held[chamber] = {at: root for at, root in roots.items() if at > int(name)}

    def pepper(self) -> bytes:
        return b"p" * 32

    def _rewrapped(self, chamber: Chamber, wrapped: bytes, bound: bytes) -> bytes | None:
        try:
            return self.wrap(chamber, self.unwrap(chamber, wrapped, bound), bound)
        except NotAuthentic:
            return None

    def _roots(self, chamber: Chamber) -> dict[int, bytes]:
        if self.down:
            raise KeyUnavailable
        return self.held[chamber]


class House:
    """A store with fakes for everything that the world decides."""

    def __init__(self, url: str, objects: ObjectStore | None = None) -> None:
        self.clock = StoppedClock()
        self.new_id = CountingIds()
        self.dice = SeededDice()
        self.root = FakeRoot(self.dice)
        self.keys = KeyRing(self.root, self.dice)
        self.objects = objects or memory()
        self.notes = Notes()
        means = Means(self.clock, self.new_id, self.dice)
        self.store = Store(url, means, self.keys, self.objects)


@contextmanager
def open_house(url: str) -> Iterator[House]:
    """Open a house on a database that already has its tables."""
    house = House(url)
    try:
        yield house
    finally:
        house.store.close()
