"""SQL in, values out."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.oauth.tables import CodeRow, TokenRow
from shouyue.platform.oauth.types import TokenKind


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


def known(db: ReadSession, fingerprints: Collection[str]) -> set[str]:
    """Return those under which there is a token, whatever became of it."""
    chosen = sa.select(TokenRow.fingerprint).where(TokenRow.fingerprint.in_(fingerprints))
    return set(db.scalars(chosen))


def of_grant(db: Session, grant: str) -> list[CodeRow | TokenRow]:
    """Return the codes and tokens of a grant."""
    codes = db.scalars(sa.select(CodeRow).where(CodeRow.grant == grant)).all()
    return [*codes, *db.scalars(sa.select(TokenRow).where(TokenRow.grant == grant))]


def drop_over(db: Session, before: datetime, most: int) -> int:
    """Delete up to `most` codes and as many tokens that ended before; return the larger number.

    A refresh token that was replaced goes with the last one of its grant: until then it is known
    as discarded.
    """
    newer = aliased(TokenRow)
    follows = sa.exists().where(
        newer.grant == TokenRow.grant, newer.kind == TokenKind.REFRESH, ~newer.discarded
    )
    over = sa.select(TokenRow.fingerprint).where(
        TokenRow.until < before, ~TokenRow.discarded | ~follows
    )
    codes = sa.select(CodeRow.fingerprint).where(CodeRow.until < before)
    steps = (
        sa.delete(TokenRow)
        .where(TokenRow.fingerprint.in_(over.limit(most)))
        .returning(TokenRow.fingerprint),
        sa.delete(CodeRow)
        .where(CodeRow.fingerprint.in_(codes.limit(most)))
        .returning(CodeRow.fingerprint),
    )
    return max(len(db.scalars(step).all()) for step in steps)


def erase(db: Session, grants: Collection[str]) -> int:
    """Delete the codes and tokens of these grants; return how many rows went."""
    steps = (
        sa.delete(CodeRow).where(CodeRow.grant.in_(grants)).returning(CodeRow.fingerprint),
        sa.delete(TokenRow).where(TokenRow.grant.in_(grants)).returning(TokenRow.fingerprint),
    )
    return sum(len(db.scalars(step).all()) for step in steps)
