"""Counts calls in memory, on their way, and settles with the database beside the access log.

Seconds are exact in one process, and across processes as `shares` says where they have a pot.
Days are exact in one process too, and across processes as of the last settlement, a second ago:
what each counted is added, the sum comes back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from shouyue.ground.kit.errors import Refusal
from shouyue.platform.apps.types import AppState, Credentials
from shouyue.platform.catalogue.types import Api
from shouyue.platform.quotas import rules
from shouyue.platform.quotas.errors import TooFast, UsedUp
from shouyue.platform.quotas.shares import Bound, Shares
from shouyue.platform.quotas.types import Asked, Kind, Left, Level, Settled, Standing, Tally

_MOST = 200_000
_Key = tuple[str, ...]


@dataclass(slots=True)
class _Day:
    """The calls of an app or a test user today, settled ones and those since, and their limits."""

    day: date
    online: bool
    settled: int = 0
    fresh: int = 0
    peak: int = 0
    level: Level = field(default_factory=Level)
    most: int = 0
    tight: int = 0

    def stand(self, level: Level, *, online: bool) -> None:
        """Have the limits of this level from now on."""
        self.level, self.online = level, online
        self.most = rules.limit(Kind.DAY, level, online=online)
        self.tight = rules.limit(Kind.SECOND, level, online=online)


class Meter:
    """One per gateway, used from its event loop alone. A call that is refused is not counted."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self.shares: Shares | None = None
        """Set where several gateways have one pot for their limits by the second."""
        self._second = -1
        self._today = date.min
        self._seconds: dict[_Key, int] = {}
        self._days: dict[_Key, _Day] = {}
        self._touched: set[_Key] = set()

    def lacks(self, asked: Asked, at: datetime) -> bool:
        """Tell whether the pot should be asked before this call is counted."""
        if self.shares is None:
            return False
        held = self._days.get((asked.app.app_id, ""))
        level, online = held.level if held else Level(), asked.app.state is AppState.ONLINE
        tight = rules.limit(Kind.SECOND, level, online=online)
        bounds = _bounds(asked.api, asked.app, asked.user, tight)
        return self.shares.lacks(bounds, int(at.timestamp()))

    def take(
        self, api: Api, app: Credentials, user: str, at: datetime, *, is_test: bool = False
    ) -> Refusal | None:
        """Count a call, or return which limit it would exceed.

        `user` is the merchant's open id, empty without one.
        """
        if int(at.timestamp()) != self._second:
            self._second, self._today, self._seconds = int(at.timestamp()), rules.day(at), {}
        whole = self._day((app.app_id, ""), app)
        own = self._day((app.app_id, user), app) if is_test else None
        if whole.settled + whole.fresh >= whole.most:
            return UsedUp(key=f"appkey:{app.appkey}", most=whole.most)
        if own is not None and own.settled + own.fresh >= rules.test_user():
            whose = f"appkey:{app.appkey};primaryUserId:{user}"
            return UsedUp(key=whose, most=rules.test_user())
        seconds, key = self._seconds, (app.app_id, api.name)
        used = seconds.get(key, 0)
        if used >= (api.qps or whole.tight):
            name = f"apiId:{api.name};appkey:{app.appkey}"
            return TooFast(key=name, most=api.qps or whole.tight)
        if api.qps_user or api.qps_all or self.shares is not None:
            no = self._shared(_bounds(api, app, user, whole.tight))
            if no is not None:
                return no
        seconds[key] = used = used + 1
        whole.fresh += 1
        whole.peak = max(whole.peak, used)
        if own is not None:
            own.fresh += 1
        return None

    def standing(self, api: Api, app: Credentials, at: datetime) -> Standing:
        """Return what is left to an app, for who asked for it with a call that was taken."""
        whole = self._day((app.app_id, ""), app)
        tight = api.qps or whole.tight
        used = self._seconds.get((app.app_id, api.name), 0)
        day = Left(
            whole.most, max(0, whole.most - whole.settled - whole.fresh), rules.seconds_left(at)
        )
        return Standing(day, Left(tight, max(0, tight - used), 1))

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
                held.settled = told.used
                held.stand(told.level, online=held.online)

    def keep(self, tallies: Sequence[Tally]) -> None:
        """Settle again later what could not be settled."""
        self._touched |= {(tally.app, tally.user) for tally in tallies}

    def _day(self, key: _Key, app: Credentials) -> _Day:
        online = app.state is AppState.ONLINE
        held = self._days.get(key)
        if held is None or held.day != self._today:
            level = held.level if held else Level()
            if held is None and len(self._days) >= _MOST:
                self._let_go()
            held = self._days[key] = _Day(self._today, online)
            held.stand(level, online=online)
        if held.online is not online:
            held.stand(held.level, online=online)
        self._touched.add(key)
        return held

    def _let_go(self) -> None:
        """Make room: the longest held goes, unless it has calls that are not settled yet."""
        oldest = next(iter(self._days))
        held = self._days.pop(oldest)
        if held.fresh:
            self._days[oldest] = held

    def _shared(self, bounds: Sequence[Bound]) -> Refusal | None:
        """Count in all limits but the first, which is the app's own, and in the pot."""
        for key, most, whose in bounds[1:]:
            if self._seconds.get(key, 0) >= most:
                return TooFast(key=whose, most=most)
        if self.shares is not None:
            if (over := self.shares.over(bounds)) is not None:
                return TooFast(key=over[2], most=over[1])
            self.shares.use(bounds)
        for key, _, _ in bounds[1:]:
            self._seconds[key] = self._seconds.get(key, 0) + 1
        return None


def _bounds(api: Api, app: Credentials, user: str, tight: int) -> list[Bound]:
    """Return the limits of this second; the first is the app's at this API."""
    name = f"apiId:{api.name}"
    found: list[Bound] = [((app.app_id, api.name), api.qps or tight, f"{name};appkey:{app.appkey}")]
    if api.qps_user and user:
        whose = f"{name};appkey:{app.appkey};primaryUserId:{user}"
        found.append(((app.app_id, api.name, user), api.qps_user, whose))
    if api.qps_all:
        found.append(((api.name,), api.qps_all, name))
    return found
