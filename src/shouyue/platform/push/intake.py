"""Events as they come from the operator's systems: checked, kept sealed, handed out once.

An event that nobody may receive is not kept at all. Clauses: 2.3, 4.1, 5.1.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.types import AppState
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue import upstreams
from shouyue.platform.push import queries, rules, service
from shouyue.platform.push.errors import Unsigned
from shouyue.platform.push.tables import DeliveryRow, EventRow
from shouyue.platform.push.types import Audience, Granted, IncomingEvent
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

read = rules.read
numbers = rules.numbers

_LABEL = "push-event"


def admit(db: ReadSession, secret: str, headers: Mapping[str, str], body: bytes) -> None:
    """Return if the operator's system sent this body within ten minutes; raise Unsigned."""
    try:
        upstreams.check(secret, headers, db.clock(), body)
    except NotAuthentic:
        raise Unsigned from None


@control(
    Clause.C2_3,
    Clause.C4_1,
    says="An event goes only to apps that a merchant let in for its scope and that asked for it.",
)
def take(db: Session, incoming: IncomingEvent, audience: Audience) -> int:
    """Hand one event out to those who may have it; return to how many apps.

    A second time changes nothing. Raises UnknownEvent, EventMalformed: then nothing is kept.
    """
    event = catalogue.event(incoming.event)
    info = rules.check(event, incoming)
    takers = _takers(db, incoming, audience(db, incoming.seller_id, event.scope))
    if not takers:
        return 0
    first = next(iter(takers.values()))
    row = _event(db, incoming, first.subject or "", info)
    if not queries.add_event(db, row):
        return 0
    for app in takers:
        delivery = DeliveryRow(
            id=db.new_id(), event=row["id"], app=app, subject=row["subject"], at=db.clock()
        )
        db.add(delivery)
        db.flush()
        service.send(db, delivery)
    return len(takers)


def opened(db: ReadSession, row: EventRow) -> dict[str, Any] | None:
    """Return the content of an event, or None after its seven days."""
    if row.sealed is None:
        return None
    plain = db.keys.unseal_named(_LABEL, row.sealed, row.event_id.encode())
    info: dict[str, Any] = json.loads(plain)
    return info


def _takers(
    db: ReadSession, incoming: IncomingEvent, granted: Sequence[Granted]
) -> dict[str, Granted]:
    takers: dict[str, Granted] = {}
    for one in granted:
        listens = queries.subscribed(db, one.app_id, incoming.event)
        if listens and apps.get(db, one.app_id).state is not AppState.OFFLINE:
            takers.setdefault(one.app_id, one)
    return takers


def _event(
    db: Session, incoming: IncomingEvent, subject: str, info: Mapping[str, Any]
) -> dict[str, Any]:
    bound = incoming.event_id.encode()
    return {
        "id": db.new_id(),
        "event_id": incoming.event_id,
        "subject": subject,
        "seller_id": incoming.seller_id,
        "kind": incoming.event,
        "biz_id": incoming.biz_id,
        "sealed": db.keys.seal_named(_LABEL, rules.spell(info), bound),
        "happened": incoming.at,
        "taken": db.clock(),
    }
