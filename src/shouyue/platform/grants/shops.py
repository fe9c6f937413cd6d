"""Who belongs to which shop: its main account, and its sub-accounts until they are removed.

As the operator's directory told. A main account sees what its sub-accounts let in, and ends it.
Owns `merchant`. Clauses: 2.3, 4.1.a, 6.2.1.
"""

from collections.abc import Sequence
from datetime import datetime

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.grants import queries, rules, service
from shouyue.platform.grants.errors import NoSuchGrant, ShopTaken
from shouyue.platform.grants.tables import MerchantRow
from shouyue.platform.grants.types import Cause, Grant, Merchant
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

staff_mask = rules.staff_mask


def link_merchant(
    db: Session, subject: SubjectId, seller_id: int, staff_id: int = 0, lets: Sequence[str] = ()
) -> Merchant:
    """Say whose shop it is, as the operator's directory told; `lets` is of a sub-account.

    A sub-account that may give less than before keeps what still fits. Raises ShopTaken.
    """
    taken = queries.merchant_by_seller(db, seller_id, staff_id)
    if taken is not None and taken.subject != subject:
        raise ShopTaken
    row = db.get(MerchantRow, subject)
    if row is None:
        row = MerchantRow(subject=subject, seller_id=seller_id, staff_id=staff_id)
        row.linked = db.clock()
        db.add(row)
    elif (row.seller_id, row.staff_id) != (seller_id, staff_id):
        if not row.staff_id:
            raise ShopTaken
        left(db, row.seller_id, row.staff_id)  # from one shop's staff to another's
        row.seller_id, row.staff_id, row.linked = seller_id, staff_id, db.clock()
    row.ended, row.heard = None, db.clock()
    if staff_id:
        row.lets = sorted(lets)
        held = queries.live_grants(db, subject)
        beyond = [one for one in held if not set(one.scopes) <= {*lets}]
        service.end_all(db, beyond, Cause.NARROWED)
    db.flush()
    return Merchant(subject, seller_id, staff_id)


def merchant(db: ReadSession, subject: SubjectId) -> Merchant | None:
    """Return the person's shop, or None: also for a sub-account that is gone."""
    row = db.get(MerchantRow, subject)
    return Merchant(subject, row.seller_id, row.staff_id) if row and row.ended is None else None


def main_of(db: ReadSession, seller_id: int) -> SubjectId | None:
    """Return a shop's main account, or None where nobody here is."""
    row = queries.merchant_by_seller(db, seller_id)
    return SubjectId(row.subject) if row else None


@control(Clause.C2_3, Clause.C5_1_2, says="With a sub-account end its grants and tokens at once.")
def left(db: Session, seller_id: int, staff_id: int) -> int:
    """End what a sub-account let in, because it was removed; return how many. Twice is once."""
    queries.hold_shop(db, seller_id)
    row = queries.merchant_by_seller(db, seller_id, staff_id) if staff_id else None
    if row is None or row.ended is not None:
        return 0
    row.ended = db.clock()
    subject = SubjectId(row.subject)
    # Without the numbers: one that looks like a phone's would be refused there, and nothing end.
    ledger.append(db, Fact("oauth.staff-left", subject, {}))
    return service.end_all(db, queries.live_grants(db, subject), Cause.LEFT)


def unknown(db: Session, subject: SubjectId) -> int:
    """End what a sub-account let in, because the directory knows it no more; return how many."""
    row = db.get(MerchantRow, subject)
    return left(db, row.seller_id, row.staff_id) if row else 0


def to_ask(db: Session, before: datetime) -> SubjectId | None:
    """Return a sub-account with a live grant to ask the directory about, and mark it as asked.

    None when each was asked since `before`.
    """
    row = queries.to_ask(db, before)
    if row is None:
        return None
    row.asked = db.clock()
    db.flush()
    return SubjectId(row.subject)


def unheard(db: ReadSession, before: datetime) -> int:
    """Count the sub-accounts with a live grant of which the directory has not spoken since."""
    return queries.unheard(db, before)


def staff_grants(db: ReadSession, main: SubjectId) -> list[Grant]:
    """Return the live grants of the sub-accounts of a main account's shop, newest first."""
    shop = merchant(db, main)
    if shop is None or shop.staff_id:
        return []
    rows = queries.staff_grants(db, shop.seller_id)
    return [queries.grant(row) for row in rows if db.clock() < row.until]


@control(
    Clause.C4_1_a,
    Clause.C6_2_1,
    says="A main account sees every grant of its sub-accounts and ends it at once.",
)
def revoke_of_staff(db: Session, main: SubjectId, grant_id: str) -> None:
    """End one grant of a sub-account of this main account's shop. Raises NoSuchGrant."""
    if grant_id not in {one.id for one in staff_grants(db, main)}:
        raise NoSuchGrant
    service.end(db, grant_id, Cause.MAIN)
