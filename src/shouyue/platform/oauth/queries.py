"""SQL in, values out."""

from collections.abc import Collection

import sqlalchemy as sa

from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.oauth.tables import CodeRow, TokenRow


def code_for_update(db: Session, fingerprint: str) -> CodeRow | None:
    """Return a code, locked: two exchanges of one code come one after the other."""
    chosen = sa.select(CodeRow).where(CodeRow.fingerprint == fingerprint).with_for_update()
    return db.scalars(chosen).one_or_none()


def token_for_update(db: Session, fingerprint: str) -> TokenRow | None:
    """Return a token, locked."""
    chosen = sa.select(TokenRow).where(TokenRow.fingerprint == fingerprint).with_for_update()
    return db.scalars(chosen).one_or_none()


def token(db: ReadSession, fingerprint: str) -> TokenRow | None:
    """Return a token."""
    return db.get(TokenRow, fingerprint)


def erase(db: Session, grants: Collection[str]) -> int:
    """Delete the codes and tokens of these grants; return how many rows went."""
    steps = (
        sa.delete(CodeRow).where(CodeRow.grant.in_(grants)).returning(CodeRow.fingerprint),
        sa.delete(TokenRow).where(TokenRow.grant.in_(grants)).returning(TokenRow.fingerprint),
    )
    return sum(len(db.scalars(step).all()) for step in steps)
