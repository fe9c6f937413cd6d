"""SQL in, values out."""

import sqlalchemy as sa

from shouyue.ground.store.session import ReadSession
from shouyue.privacy.editions.tables import EditionRow, EditionTextRow
from shouyue.privacy.editions.types import Edition, Words
from shouyue.privacy.policy.types import Change


def editions(db: ReadSession) -> list[Edition]:
    """Return all editions, the one that takes effect last first."""
    texts: dict[str, dict[str, str]] = {}
    chosen = sa.select(EditionTextRow.number, EditionTextRow.lang, EditionTextRow.digest)
    for number, lang, digest in db.execute(chosen.order_by(EditionTextRow.lang)):
        texts.setdefault(number, {})[lang] = digest
    rows = db.scalars(sa.select(EditionRow).order_by(EditionRow.effective_at.desc()))
    return [
        Edition(
            number=row.number,
            change=Change(row.change),
            announced_at=row.announced_at,
            published_at=row.published_at,
            effective_at=row.effective_at,
            adopted_at=row.adopted_at,
            founding=row.founding,
            digests=texts[row.number],
            changed=tuple(row.changed),
            major=tuple(row.major),
            leaf=row.leaf,
        )
        for row in rows
    ]


def edition(db: ReadSession, number: str) -> Edition:
    """Return one edition that is there."""
    return next(one for one in editions(db) if one.number == number)


def words(db: ReadSession, number: str, lang: str) -> Words | None:
    """Return what an edition said in one language."""
    row = db.get(EditionTextRow, (number, lang))
    return Words(row.number, row.lang, row.digest, row.html, row.plain) if row else None
