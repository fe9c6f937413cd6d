"""`POST /intake/events`: the operator's systems tell what happened.

`{"result": 1}` is said only after the commit, so the sender keeps an event until it is safe here.
A refused event has a permanent code; sending it again will not help (4xx), except after 5xx.
What the house itself has to know goes to no app: `shop.staff.removed` says that a sub-account, by
its number in `biz_id`, is removed or switched off.
"""

import json
from collections.abc import Mapping

from shouyue.ground.kit.errors import Refusal
from shouyue.ground.store.service import Store
from shouyue.ground.store.session import Session
from shouyue.people.alarms import fields
from shouyue.people.alarms.fields import Note
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.errors import UnknownEvent
from shouyue.platform.grants import shops
from shouyue.platform.push import intake
from shouyue.platform.push.errors import EventMalformed, EventOversized, Unsigned
from shouyue.platform.push.types import Audience, IncomingEvent

PATH = "/intake/events"
STAFF_REMOVED = "shop.staff.removed"

_STATUS: Mapping[type[Refusal], tuple[int, int]] = {
    # HTTP status and the protocol's result (section 1.6).
    Unsigned: (403, 27),
    EventOversized: (413, 13),
    EventMalformed: (400, 13),
    UnknownEvent: (400, 13),
}
_OURS = (500, 11)


class Intake:
    """Takes signed events in; threads may share one."""

    def __init__(
        self, store: Store, secret: str, audience: Audience, note: Note = fields.unheard
    ) -> None:
        """Refuse whatever is not signed with the upstream secret; note what nobody declared."""
        self._note = note
        self._store = store
        self._secret = secret
        self._audience = audience

    def __call__(self, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Answer one request with status and body."""
        try:
            with self._store.read() as db:  # strangers never come as far as the writer's lock
                intake.admit(db, self._secret, headers, body)
            event = intake.read(body)
            fields.notice(self._note, f"event {event.event}"[:100], _undeclared(event))
            self._store.do(lambda db: self._take(db, event))
        except Refusal as no:
            status, result = _STATUS.get(type(no), _OURS)
            return status, _json({"result": result, "sub_code": no.code, "error_msg": no.say("en")})
        return 200, _json({"result": 1})

    def _take(self, db: Session, event: IncomingEvent) -> None:
        if event.event == STAFF_REMOVED:
            shops.left(db, *intake.numbers(event))
        else:
            intake.take(db, event, self._audience)


def _undeclared(incoming: IncomingEvent) -> list[str]:
    """Return the fields of an event that the protocol or the catalogue does not know."""
    try:
        event = catalogue.event(incoming.event)
    except UnknownEvent:
        return []
    inside = catalogue.undeclared(event.info, incoming.info)
    return [*incoming.beyond, *(f"info.{name}" for name in inside)]


def _json(answer: Mapping[str, object]) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()
