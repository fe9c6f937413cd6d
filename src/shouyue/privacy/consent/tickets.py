"""The token of a notice: what was shown, in which words and when, sealed under a named key."""

import base64
import binascii
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.kit.canonical import Plain, canonical
from shouyue.ground.store.session import ReadSession
from shouyue.privacy.consent import rules
from shouyue.privacy.consent.errors import ConsentMissing
from shouyue.privacy.consent.types import Offer
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose

_LABEL = "consent-notice"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a token says. `id` names this one showing, `digest` the words shown."""

    id: str
    digest: str
    at: datetime
    offer: Offer


def seal(db: ReadSession, ticket: Ticket) -> str:
    """Return the token: opaque, unforgeable, safe in a form field."""
    facts: dict[str, Plain] = {
        "id": ticket.id,
        "digest": ticket.digest,
        "at": ticket.at.isoformat(),
        "offer": asdict(ticket.offer),
    }
    sealed = db.keys.seal_named(_LABEL, canonical(facts))
    return base64.urlsafe_b64encode(sealed).decode()


def open_(db: ReadSession, token: str) -> Ticket:
    """Return what a token says; raise ConsentMissing when it is forged or older than 30 minutes."""
    try:
        sealed = base64.urlsafe_b64decode(token.encode("ascii"))
        facts = json.loads(db.keys.unseal_named(_LABEL, sealed))
    except (NotAuthentic, UnicodeEncodeError, binascii.Error):
        raise ConsentMissing from None
    at = datetime.fromisoformat(facts["at"])
    if db.clock() - at >= rules.TOKEN_LIFE:
        raise ConsentMissing
    return Ticket(facts["id"], facts["digest"], at, _offer(facts["offer"]))


def _offer(facts: dict[str, Any]) -> Offer:
    return Offer(
        **{
            **facts,
            "purposes": tuple(Purpose(code) for code in facts["purposes"]),
            "optional": tuple(Purpose(code) for code in facts["optional"]),
            "items": tuple(Item(code) for code in facts["items"]),
            "permits": tuple(facts["permits"]),
        }
    )
