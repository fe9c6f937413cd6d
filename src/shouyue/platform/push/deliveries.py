"""Deliveries: each message asks for its right to leave at the last moment, then goes, and is told.

At least once, in no promised order; receivers know a repeated message by its `eventId`. Clauses:
2.3, 4.1, 5.7.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shouyue.ground.jobs.types import Again
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.errors import NoApp
from shouyue.platform.apps.types import App, AppState
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.push import heartbeat, intake, queries, rules, service
from shouyue.platform.push.errors import ContentGone, DeliveryStopped, NoDelivery
from shouyue.platform.push.tables import AttemptRow, DeliveryRow, EventRow, SubscriptionRow
from shouyue.platform.push.types import (
    Audience,
    DeliveryState,
    Granted,
    LogPage,
    Message,
    Shown,
    SubscriptionState,
)
from shouyue.privacy.egress.types import Failure, HttpBack, HttpOut
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing.types import Release


class _Stopped(Exception):  # noqa: N818 - an answer, not an error
    """The right to receive this message is over."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def prepare(db: Session, delivery_id: str, audience: Audience) -> HttpOut | None:
    """Return the message ready to go, with its release on record, or None if it stays.

    It stays when it has ended, when its right has ended (then it is stopped), and while its address
    is suspended: the heartbeat that ends the suspension sends it on.
    """
    found = queries.delivery(db, delivery_id)
    if found is None or found[0].state not in rules.OPEN:
        return None
    row, event = found
    try:
        return _message(db, row, event, audience)
    except _Stopped as stopped:
        service.stop(row, stopped.why)
        return None


def settle(db: Session, delivery_id: str, back: HttpBack) -> Again | None:
    """Write one attempt down; ask for the next as the protocol says, until it is enough."""
    row = queries.settling(db, delivery_id)
    if row is None:
        return None
    outcome = rules.outcome(back)
    _tell(db, row, back, outcome)
    if not outcome:
        row.state, row.next_at = DeliveryState.DELIVERED.value, None
        return None
    if row.state not in rules.OPEN:
        return None
    if outcome == Failure.ABROAD:
        _keep_back(db, row)
        return None
    pause = rules.wait(row.tries)
    if pause is None:
        row.state, row.next_at = DeliveryState.DEAD.value, None
        return None
    row.state, row.next_at = DeliveryState.FAILED.value, db.clock() + pause
    return Again(pause)


def push_again(db: Session, owner: SubjectId, delivery_id: str) -> None:
    """Push one message now, with the whole ladder before it again (protocol, section 3.1).

    Raises NoDelivery, ContentGone, DeliveryStopped.
    """
    row, event = _owned(db, owner, delivery_id)
    if event.sealed is None:
        raise ContentGone
    if row.state == DeliveryState.STOPPED:
        raise DeliveryStopped
    _restart(db, row)


def push_dead_again(db: Session, owner: SubjectId, app_id: str, since: datetime) -> int:
    """Push again whatever has died since a moment; return how many messages. Raises NoApp."""
    service.own(db, owner, app_id)
    rows = queries.dead_since(db, app_id, since)
    for row in rows:
        _restart(db, row)
    return len(rows)


def log(db: ReadSession, owner: SubjectId, app_id: str, page: int = 1) -> LogPage:
    """Return one page of an app's push log, newest first, from page 1. Raises NoApp."""
    service.own(db, owner, app_id)
    rows = queries.deliveries(db, app_id, (max(page, 1) - 1) * rules.PAGE, rules.PAGE + 1)
    return LogPage(tuple(rows[: rules.PAGE]), len(rows) > rules.PAGE)


@control(Clause.C2_3, says="The push log shows states and times; ids of people are hidden in it.")
def delivery(db: ReadSession, owner: SubjectId, delivery_id: str) -> Shown:
    """Return one delivery with its attempts and its envelope, people hidden. Raises NoDelivery."""
    row, event = _owned(db, owner, delivery_id)
    info = intake.opened(db, event)
    fields = None
    if info is not None:
        named = rules.hidden(_addressed(db, event, info, rules.HIDDEN, ""))
        fields = _envelope(apps.get(db, row.app), event, named, rules.HIDDEN)
    return Shown(queries.value(row, event), queries.attempts(db, row.id), fields)


def expire(db: Session) -> int:
    """Delete content after seven days, records after six months; return how many went (DI-35)."""
    emptied = queries.empty_before(db, db.clock() - rules.CONTENT_LIFE)
    return emptied + queries.drop(db, queries.taken_before(db.clock() - rules.RECORD_LIFE))


