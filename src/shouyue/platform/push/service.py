"""Subscriptions: which app hears what, at which proved address, for as long as its owner wants.

Owns `push_subscription`, `push_event`, `push_delivery` and `push_attempt`. Nothing is subscribed
beforehand, every event type is chosen by the owner, and a subscription that ends, ends at once:
`deliveries` asks again before each message leaves. Clauses: 2.3, 4.1, 5.7.
"""

from collections.abc import Sequence
from typing import Any

from shouyue.ground.hazmat import messages
from shouyue.ground.jobs import service as jobs
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.apps import credentials as secrets
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.errors import NoApp
from shouyue.platform.apps.types import App
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.push import queries, rules
from shouyue.platform.push.errors import AddressAbroad, AddressUnproved, EventNotHeld, NotSubscribed
from shouyue.platform.push.tables import DeliveryRow, SubscriptionRow
from shouyue.platform.push.types import (
    DeliveryState,
    Message,
    Subscription,
    SubscriptionState,
    Wish,
)
from shouyue.privacy.egress import service as egress
from shouyue.privacy.egress.types import Failure, HttpBack, HttpOut
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

DELIVER = "push.deliver"
"""The job that takes one delivery out; its argument `delivery` is the id."""


def probe(
    db: ReadSession, owner: SubjectId, wish: Wish, *, loopback_allowed: bool = False
) -> HttpOut:
    """Return the encrypted test message that an address must answer before it is saved.

    The door sends it outside of any transaction and brings what came back to `subscribe`. Raises
    NoApp, EventNotHeld, DestinationRefused.
    """
    app = own(db, owner, wish.app)
    _check_events(app, wish.events)
    egress.check_url(wish.url, loopback_allowed=loopback_allowed)
    return trial(db, app, wish.url)


@control(
    Clause.C2_3,
    says="Push starts only with the owner's own choice of types, at an address that proved itself.",
)
def subscribe(db: Session, owner: SubjectId, wish: Wish, back: HttpBack) -> Subscription:
    """Save a subscription whose `probe` came back well, and switch it on.

    Raises AddressAbroad, AddressUnproved with the cause, NoApp, EventNotHeld; then what stood
    before still stands.
    """
    app = own(db, owner, wish.app)
    _check_events(app, wish.events)
    cause = rules.outcome(back)
    if cause == Failure.ABROAD:
        raise AddressAbroad
    if cause:
        raise AddressUnproved(cause=cause)
    row = db.get(SubscriptionRow, wish.app) or SubscriptionRow(app=wish.app)
    row.owner, row.url, row.extra = owner, wish.url, wish.extra
    row.switched_on, row.events, row.mainland = True, list(wish.events), True
    row.proved = row.probed = db.clock()
    db.add(row)
    ledger.append(db, Fact("push.subscribed", owner, {"app": app.id, "types": len(wish.events)}))
    answered(db, row, "")
    _stop_what_ended(db, row)
    return queries.subscription(row)


def choose(db: Session, owner: SubjectId, app_id: str, events: Sequence[str]) -> None:
    """Choose the event types, effective at once. Raises NoApp, NotSubscribed, EventNotHeld."""
    app = own(db, owner, app_id)
    _check_events(app, events)
    row = _row(db, app_id)
    row.events = list(dict.fromkeys(events))
    ledger.append(db, Fact("push.chosen", owner, {"app": app_id, "types": len(row.events)}))
    _stop_what_ended(db, row)


@control(Clause.C2_3, says="Switched off, nothing waits: what was on its way is stopped at once.")
def switch(db: Session, owner: SubjectId, app_id: str, *, on: bool) -> None:
    """Switch the whole subscription on or off. Raises NoApp, NotSubscribed."""
    own(db, owner, app_id)
    row = _row(db, app_id)
    row.switched_on = on
    ledger.append(db, Fact("push.switched", owner, {"app": app_id, "on": int(on)}))
    _stop_what_ended(db, row)


