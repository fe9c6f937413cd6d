"""Limits of calls: settled with what gateways counted, looked at, raised, started anew.

Owns `quota_level` and `quota_day`. A developer climbs by use: one of the last seven days nearly
used up and gone well is enough, nobody decides by hand (protocol, 4.3). Clauses: 2.3, 5.1.1.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.notices import service as notices
from shouyue.people.notices.types import Channel, Notice, NoticeClass
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.errors import NoApp
from shouyue.platform.apps.types import App, AppState
from shouyue.platform.quotas import queries, rules
from shouyue.platform.quotas.errors import NoReset, NoUpgrade
from shouyue.platform.quotas.types import Kind, Level, Settled, Tally, Usage
from shouyue.platform.traffic import service as traffic
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

_FIRST = Level()


@control(
    Clause.C5_1_1,
    says="Each app calls so often by second and day and no more; at 90 % its developer hears.",
)
def settle(db: Session, tallies: Sequence[Tally]) -> list[Settled]:
    """Add what a gateway counted; return what it knows then, in the same order."""
    if not tallies:
        return []
    # One order for all, so that two gateways cannot lock crosswise.
    standing = queries.add(db, sorted(tallies, key=lambda one: (one.app, one.user)))
    levels = queries.levels(db, tallies)
    found = []
    for tally in tallies:
        used, is_told = standing[tally.app, tally.user]
        settled = Settled(used, levels.get(tally.app, _FIRST))
        if not tally.user and not is_told:
            _warn(db, tally, settled)
        found.append(settled)
    return found


def usage(db: ReadSession, app: App) -> Usage:
    """Return an app's limits today, and what may be asked for."""
    level, online = queries.level(db, app.id), app.state is AppState.ONLINE
    row = queries.today(db, app.id, rules.day(db.clock()))
    used, resets = (row.calls - row.forgiven, row.resets) if row else (0, 0)
    most = rules.limit(Kind.DAY, level, online=online)
    return Usage(
        used=used,
        day=most,
        second=rules.limit(Kind.SECOND, level, online=online),
        level=level,
        resets_left=rules.ladder()["reset"]["most"] - resets,
        next_day=rules.above(Kind.DAY, level),
        next_second=rules.above(Kind.SECOND, level),
        may_day=online and _deserves(db, app.id, Kind.DAY, level),
        may_second=online and _deserves(db, app.id, Kind.SECOND, level),
        may_reset=rules.may_reset(used, most, resets),
    )


def upgrade(db: Session, owner: SubjectId, app_id: str, kind: Kind) -> Level:
    """Go one step up on one ladder, for good. Raises NoApp, NoUpgrade."""
    app = _own(db, owner, app_id)
    level = queries.level_for_update(db, app.id)
    if app.state is not AppState.ONLINE or not _deserves(db, app.id, kind, level):
        raise NoUpgrade
    level = rules.risen(kind, level)
    queries.raise_level(db, app.id, level)
    facts = {"app": app.id, "kind": kind.value, "step": getattr(level, kind.value)}
    ledger.append(db, Fact("quotas.upgraded", owner, facts))
    return level


def reset(db: Session, owner: SubjectId, app_id: str) -> None:
    """Start today's counter anew. Raises NoApp, NoReset."""
    app = _own(db, owner, app_id)
    row = queries.day_for_update(db, app.id, rules.day(db.clock()))
    level, online = queries.level(db, app.id), app.state is AppState.ONLINE
    most = rules.limit(Kind.DAY, level, online=online)
    if row is None or not rules.may_reset(row.calls - row.forgiven, most, row.resets):
        raise NoReset
    row.forgiven, row.resets, row.alerted = row.calls, row.resets + 1, False
    db.flush()
    ledger.append(db, Fact("quotas.reset", owner, {"app": app.id, "times": row.resets}))


def expire(db: Session) -> None:
    """Delete days that nobody decides by any more."""
    queries.drop_before(db, rules.day(db.clock()) - rules.KEPT)


def _deserves(db: ReadSession, app: str, kind: Kind, level: Level) -> bool:
    if not rules.above(kind, level):
        return False
    back = timedelta(days=int(rules.ladder()["upgrade"]["days"]))
    success = _success(db, app, back)
    return any(
        rules.deserves(
            kind,
            level,
            row.calls if kind is Kind.DAY else row.peak,
            success.get(row.day, 0.0),
        )
        for row in queries.days(db, app, rules.day(db.clock() - back))
    )


def _success(db: ReadSession, app: str, back: timedelta) -> dict[date, float]:
    calls: dict[date, int] = {}
    errors: dict[date, int] = {}
    for hour in traffic.hours(db, app, back + timedelta(days=1)):
        day = rules.day(hour.since)
        calls[day] = calls.get(day, 0) + hour.calls
        errors[day] = errors.get(day, 0) + hour.errors
    return {day: 1 - errors[day] / calls[day] for day in calls}


def _warn(db: Session, tally: Tally, settled: Settled) -> None:
    most = rules.limit(Kind.DAY, settled.level, online=tally.online)
    if not rules.is_near(settled.used, most):
        return
    queries.told(db, tally.app, tally.day)
    app = apps.get(db, tally.app)
    # By its public key: a title is the owner's free text, and could look like somebody's number.
    facts = {"app": app.appkey, "percent": rules.ladder()["alert"]["percent"], "most": most}
    link = {"link": f"/apps/{app.id}/limits"}
    notices.send(
        db,
        Notice(NoticeClass.SERVICE, "quota_near", app.owner, (Channel.MAIL,), facts | link),
    )


def _own(db: ReadSession, owner: SubjectId, app_id: str) -> App:
    app = apps.get(db, app_id)
    if app.owner != owner:
        raise NoApp
    return app