def _message(db: Session, row: DeliveryRow, event: EventRow, audience: Audience) -> HttpOut | None:
    listens = _listens(db, row, event)
    if listens.state == SubscriptionState.SUSPENDED:
        return None
    info = intake.opened(db, event)
    if info is None:
        raise _Stopped("expired")
    granted = _granted(db, row, event, audience)
    app = apps.get(db, row.app)
    fields = _envelope(
        app, event, _addressed(db, event, info, granted.open_id, app.enterprise), granted.open_id
    )
    if listens.extra:
        fields |= rules.unofficial(row.id, db.clock())
    try:
        request = service.out(db, row.app, listens.url, fields)
    except NoApp:
        raise _Stopped("no-key") from None
    _release(db, row, event, (granted, info))
    return request


@control(Clause.C2_3, says="The last look before a message leaves: still subscribed, still online.")
def _listens(db: Session, row: DeliveryRow, event: EventRow) -> SubscriptionRow:
    listens = queries.subscribed(db, row.app, event.kind)
    if listens is None:
        raise _Stopped("unsubscribed")
    if apps.get(db, row.app).state is AppState.OFFLINE:
        raise _Stopped("app-offline")
    return listens


@control(Clause.C6_2_1, Clause.C2_3, says="A message whose grant was taken back is never sent.")
def _granted(db: Session, row: DeliveryRow, event: EventRow, audience: Audience) -> Granted:
    scope = catalogue.event(event.kind).scope
    for one in audience(db, event.seller_id, scope):
        if one.app_id == row.app:
            return one
    raise _Stopped("grant-ended")


@control(Clause.C4_1, Clause.C2_3, says="A buyer's id in a message is a release: recorded first.")
def _release(
    db: Session, row: DeliveryRow, event: EventRow, what: tuple[Granted, Mapping[str, Any]]
) -> None:
    granted, info = what
    items = catalogue.event(event.kind).items
    buyer = info.get(rules.BUYER)
    if not items or not buyer:
        return
    refs = (sharing.buyer_ref(db.keys, buyer),)
    try:
        sharing.record(db, Release(granted.provision, items, event.kind, row.id, refs=refs))
    except Refusal as no:
        raise _Stopped(no.code) from None


def _addressed(
    db: ReadSession, event: EventRow, info: Mapping[str, Any], open_id: str, enterprise: str
) -> dict[str, Any]:
    declared = catalogue.event(event.kind).info
    named = dict(info)
    if rules.OPEN_ID in declared:
        named[rules.OPEN_ID] = open_id
    if named.get(rules.BUYER):
        named[rules.BUYER] = sharing.buyer_alias(db.keys, enterprise, named[rules.BUYER])
    return named


def _envelope(app: App, event: EventRow, info: Mapping[str, Any], open_id: str) -> dict[str, Any]:
    return rules.envelope(
        Message(
            event_id=event.event_id,
            event=event.kind,
            app_key=app.appkey,
            seller_id=event.seller_id,
            biz_id=event.biz_id,
            open_id=open_id,
            info=info,
            at=event.happened,
        )
    )


def _tell(db: Session, row: DeliveryRow, back: HttpBack, outcome: str) -> None:
    db.add(
        AttemptRow(
            id=db.new_id(),
            delivery=row.id,
            at=db.clock(),
            status=back.status,
            millis=back.millis,
            outcome=outcome,
        )
    )
    row.tries += 1
    row.attempts += 1
    row.status, row.millis, row.outcome = back.status, back.millis, outcome
    db.flush()


@control(
    Clause.C5_7, says="An address abroad gets nothing; its owner is told, and it is suspended."
)
def _keep_back(db: Session, row: DeliveryRow) -> None:
    # It waits as whatever waits for a suspended address: an answer from inside sends it on.
    row.state, row.next_at = DeliveryState.FAILED.value, None
    listens = db.get(SubscriptionRow, row.app)
    if listens is not None:
        heartbeat.suspend(db, listens, Failure.ABROAD)


def _restart(db: Session, row: DeliveryRow) -> None:
    row.state, row.tries, row.next_at = DeliveryState.WAITING.value, 0, None
    db.flush()
    service.send(db, row)


def _owned(db: ReadSession, owner: SubjectId, delivery_id: str) -> tuple[DeliveryRow, EventRow]:
    found = queries.delivery(db, delivery_id)
    if found is None:
        raise NoDelivery
    try:
        service.own(db, owner, found[0].app)
    except NoApp:
        raise NoDelivery from None
    return found