def send_extra(db: Session, owner: SubjectId, app_id: str, *, wanted: bool) -> None:
    """Choose whether messages carry the four fields beyond the official nine."""
    own(db, owner, app_id)
    _row(db, app_id).extra = wanted
    db.flush()


def subscribed(db: ReadSession, app_id: str) -> Subscription | None:
    """Return what an app has subscribed to, or None before its first proved address."""
    row = db.get(SubscriptionRow, app_id)
    return queries.subscription(row) if row else None


def sample(db: ReadSession, owner: SubjectId, app_id: str, event: str) -> HttpOut:
    """Return the catalogue's example of an event type as a test message to the proved address.

    Raises NoApp, NotSubscribed, UnknownEvent, EventNotHeld.
    """
    app = own(db, owner, app_id)
    _check_events(app, [event])
    row = _row(db, app_id)
    return trial(db, app, row.url, event)


def outcome(back: HttpBack) -> str:
    """Return why an answer is no success, as a permanent code, or an empty string."""
    return rules.outcome(back)


def trial(db: ReadSession, app: App, url: str, event: str = "") -> HttpOut:
    """Return a message marked as a test: the probe, or an example of an event type."""
    info = dict(catalogue.event(event).example) if event else {}
    biz_id = info.get(catalogue.event(event).biz_id, 0) if event else 0
    message = Message(
        event_id=f"test_{db.new_id()}",
        event=event,
        app_key=app.appkey,
        seller_id=0,
        biz_id=biz_id if isinstance(biz_id, int) else 0,
        open_id="",
        info=info,
        at=db.clock(),
        test=True,
    )
    return out(db, app.id, url, rules.envelope(message))


def out(db: ReadSession, app_id: str, url: str, fields: dict[str, Any]) -> HttpOut:
    """Return a request with an envelope under the app's message key.

    All of them go under the region rule: an address abroad would make each message an export (5.7).
    """
    body = messages.encrypt(secrets.message_key(db, app_id), rules.spell(fields))
    return HttpOut(
        url,
        body=body.encode(),
        headers=rules.HEADERS,
        timeout=rules.TIMEOUT,
        personal=True,
        where="push",
        about=app_id,
    )


def own(db: ReadSession, owner: SubjectId, app_id: str) -> App:
    """Return the app if this person owns it; raise NoApp otherwise."""
    app = apps.get(db, app_id)
    if app.owner != owner:
        raise NoApp
    return app


def answered(db: Session, row: SubscriptionRow, cause: str) -> None:
    """Write down a probe's result; a good one ends a suspension, and what waited for it goes."""
    row.probed, row.outcome = db.clock(), cause
    resumed = not cause and row.state == SubscriptionState.SUSPENDED
    if not cause:
        # The probe went under the region rule for personal data, so its answer proves that too.
        row.misses, row.state, row.mainland = 0, SubscriptionState.OK.value, True
    db.flush()
    if resumed:
        for delivery, _ in queries.under_way(db, row.app):
            send(db, delivery)


def send(db: Session, row: DeliveryRow) -> None:
    """Ask the worker to take a delivery out now; one that waits already is brought forward."""
    args = {"subject": row.subject, "delivery": row.id}
    jobs.enqueue(db, DELIVER, args, once=f"push:{row.id}")


def stop(row: DeliveryRow, why: str) -> None:
    """End a delivery that may not go any more."""
    row.state, row.outcome, row.next_at = DeliveryState.STOPPED.value, why, None


def _stop_what_ended(db: Session, row: SubscriptionRow) -> None:
    db.flush()
    for delivery, kind in queries.under_way(db, row.app):
        if not row.switched_on or kind not in row.events:
            stop(delivery, "unsubscribed")
    db.flush()


def _check_events(app: App, events: Sequence[str]) -> None:
    for name in events:
        scope = catalogue.event(name).scope
        if scope not in app.scopes:
            raise EventNotHeld(event=name, scope=scope)


def _row(db: ReadSession, app_id: str) -> SubscriptionRow:
    row = db.get(SubscriptionRow, app_id)
    if row is None:
        raise NotSubscribed
    return row
