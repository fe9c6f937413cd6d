"""Tickets: a proof of who is there, carried by the browser, sealed, ten minutes, used once.

Nothing is stored while a person reads the notice; the phone travels inside the ticket.
"""

import base64
import binascii
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.kit.canonical import canonical
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.accounts import queries, rules
from shouyue.people.accounts.errors import TicketInvalid
from shouyue.people.accounts.types import PlatformIdentity

_LABEL = "entry-ticket"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket says. `platform` is there when a platform account was the proof."""

    id: str
    at: datetime
    phone: str = field(repr=False)
    platform: PlatformIdentity | None = field(default=None, repr=False)


def issue(db: ReadSession, phone: str, platform: PlatformIdentity | None = None) -> str:
    """Return a ticket for a proven phone, or for a proven platform account and its phone."""
    facts = {
        "id": db.new_id(),
        "at": db.clock().isoformat(),
        "phone": phone,
        "platform": asdict(platform) if platform else None,
    }
    return base64.urlsafe_b64encode(db.keys.seal_named(_LABEL, canonical(facts))).decode()


def read(db: ReadSession, text: str) -> Ticket:
    """Return what a ticket says; raise TicketInvalid if forged, spent or older than ten minutes."""
    try:
        sealed = base64.urlsafe_b64decode(text.encode("ascii"))
        facts = json.loads(db.keys.unseal_named(_LABEL, sealed))
    except (NotAuthentic, UnicodeEncodeError, binascii.Error):
        raise TicketInvalid from None
    at = datetime.fromisoformat(facts["at"])
    if db.clock() - at >= rules.TICKET_LIFE or queries.is_spent(db, facts["id"]):
        raise TicketInvalid
    platform = PlatformIdentity(**facts["platform"]) if facts["platform"] else None
    return Ticket(facts["id"], at, facts["phone"], platform)


def spend(db: Session, ticket: Ticket) -> None:
    """Use a ticket up; raise TicketInvalid if another request was first."""
    if not queries.spend(db, ticket.id, db.clock()):
        raise TicketInvalid


def use_once(db: Session, proof: str) -> bool:
    """Use up the id of any short-lived proof; tell whether this was the first time."""
    return queries.spend(db, proof, db.clock())
