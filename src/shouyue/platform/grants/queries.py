"""SQL in, values out."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.grants.tables import GrantRow, MerchantRow
from shouyue.platform.grants.types import Grant, GrantState


def merchant_by_seller(db: ReadSession, seller_id: int, staff_id: int = 0) -> MerchantRow | None:
    """Return who is linked to a shop: its main account, or the sub-account of that number."""
    chosen = sa.select(MerchantRow).where(
        MerchantRow.seller_id == seller_id, MerchantRow.staff_id == staff_id
    )
    return db.scalars(chosen).one_or_none()


def hold_shop(db: Session, seller_id: int) -> None:
    """Hold a shop by its main account's row: what it and its sub-accounts do comes in turn."""
    chosen = sa.select(MerchantRow.subject).where(
        MerchantRow.seller_id == seller_id, MerchantRow.staff_id == 0
    )
    db.execute(chosen.with_for_update())


def live_grants(db: ReadSession, subject: SubjectId, app: str = "") -> list[GrantRow]:
    """Return a person's grants that are not revoked, to one app or to all."""
    chosen = sa.select(GrantRow).where(
        GrantRow.subject == subject, GrantRow.state == GrantState.LIVE
    )
    return list(db.scalars(chosen.where(GrantRow.app == app) if app else chosen))


def staff_grants(db: ReadSession, seller_id: int) -> list[GrantRow]:
    """Return the grants of a shop's sub-accounts that are not revoked, newest first."""
    chosen = (
        sa.select(GrantRow)
        .join(MerchantRow, MerchantRow.subject == GrantRow.subject)
        .where(MerchantRow.seller_id == seller_id, GrantRow.staff_id != 0)
        .where(GrantRow.state == GrantState.LIVE)
    )
    return list(db.scalars(_newest(chosen)))


def to_ask(db: Session, before: datetime) -> MerchantRow | None:
    """Return a sub-account with a live grant that the directory was not asked about since.

    Whoever has waited longest comes first. Another worker's is passed over.
    """
    chosen = _granting(db.clock()).where(
        sa.or_(MerchantRow.asked.is_(None), MerchantRow.asked < before)
    )
    first = chosen.order_by(MerchantRow.asked.is_not(None), MerchantRow.asked, MerchantRow.subject)
    return db.scalars(first.limit(1).with_for_update(skip_locked=True)).one_or_none()


def unheard(db: ReadSession, before: datetime) -> int:
    """Count the sub-accounts with a live grant of which the directory has not spoken since."""
    last = sa.func.coalesce(MerchantRow.heard, MerchantRow.linked)
    chosen = _granting(db.clock()).where(last < before)
    return db.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0


def _granting(at: datetime) -> sa.Select[MerchantRow]:
    live = sa.exists().where(
        GrantRow.subject == MerchantRow.subject,
        GrantRow.staff_id != 0,
        GrantRow.state == GrantState.LIVE,
        GrantRow.until > at,
    )
    return sa.select(MerchantRow).where(MerchantRow.ended.is_(None), live)


def testers(db: ReadSession, app: str, at: datetime) -> set[str]:
    """Return the test users of an app: who let it in during its development, and still does."""
    chosen = sa.select(GrantRow.subject).where(
        GrantRow.app == app,
        GrantRow.is_test,
        GrantRow.state == GrantState.LIVE,
        GrantRow.until > at,
    )
    return set(db.scalars(chosen))


def test_grants(db: ReadSession, apps: Collection[str], at: datetime) -> list[GrantRow]:
    """Return the live grants of test users to these apps, newest first."""
    chosen = sa.select(GrantRow).where(
        GrantRow.app.in_(apps),
        GrantRow.is_test,
        GrantRow.state == GrantState.LIVE,
        GrantRow.until > at,
    )
    return list(db.scalars(_newest(chosen)))


def grants_of(db: ReadSession, subject: SubjectId) -> list[Grant]:
    """Return a merchant's grants, newest first."""
    chosen = sa.select(GrantRow).where(GrantRow.subject == subject)
    return [grant(row) for row in db.scalars(_newest(chosen))]


def shops_of(db: ReadSession, app: str) -> dict[int, str]:
    """Return by the seller's number the open id of each shop that has granted to an app."""
    chosen = (
        sa.select(MerchantRow.seller_id, GrantRow.open_id)
        .join(GrantRow, GrantRow.subject == MerchantRow.subject)
        .where(GrantRow.app == app, GrantRow.staff_id == 0)
    )
    return {row.seller_id: row.open_id for row in db.execute(chosen)}


def grants_to(db: ReadSession, app: str) -> list[Grant]:
    """Return the grants to an app, newest first."""
    return [
        grant(row) for row in db.scalars(_newest(sa.select(GrantRow).where(GrantRow.app == app)))
    ]


def knows(db: ReadSession, app: str, shop: str | int) -> bool:
    """Tell whether an open id or a shop's number has a grant to an app, whatever became of it."""
    chosen = sa.exists().where(GrantRow.app == app)
    if isinstance(shop, str):
        chosen = chosen.where(GrantRow.open_id == shop)
    else:
        chosen = chosen.where(
            MerchantRow.subject == GrantRow.subject, MerchantRow.seller_id == shop
        )
    return bool(db.scalar(sa.select(chosen)))


def granted_by_seller(db: ReadSession, seller_id: int) -> list[GrantRow]:
    """Return the live grants of a shop's main account, newest first."""
    chosen = (
        sa.select(GrantRow)
        .join(MerchantRow, MerchantRow.subject == GrantRow.subject)
        .where(MerchantRow.seller_id == seller_id, MerchantRow.staff_id == 0)
        .where(GrantRow.state == GrantState.LIVE)
    )
    return list(db.scalars(_newest(chosen)))


def grant(row: GrantRow) -> Grant:
    """Return the row as a value."""
    return Grant(
        id=row.id,
        app_id=row.app,
        subject=SubjectId(row.subject),
        open_id=row.open_id,
        scopes=tuple(row.scopes),
        state=GrantState(row.state),
        given=row.given,
        until=row.until,
        ended=row.ended,
        is_test=row.is_test,
        staff_id=row.staff_id,
        provision=row.provision,
    )


def _newest(chosen: sa.Select[GrantRow]) -> sa.Select[GrantRow]:
    return chosen.order_by(GrantRow.given.desc(), GrantRow.id.desc())


def seller_of(db: ReadSession, subject: str) -> int:
    """Return the number of the shop of a person who has given a grant."""
    return db.get_one(MerchantRow, subject).seller_id


def erase(db: Session, subject: SubjectId) -> int:
    """Delete a person's grants and shop; return how many rows went."""
    steps = (
        sa.delete(GrantRow).where(GrantRow.subject == subject).returning(GrantRow.id),
        sa.delete(MerchantRow).where(MerchantRow.subject == subject).returning(MerchantRow.subject),
    )
    return sum(len(db.scalars(step).all()) for step in steps)
