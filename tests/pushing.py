"""A shop, an app that the merchant let in, and the app's receiver: push under test."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from shouyue.ground.hazmat import messages
from shouyue.ground.jobs.service import Worker
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.platform.apps.types import Issued
from shouyue.platform.grants import service as grants
from shouyue.platform.push import intake
from shouyue.platform.push import jobs as push_jobs
from shouyue.platform.push import service as push
from shouyue.platform.push.types import IncomingEvent, Wish
from shouyue.privacy.egress.types import HttpBack, HttpOut
from tests.house import MONDAY, House
from tests.merchants import SELLER, authorise, make_app, make_merchant

URL = "https://erp.example/push"
PAID = "kwaishop_order_paySuccess"
ADDED = "kwaishop_order_addOrder"
REFUND = "kwaishop_aftersales_addRefund"
BUYER = "buyer-of-the-operator-7"
WELL = HttpBack(200, b'{"result":1}', 20)


def order_event(number: int = 1, **other: Any) -> IncomingEvent:
    """An order was paid."""
    oid = 2632700000000 + number
    given: dict[str, Any] = {
        "event_id": f"{SELLER}_{oid}_{number}",
        "event": PAID,
        "seller_id": SELLER,
        "biz_id": oid,
        "info": {
            "oid": oid,
            "sellerId": SELLER,
            "status": 30,
            "updateTime": 1795449600000,
            "buyerOpenId": BUYER,
        },
        "at": MONDAY,
    }
    return IncomingEvent(**given | other)


@dataclass
class Net:
    """A network with one receiver. Answers as told, then well; remembers what it got."""

    then: list[HttpBack | Callable[[], HttpBack]] = field(default_factory=list)
    always: HttpBack = WELL
    got: list[HttpOut] = field(default_factory=list)

    def __call__(self, out: HttpOut) -> HttpBack:
        self.got.append(out)
        if not self.then:
            return self.always
        answer = self.then.pop(0)
        return answer() if callable(answer) else answer


@dataclass
class Stage:
    """Who is there."""

    house: House
    owner: SubjectId
    merchant: SubjectId
    app: Issued
    net: Net

    @property
    def worker(self) -> Worker:
        """The worker with push's answers alone."""
        return Worker(self.house.store, push_jobs.answers(self.net, grants.apps_for))

    def take(self, event: IncomingEvent | None = None) -> int:
        """Hand an event in."""
        with self.house.store.begin() as db:
            return intake.take(db, event or order_event(), grants.apps_for)

    def read(self, out: HttpOut) -> dict[str, Any]:
        """Decode a message as the app would."""
        key = base64.b64decode(self.app.message_key)
        found: dict[str, Any] = json.loads(messages.decrypt(key, out.body.decode()))
        return found

    def envelopes(self) -> list[dict[str, Any]]:
        """Return what the receiver got, tests left out."""
        return [fields for out in self.net.got if not (fields := self.read(out))["test"]]


def subscribe(
    db: Session, owner: SubjectId, app: Issued, *events: str, extra: bool = False
) -> None:
    """Subscribe by way of the probe."""
    wish = Wish(app.app_id, URL, events or (PAID, ADDED, REFUND), extra)
    push.probe(db, owner, wish)
    push.subscribe(db, owner, wish, WELL)


def stage(house: House, *, granted: bool = True, subscribed: bool = True) -> Stage:
    """An app, a merchant who let it in, and a subscription."""
    with house.store.begin() as db:
        owner, app = make_app(db)
        merchant = make_merchant(db)
        if granted:
            authorise(db, merchant, app)
        if subscribed:
            subscribe(db, owner, app)
    return Stage(house, owner, merchant, app, Net())
