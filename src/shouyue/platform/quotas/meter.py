"""Counts calls in memory, on their way, and settles with the database beside the access log.

Seconds are exact in one process, and across processes as `shares` says where they have a pot.
Days are exact in one process too, and across processes as of the last settlement, a twentieth of
a second ago: what each counted is added, the sum comes back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from shouyue.ground.kit.errors import Refusal
from shouyue.platform.apps.types import AppState
from shouyue.platform.quotas import rules
from shouyue.platform.quotas.errors import TooFast, UsedUp
from shouyue.platform.quotas.shares import Bound, Shares
from shouyue.platform.quotas.types import Asked, Kind, Left, Level, Settled, Standing, Tally

_MOST = 200_000
_Key = tuple[str, ...]


@dataclass(slots=True)
class _Day:
    """The calls of an app or a test user today: settled ones and those since."""

    day: date
    online: bool
    settled: int = 0
    fresh: int = 0
    peak: int = 0
    level: Level = field(default_factory=Level)


class Meter:
    """One per gateway, used from its event loop alone. A call that is refused is not counted."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self.shares: Shares | None = None
        """Set where several gateways have one pot for their limits by the second."""
        self._second = -1
        self._seconds: dict[_Key, int] = {}
        self._days: dict[_Key, _Day] = {}
        self._touched: set[_Key] = set()

    def lacks(self, asked: Asked, at: datetime) -> bool:
        """Tell whether the pot should be asked before this call is counted."""
        if self.shares is None:
            return False
        level, online = self._level(asked), asked.app.state is AppState.ONLINE
        ladder = rules.limit(Kind.SECOND, level, online=online)
        return self.shares.lacks(_bounds(asked, ladder), int(at.timestamp()))

    def take(self, asked: Asked, at: datetime) -> Standing:
        """Count a call, or say in `no` which limit it would exceed."""
        whole = self._day((asked.app.app_id, ""), asked, at)
        own = self._day((asked.app.app_id, asked.user), asked, at) if asked.is_test else None
        most = rules.limit(Kind.DAY, whole.level, online=whole.online)
        bounds = _bounds(asked, rules.limit(Kind.SECOND, whole.level, online=whole.online))
        if int(at.timestamp()) != self._second:
            self._second, self._seconds = int(at.timestamp()), {}
        no = _over(asked, whole, most, own) or self._too_fast(bounds)
        if no is None:
            self._count(bounds, whole, own)
        key, tight, _ = bounds[0]
        day = Left(most, max(0, most - whole.settled - whole.fresh), rules.seconds_left(at))
        second = Left(tight, max(0, tight - self._seconds.get(key, 0)), 1)
        return Standing(day, second, no)

    def tallies(self) -> Sequence[Tally]:
        """Return what is to be settled: every app that called since, also where all was refused."""
        found = [(key, self._days[key]) for key in self._touched if key in self._days]
        self._touched = set()
        return [
            Tally(key[0], key[1], one.day, one.fresh, one.peak, one.online) for key, one in found
        ]

    def adopt(self, tallies: Sequence[Tally], settled: Sequence[Settled]) -> None:
        """Take over what the database said once it is committed."""
        for tally, told in zip(tallies, settled, strict=True):
            held = self._days.get((tally.app, tally.user))
            if held is not None and held.day == tally.day:
                held.fresh -= tally.fresh
                held.settled, held.level = told.used, told.level

    def keep(self, tallies: Sequence[Tally]) -> None:
        """Settle again later what could not be settled."""
        self._touched |= {(tally.app, tally.user) for tally in tallies}

    def _day(self, key: _Key, asked: Asked, at: datetime) -> _Day:
        today, online = rules.day(at), asked.app.state is AppState.ONLINE
        held = self._days.get(key)
        if held is None or held.day != today:
            level = held.level if held else Level()
            if held is None and len(self._days) >= _MOST:
                self._let_go()
            held = self._days[key] = _Day(today, online, level=level)
        held.online = online
        self._touched.add(key)
        return held

    def _let_go(self) -> None:
        """Make room: the longest held goes, unless it has calls that are not settled yet."""
        oldest = next(iter(self._days))
        held = self._days.pop(oldest)
        if held.fresh:
            self._days[oldest] = held

    def _level(self, asked: Asked) -> Level:
        held = self._days.get((asked.app.app_id, ""))
        return held.level if held else Level()

    def _too_fast(self, bounds: Sequence[Bound]) -> Refusal | None:
        for key, most, name in bounds:
            if self._seconds.get(key, 0) >= most:
                return TooFast(key=name, most=most)
        if self.shares is not None and (over := self.shares.over(bounds)) is not None:
            return TooFast(key=over[2], most=over[1])
        return None

    def _count(self, bounds: Sequence[Bound], whole: _Day, own: _Day | None) -> None:
        if self.shares is not None:
            self.shares.use(bounds)
        for key, _, _ in bounds:
            self._seconds[key] = self._seconds.get(key, 0) + 1
        whole.fresh += 1
        whole.peak = max(whole.peak, self._seconds[bounds[0][0]])
        if own is not None:
            own.fresh += 1


def _bounds(asked: Asked, ladder: int) -> list[Bound]:
    """Return the limits of this second; the first is the app's at this API."""
    api, app = asked.api, asked.app
    name = f"apiId:{api.name}"
    found: list[Bound] = [
        ((app.app_id, api.name), api.qps or ladder, f"{name};appkey:{app.appkey}")
    ]
    if api.qps_user and asked.user:
        whose = f"{name};appkey:{app.appkey};primaryUserId:{asked.user}"
        found.append(((app.app_id, api.name, asked.user), api.qps_user, whose))
    if api.qps_all:
        found.append(((api.name,), api.qps_all, name))
    return found


def _over(asked: Asked, whole: _Day, most: int, own: _Day | None) -> Refusal | None:
    if whole.settled + whole.fresh >= most:
        return UsedUp(key=f"appkey:{asked.app.appkey}", most=most)
    test = int(rules.ladder()["test_user"]["day"])
    if own is not None and own.settled + own.fresh >= test:
        return UsedUp(key=f"appkey:{asked.app.appkey};primaryUserId:{asked.user}", most=test)
    return None
