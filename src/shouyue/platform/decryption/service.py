"""Buyers' fields by API: decrypt, desensitise, encrypt, index (protocol, sections 5.2 and 5.3).

Each verb takes a batch and answers item by item with the value or a refusal. A plain value is
returned only by a unit of work that counts its order and writes its release; whoever calls lets it
go after the commit. Owns `decryption_day`, `decryption_order` and `decryption_index`.
Clauses: 2.3, 4.1, 5.1.2.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain, repeat

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.jobs import service as jobs
from shouyue.ground.kit.calendar import BEIJING
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.store.service import Store
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.alarms import service as alarms
from shouyue.platform.decryption import queries, rules
from shouyue.platform.decryption.errors import (
    CipherUnknown,
    IndexSpent,
    QuotaSpent,
    RateExceeded,
)
from shouyue.platform.decryption.types import Caller, Cipher, Indexed, Told, Use, Value
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing import veils
from shouyue.privacy.sharing.types import Release, Unveiled

_ITEMS = frozenset({Item.DI_66})


@control(
    Clause.C4_1,
    Clause.C2_3,
    Clause.C5_1_2,
    says="A buyer's field is opened for its own shop, app and order, counted, and recorded first.",
)
def decrypt(
    db: Session, caller: Caller, batch: Sequence[Cipher], told: Told
) -> list[str | Refusal]:
    """Return plain values, and count and record what is opened.

    Refusals by item: OrderUnknown, LevelTooLow, WindowOver, CipherUnknown, RateExceeded,
    QuotaSpent. Raises what `sharing.record` raises, and then nothing was opened.
    """
    now = db.clock()
    opened = [_open(db, caller, one, rules.closed(told, one.order, now)) for one in batch]
    wanted = dict.fromkeys(
        one.order for one, found in zip(batch, opened, strict=True) if isinstance(found, Unveiled)
    )
    refused = _spend(db, caller, told, wanted)
    _release(db, caller, told, wanted.keys() - refused.keys())
    return [
        refused.get(one.order, found.plain) if isinstance(found, Unveiled) else found
        for one, found in zip(batch, opened, strict=True)
    ]


def desensitise(
    db: Session, caller: Caller, batch: Sequence[Cipher], told: Told
) -> list[str | Refusal]:
    """Return masks and record them; no quota is touched. Refusals: OrderUnknown, CipherUnknown.

    Raises what `sharing.record` raises.
    """
    opened = [_open(db, caller, one, rules.own(told, one.order)) for one in batch]
    shown = {
        one.order for one, found in zip(batch, opened, strict=True) if isinstance(found, Unveiled)
    }
    _release(db, caller, told, shown)
    return [found.mask if isinstance(found, Unveiled) else found for found in opened]


def encrypt(db: Session, caller: Caller, batch: Sequence[Value], told: Told) -> list[str | Refusal]:
    """Return ciphertexts of values that the app holds, for orders of the shop.

    Nothing is released: the app brought what it gets back. A ciphertext begins with the index of
    its value, so it counts as `index` does. Refusals by item: OrderUnknown, IndexSpent.
    """
    nos = [rules.own(told, one.order) for one in batch]
    left = _ask(db, caller, sum(no is None for no in nos))
    return [
        no or next(left) or _veiled(db, caller, one) for no, one in zip(nos, batch, strict=True)
    ]


def index(db: Session, caller: Caller, batch: Sequence[Value]) -> list[str | Refusal]:
    """Return the search indexes of values that the app holds. Refusal by item: IndexSpent."""
    left = _ask(db, caller, len(batch))
    return [next(left) or _index(db, caller, one) for one in batch]


@control(
    Clause.C5_1_2,
    says="To print and to text, an app needs no plain value: its ciphertext is opened on the way.",
)
def passed_on(unit: Store, caller: Caller, text: str) -> Unveiled | None:
    """Return what goes to the operator's own system in the place of a ciphertext from the app.

    None for any other text, which stays. Raises CipherUnknown for a ciphertext of another shop or
    app. The app sees nothing of it, so it is no release; `check_passing` comes before it goes.
    """
    if not veils.is_veiled(text):
        return None
    try:
        return veils.unveil(unit, text, scope=caller.scope)
    except NotAuthentic:
        raise CipherUnknown from None


@control(
    Clause.C4_1,
    Clause.C2_3,
    says="A ciphertext is opened on its way only for an order of the shop in the window of "
    "decrypting, and only while the app's provision covers buyers' data.",
)
def check_passing(db: ReadSession, caller: Caller, orders: Iterable[str], told: Told) -> None:
    """Return if values of these orders may go to the operator's own system now.

    Raises OrderUnknown, WindowOver and what `sharing.check` raises. A shop's level and the quotas
    are of plain values that an app reads; printing and texting touch none of them.
    """
    now = db.clock()
    for order in orders:
        if no := rules.over(told, order, now):
            raise no
    sharing.check(db, caller.provision, _ITEMS)


def uses(db: ReadSession, app: str) -> list[Use]:
    """Return the day of each shop whose orders an app has opened in the last thirty days."""
    today = _today(db)
    return [
        Use(
            seller_id=seller_id,
            quota=day.quota if day else 0,
            used=day.used if day else 0,
            opened=opened,
            month=month,
            most=rules.most_by_rate(queries.last_shipped(db, seller_id)),
        )
        for seller_id, opened, month, day in queries.uses(db, app, today, _since(today))
    ]


def indexed(db: ReadSession, app: str) -> list[Indexed]:
    """Return by shop how many plain values an app has asked to index or encrypt today."""
    return [Indexed(*found) for found in queries.indexed_by(db, app, _today(db))]


def expire(db: Session) -> None:
    """Delete what the rate rule no longer looks at."""
    queries.drop_before(db, _since(_today(db)))


def _open(db: ReadSession, caller: Caller, one: Cipher, no: Refusal | None) -> Unveiled | Refusal:
    if no is not None:
        return no
    try:
        found = veils.unveil(db, one.text, scope=caller.scope)
    except NotAuthentic:
        return CipherUnknown()
    return found if found.order == one.order else CipherUnknown()


def _veiled(unit: ReadSession, caller: Caller, one: Value) -> str:
    kind, scope = one.kind.veil, caller.scope
    return veils.veil(unit, kind, one.text, order=one.order, scope=scope).cipher


def _index(unit: ReadSession, caller: Caller, one: Value) -> str:
    return veils.index(unit, one.kind.veil, one.text, scope=caller.scope)


@control(
    Clause.C5_1_2,
    Clause.C2_3,
    says="Who could try all phone numbers against the indexes is stopped: values are counted by "
    "app, shop and day, staff hear at 90 % and at the end.",
)
def _ask(db: Session, caller: Caller, count: int) -> Iterator[Refusal | None]:
    """Count values, and tell of each in its turn whether it is too many. No limit: all may go."""
    most, today = caller.most_values, _today(db)
    if not most or not count:
        return repeat(None)
    after = queries.indexed(db, caller.seller_id, today, caller.app, count)
    before = after - count
    if rules.nearly(after, most) and not rules.nearly(before, most):
        _tell(db, caller, "decryption.index-near")
    if before <= most < after:
        _tell(db, caller, "decryption.index-spent")
        facts = {"app": caller.app, "seller": str(caller.seller_id), "day": today.isoformat()}
        ledger.append(db, Fact("decryption.index-spent", None, facts))
    fit = max(0, most - before)
    return chain(repeat(None, fit), repeat(IndexSpent(most=most)))


@control(
    Clause.C5_1_2,
    says="Plain values are metered: by shop and day, and by an app's share of what a shop ships.",
)
def _spend(db: Session, caller: Caller, told: Told, orders: Iterable[str]) -> Mapping[str, Refusal]:
    """Count orders in their turn; return the refusals of those that are too many."""
    paid = {
        order: _ref(db, caller, order) for order in orders if not rules.free(told.orders[order])
    }
    if not paid:
        return {}
    today = _today(db)
    day = queries.day(db, caller.seller_id, today, told)
    by_shop = queries.opened_on(db, caller.seller_id, today)
    by_app = queries.opened_by(db, caller.app, caller.seller_id, _since(today))
    most, before = rules.most_by_rate(told.shipped), day.used
    refused: dict[str, Refusal] = {}
    fresh = []
    for order, ref in paid.items():
        if ref not in by_app and len(by_app) >= most:
            refused[order] = RateExceeded(percent=rules.RATE_PERCENT)
        elif ref not in by_shop and len(by_shop) >= told.quota:
            refused[order] = QuotaSpent(quota=told.quota)
        else:
            by_app.add(ref)
            apps = by_shop.setdefault(ref, set())
            if caller.app not in apps:
                apps.add(caller.app)
                fresh.append(ref)
    queries.add(db, caller.seller_id, today, caller.app, fresh)
    day.used = len(by_shop)
    db.flush()
    _warn(db, caller, refused.values(), near=_crossed(before, day.used, told.quota))
    return refused


def _crossed(before: int, used: int, quota: int) -> bool:
    return rules.nearly(used, quota) and not rules.nearly(before, quota)


def _warn(db: Session, caller: Caller, refused: Iterable[Refusal], *, near: bool) -> None:
    if near:
        _tell(db, caller, "decryption.quota-near")
    if any(isinstance(no, RateExceeded) for no in refused):
        _tell(db, caller, "decryption.rate")


def _tell(db: Session, caller: Caller, kind: str) -> None:
    about = {"kind": kind, "where": str(caller.seller_id), "about": caller.app}
    jobs.enqueue(db, alarms.RAISED, about)


def _release(db: Session, caller: Caller, told: Told, orders: Iterable[str]) -> None:
    buyers = sorted({told.orders[order].buyer for order in orders})
    if not buyers:
        return
    refs = tuple(sharing.buyer_ref(db.keys, buyer) for buyer in buyers)
    sharing.record(
        db,
        Release(
            provision=caller.provision,
            items=_ITEMS,
            via=caller.via,
            request=caller.request,
            refs=refs,
        ),
    )


def _ref(db: ReadSession, caller: Caller, order: str) -> str:
    return db.keys.mac("decryption:order", f"{caller.seller_id}:{order}".encode()).hex()[:32]


def _today(db: ReadSession) -> date:
    return db.clock().astimezone(BEIJING).date()


def _since(today: date) -> date:
    return today - timedelta(days=rules.RATE_DAYS - 1)
