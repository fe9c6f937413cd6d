"""How far an authorisation reaches: no further than the yes behind it, and the main account's.

A sub-account gives only packages that the main account lets it give and has itself given to the
same app, and no longer than that holds (protocol, section 2.5).
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.apps import service as apps
from shouyue.platform.grants import queries
from shouyue.platform.grants.errors import MainFirst, StaffGone, StaffNotLet
from shouyue.platform.grants.tables import GrantRow, MerchantRow
from shouyue.platform.grants.types import Ask
from shouyue.privacy.consent import service as consent
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.purposes import Purpose

_OPEN_ID_CHARS = 32
_NEVER = datetime.max.replace(tzinfo=UTC)


@control(
    Clause.C2_3,
    Clause.C4_1_a,
    says="A sub-account lets an app in only as far as its main account lets it and has done.",
)
def until(db: ReadSession, shop: MerchantRow, request: Ask) -> datetime:
    """Return until when a grant given now would hold.

    A sub-account's ends with its main account's. Raises StaffGone, StaffNotLet, MainFirst.
    """
    whole = db.clock() + timedelta(days=request.days)
    if shop.ended is not None:
        raise StaffGone
    if not shop.staff_id:
        return whole
    if not set(request.scopes) <= set(shop.lets or ()):
        raise StaffNotLet
    carried = _carrying(db, shop.seller_id, request.app_id, request.scopes)
    if not carried:
        raise MainFirst
    return min(whole, max(row.until for row in carried))


@control(
    Clause.C6_2_1,
    Clause.C4_1_a,
    says="A grant opens nothing once the yes behind it is over, before any worker has heard of it.",
)
def holds(db: ReadSession, row: GrantRow) -> bool:
    """Tell whether what a live grant rests on is there now: its giver's yes, and a main account's.

    News of the end of a yes is a job; whoever asks here waits for none.
    """
    if not agreed(db, [row]):
        return False
    if not row.staff_id:
        return True
    return bool(_carrying(db, queries.seller_of(db, row.subject), row.app, row.scopes))


def agreed(db: ReadSession, rows: Sequence[GrantRow]) -> list[GrantRow]:
    """Return those of the live grants whose giver's yes has been in force since they were given.

    A later yes is to what it said itself, and brings no grant of before back.
    """
    givers = {row.subject for row in rows}
    since = {one: consent.since(db, SubjectId(one), Purpose.P6) for one in givers}
    return [row for row in rows if since[row.subject].get(row.app, _NEVER) <= row.given]


def uncarried(db: Session, ended: GrantRow) -> list[GrantRow]:
    """Return the live grants of sub-accounts that a main account's ended grant carried alone.

    What another grant carries holds as long as that one at the most.
    """
    shop = db.get(MerchantRow, ended.subject)
    if shop is None or shop.staff_id:
        return []
    lost = []
    for row in queries.staff_grants(db, shop.seller_id):
        if row.app != ended.app:
            continue
        if carried := _carrying(db, shop.seller_id, row.app, row.scopes):
            row.until = min(row.until, max(one.until for one in carried))
        else:
            lost.append(row)
    return lost


def open_id(db: ReadSession, app_id: str, seller_id: int, staff_id: int = 0) -> str:
    """Return the id by which the developer of an app knows a shop, or one of its sub-accounts."""
    # One developer sees one id for a seller in all its apps; two developers cannot compare.
    whom = f"{apps.get(db, app_id).enterprise}:{seller_id}" + (f":{staff_id}" if staff_id else "")
    return db.keys.mac("oauth:open-id", whom.encode()).hex()[:_OPEN_ID_CHARS]


def _carrying(
    db: ReadSession, seller_id: int, app: str, scopes: tuple[str, ...] | list[str]
) -> list[GrantRow]:
    fit = [
        row
        for row in queries.granted_by_seller(db, seller_id)
        if row.app == app and db.clock() < row.until and set(scopes) <= set(row.scopes)
    ]
    return agreed(db, fit)
