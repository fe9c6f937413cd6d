"""SQL of grounds: rows in, rows out, nothing decided."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.grounds.tables import ContractParty, EmergencyRow, GroundRow, PurposeSwitch
from shouyue.privacy.grounds.types import Danger, Emergency, End, Ground, Stage
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis

_SWITCHES = PurposeSwitch.metadata.tables[PurposeSwitch.__tablename__]
_OFF = sa.select(_SWITCHES.c.subject, _SWITCHES.c.purpose).where(
    _SWITCHES.c.subject.in_(sa.bindparam("people", expanding=True))
)


def live(db: ReadSession, subject: str, item: Item, purpose: Purpose) -> GroundRow | None:
    """Return the ground in force, if there is one."""
    found = sa.select(GroundRow).where(
        GroundRow.subject == subject,
        GroundRow.item == item.value,
        GroundRow.purpose == purpose.value,
        GroundRow.ended_at.is_(None),
    )
    return db.scalars(found).one_or_none()


def grounds(db: ReadSession, subject: str) -> Sequence[GroundRow]:
    """Return all that ever carried an item of a person, the newest first."""
    found = sa.select(GroundRow).where(GroundRow.subject == subject)
    return db.scalars(found.order_by(GroundRow.fixed_at.desc(), GroundRow.id.desc())).all()


def end(db: Session, ids: Collection[str], why: End, at: datetime) -> None:
    """Let grounds end."""
    mine = sa.update(GroundRow).where(GroundRow.id.in_(ids), GroundRow.ended_at.is_(None))
    db.execute(mine.values(ended_at=at, end=why.value))


def drop_ended(db: Session, before: datetime) -> int:
    """Delete grounds that ended before a moment and return how many."""
    old = db.scalars(sa.select(GroundRow.id).where(GroundRow.ended_at < before)).all()
    db.execute(sa.delete(GroundRow).where(GroundRow.ended_at < before))
    return len(old)


def is_party(db: ReadSession, subject: str, contract: str) -> bool:
    """Tell whether a person is in a contract with us."""
    return db.get(ContractParty, (subject, contract)) is not None


def leave(db: Session, subject: str) -> None:
    """End all contracts of a person."""
    db.execute(sa.delete(ContractParty).where(ContractParty.subject == subject))


def switched_off(db: ReadSession, people: Collection[str]) -> list[tuple[str, Purpose]]:
    """Return the purposes that these people have switched off, each with the person."""
    rows = db.connection().execute(_OFF, {"people": list(people)})
    return [(subject, Purpose(purpose)) for subject, purpose in rows]


def drop_switches(db: Session, subject: str, purpose: Purpose | None = None) -> None:
    """Switch a purpose on again, or all of them."""
    gone = sa.delete(PurposeSwitch).where(PurposeSwitch.subject == subject)
    db.execute(gone if purpose is None else gone.where(PurposeSwitch.purpose == purpose.value))


def emergency(db: ReadSession, emergency_id: str) -> EmergencyRow | None:
    """Return one emergency, as it stands in the database."""
    return db.get(EmergencyRow, emergency_id, populate_existing=True)


def emergencies(db: ReadSession, stages: Collection[Stage], most: int) -> list[Emergency]:
    """Return the newest emergencies in one of the stages."""
    found = sa.select(EmergencyRow).where(EmergencyRow.stage.in_([one.value for one in stages]))
    newest = found.order_by(EmergencyRow.asked_at.desc(), EmergencyRow.id.desc()).limit(most)
    return [emergency_value(row) for row in db.scalars(newest)]


def live_emergencies(db: ReadSession, subject: str, now: datetime) -> Sequence[EmergencyRow]:
    """Return the emergencies about a person whose time runs."""
    found = sa.select(EmergencyRow).where(
        EmergencyRow.subject == subject,
        EmergencyRow.stage == Stage.LIVE.value,
        EmergencyRow.until > now,
    )
    return db.scalars(found.order_by(EmergencyRow.id)).all()


def lapsed(db: ReadSession, now: datetime) -> Sequence[EmergencyRow]:
    """Return the emergencies that are still called live, and whose time is over."""
    found = sa.select(EmergencyRow).where(
        EmergencyRow.stage == Stage.LIVE.value, EmergencyRow.until <= now
    )
    return db.scalars(found.order_by(EmergencyRow.id)).all()


def value(row: GroundRow) -> Ground:
    """Return a ground as a value."""
    return Ground(
        row.id,
        SubjectId(row.subject),
        Item(row.item),
        Purpose(row.purpose),
        Basis(row.basis),
        row.under,
        row.fixed_at,
        row.ended_at,
        End(row.end) if row.end else None,
    )


def emergency_value(row: EmergencyRow) -> Emergency:
    """Return an emergency as a value."""
    return Emergency(
        row.id,
        SubjectId(row.subject),
        Danger(row.danger),
        tuple(map(Item, row.items)),
        Stage(row.stage),
        row.asked_by,
        row.asked_at,
        row.answered_by,
        row.until,
        row.ended_at,
    )
