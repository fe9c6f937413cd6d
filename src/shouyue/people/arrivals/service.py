"""Between the steps of a log-in nothing is stored: the browser carries it, sealed, ten minutes.

A phone or a ticket therefore never stands in an address, a form field or a row (0.4, 2.1.1).
"""

import base64
import binascii
import json
from dataclasses import asdict
from datetime import datetime, timedelta

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.kit.canonical import canonical
from shouyue.ground.store.session import ReadSession
from shouyue.people.arrivals.types import Flow
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.shapes import masks

LIFE = timedelta(minutes=10)
_LABEL = "arrival-flow"


@control(Clause.C0_4, says="Until the notice is answered, who is coming is known to their browser.")
def seal(db: ReadSession, flow: Flow) -> str:
    """Return the flow as an opaque text for the cookie `sy_flow`."""
    facts = canonical({"at": db.clock().isoformat(), "flow": asdict(flow)})
    return base64.urlsafe_b64encode(db.keys.seal_named(_LABEL, facts)).decode()


def find(db: ReadSession, sealed: str) -> Flow | None:
    """Return the flow that a browser brings, or None if it is forged or older than ten minutes."""
    try:
        opened = db.keys.unseal_named(_LABEL, base64.urlsafe_b64decode(sealed.encode("ascii")))
    except (NotAuthentic, UnicodeEncodeError, binascii.Error):
        return None
    facts = json.loads(opened)
    if db.clock() - datetime.fromisoformat(facts["at"]) >= LIFE:
        return None
    return Flow(**facts["flow"])


def masked_phone(flow: Flow) -> str:
    """Return the flow's phone as it may be shown: `138****1234`."""
    return masks.mask(policy.item(Item.DI_01).mask, flow.phone)
