"""SQL in, values out."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.oauth.tables import CodeRow, GrantRow, MerchantRow, TokenRow
from shouyue.platform.oauth.types import Grant, GrantState


def merchant_by_seller(db: ReadSession, seller_id: int, staff_id: int = 0) -> MerchantRow | None:
    """Return who is linked to a shop: its main account, or the sub-account of that number."""
    chosen = sa.select(MerchantRow).filter_by(seller_id=seller_id, staff_id=staff_id)
    return db.scalars(chosen).one_or_none()


def hold_shop(db: Session, seller_id: int) -> None:
    """Hold a shop by its main account's row: what it and its sub-accounts do comes in turn."""
    chosen = sa.select(MerchantRow.subject).filter_by(seller_id=seller_id, staff_id=0)
    db.execute(chosen.with_for_update())


def code_for_update(db: Session, fingerprint: str) -> CodeRow | None:
    """Return a code, locked: two exchanges of one code come one after the other."""
    chosen = sa.select(CodeRow).where(CodeRow.fingerprint == fingerprint).with_for_update()
    return db.scalars(chosen).one_or_none()


def token_for_update(db: Session, fingerprint: str) -> TokenRow | None:
    """Return a token, locked."""
    return db.get(TokenRow, fingerprint, with_for_update=True)


def token(db: ReadSession, fingerprint: str) -> tuple[TokenRow, GrantRow | None, int] | None:
    """Return a token, its grant and the seller's number (0 where there is no grant)."""
    chosen = (
        sa.select(TokenRow, GrantRow, MerchantRow.seller_id)
        .outerjoin(GrantRow, GrantRow.id == TokenRow.grant)
        .outerjoin(MerchantRow, MerchantRow.subject == GrantRow.subject)
        .where(TokenRow.fingerprint == fingerprint)
    )
    found = db.execute(chosen).first()
    return (found[0], found[1], found[2] or 0) if found else None


def known(db: ReadSession, fingerprints: Collection[str]) -> set[str]:
    """Return those under which there is a token, whatever became of it."""
    chosen = sa.select(TokenRow.fingerprint).where(TokenRow.fingerprint.in_(fingerprints))
    return set(db.scalars(chosen))


def revoke_tokens(db: Session, grant: str) -> None:
    """Revoke every token of a grant."""
    db.execute(sa.update(TokenRow).where(TokenRow.grant == grant).values(revoked=True))


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
    )


def _newest(chosen: sa.Select[GrantRow]) -> sa.Select[GrantRow]:
    return chosen.order_by(GrantRow.given.desc(), GrantRow.id.desc())


def erase(db: Session, subject: SubjectId) -> int:
    """Delete a person's codes, tokens, grants and shop; return how many rows went."""
    mine = sa.select(GrantRow.id).where(GrantRow.subject == subject).scalar_subquery()
    steps = (
        sa.delete(CodeRow).where(CodeRow.grant.in_(mine)).returning(CodeRow.fingerprint),
        sa.delete(TokenRow).where(TokenRow.grant.in_(mine)).returning(TokenRow.fingerprint),
        sa.delete(GrantRow).where(GrantRow.subject == subject).returning(GrantRow.id),
        sa.delete(MerchantRow).where(MerchantRow.subject == subject).returning(MerchantRow.subject),
    )
    return sum(len(db.scalars(step).all()) for step in steps)
