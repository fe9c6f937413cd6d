"""SQL of the decryption room: values in, values out."""

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.decryption.tables import DayRow, IndexedRow, OpenedRow
from shouyue.platform.decryption.types import Told


def day(db: Session, seller_id: int, on: date, told: Told) -> DayRow:
    """Return a shop's day, locked until the unit ends, with what was told of it last."""
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    said = {"quota": told.quota, "shipped": told.shipped}
    made = insert(DayRow).values(seller_id=seller_id, day=on, used=0, **said)
    keys = [DayRow.seller_id, DayRow.day]
    db.execute(made.on_conflict_do_update(index_elements=keys, set_=said))
    chosen = sa.select(DayRow).where(DayRow.seller_id == seller_id, DayRow.day == on)
    return db.scalars(chosen.execution_options(populate_existing=True)).one()


def indexed(db: Session, seller_id: int, on: date, app: str, count: int) -> int:
    """Count values that an app asked about, and return how many it has asked about on that day.

    Two calls at once are counted one after the other: the row is locked until the unit ends.
    """
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    made = insert(IndexedRow).values(seller_id=seller_id, day=on, app=app, asked=count)
    keys = [IndexedRow.seller_id, IndexedRow.day, IndexedRow.app]
    more = {"asked": IndexedRow.asked + count}
    told = made.on_conflict_do_update(index_elements=keys, set_=more).returning(IndexedRow.asked)
    return int(db.execute(told).scalar_one())


def indexed_by(db: ReadSession, app: str, on: date) -> list[tuple[int, int]]:
    """Return by shop how many values an app has asked about on a day."""
    chosen = sa.select(IndexedRow.seller_id, IndexedRow.asked)
    mine = chosen.where(IndexedRow.app == app, IndexedRow.day == on)
    return [(row[0], row[1]) for row in db.execute(mine.order_by(IndexedRow.seller_id))]


def opened_on(db: ReadSession, seller_id: int, on: date) -> dict[str, set[str]]:
    """Return the orders of a shop that were opened on a day, each with the apps that did."""
    chosen = sa.select(OpenedRow.ref, OpenedRow.app)
    found: dict[str, set[str]] = {}
    for ref, app in db.execute(chosen.where(OpenedRow.seller_id == seller_id, OpenedRow.day == on)):
        found.setdefault(ref, set()).add(app)
    return found


def opened_by(db: ReadSession, app: str, seller_id: int, since: date) -> set[str]:
    """Return the orders of a shop that an app opened on that day or later."""
    chosen = sa.select(OpenedRow.ref).distinct()
    mine = chosen.where(OpenedRow.app == app, OpenedRow.seller_id == seller_id)
    return set(db.scalars(mine.where(OpenedRow.day >= since)))


def add(db: Session, seller_id: int, on: date, app: str, refs: Iterable[str]) -> None:
    """Write down that an app opened these orders."""
    rows = [{"seller_id": seller_id, "day": on, "app": app, "ref": ref} for ref in refs]
    if rows:
        db.execute(sa.insert(OpenedRow), rows)


def uses(
    db: ReadSession, app: str, on: date, since: date
) -> list[tuple[int, int, int, DayRow | None]]:
    """Return by shop how many orders an app opened on a day and since one, and the shop's day."""
    today = sa.func.count(sa.distinct(sa.case((OpenedRow.day == on, OpenedRow.ref))))
    month = sa.func.count(sa.distinct(OpenedRow.ref))
    counted = (
        sa.select(OpenedRow.seller_id, today, month)
        .where(OpenedRow.app == app, OpenedRow.day >= since)
        .group_by(OpenedRow.seller_id)
        .order_by(OpenedRow.seller_id)
    )
    return [
        (seller_id, opened, whole, db.get(DayRow, (seller_id, on)))
        for seller_id, opened, whole in db.execute(counted)
    ]


def last_shipped(db: ReadSession, seller_id: int) -> int:
    """Return how many orders a shop had shipped when it was last told."""
    chosen = sa.select(DayRow.shipped).where(DayRow.seller_id == seller_id)
    return db.scalar(chosen.order_by(DayRow.day.desc()).limit(1)) or 0


def drop_before(db: Session, on: date) -> None:
    """Delete what is of days before."""
    db.execute(sa.delete(OpenedRow).where(OpenedRow.day < on))
    db.execute(sa.delete(DayRow).where(DayRow.day < on))
    db.execute(sa.delete(IndexedRow).where(IndexedRow.day < on))
