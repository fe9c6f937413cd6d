"""SQL of grounds: rows in, rows out, nothing decided."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.asked import Asked, among
from shouyue.ground.store.bulk import Bulk
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.grounds.tables import ContractParty, EmergencyRow, GroundRow, PurposeSwitch
from shouyue.privacy.grounds.types import Danger, Emergency, End, Ground, Stage
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis

_GROUNDS = GroundRow.metadata.tables[GroundRow.__tablename__]
_FIXED = ("id", "subject", "item", "purpose", "basis", "under", "fixed_at")
_add_ground = Bulk(_GROUNDS, _FIXED)
_live = Asked(
    sa.select(_GROUNDS).where(
        _GROUNDS.c.subject == sa.bindparam("subject"),
        _GROUNDS.c.item == sa.bindparam("item"),
        _GROUNDS.c.purpose == sa.bindparam("purpose"),
        _GROUNDS.c.ended_at.is_(None),
    )
)
# Those in force and those that are over have an index each, so that no row is in two.
_history = Asked(
    sa.union_all(
        *(
            sa.select(_GROUNDS).where(_GROUNDS.c.subject == sa.bindparam("subject"), part)
            for part in (_GROUNDS.c.ended_at.is_(None), _GROUNDS.c.ended_at.is_not(None))
        )
    ).order_by(sa.desc("fixed_at"), sa.desc("id"))
)
_end = Asked(
    sa.update(_GROUNDS)
    .where(among(_GROUNDS.c.id, "ids"), _GROUNDS.c.ended_at.is_(None))
    .values(ended_at=sa.bindparam("now"), end=sa.bindparam("why"))
)
_PARTIES = ContractParty.metadata.tables[ContractParty.__tablename__]
_add_party = Bulk(_PARTIES, ("subject", "contract", "since"))
_party = Asked(
    sa.select(_PARTIES.c.since).where(
        _PARTIES.c.subject == sa.bindparam("subject"),
        _PARTIES.c.contract == sa.bindparam("contract"),
    )
)
_MET = "shouyue.grounds.parties"
"""Where a unit of work holds which contracts it has met: each value of a person asks for one."""
_SWITCHES = PurposeSwitch.metadata.tables[PurposeSwitch.__tablename__]
_add_switches = Bulk(_SWITCHES, ("subject", "purpose", "off_at"))
_off = Asked(
    sa.select(_SWITCHES.c.subject, _SWITCHES.c.purpose).where(among(_SWITCHES.c.subject, "people"))
)
_ON = sa.delete(_SWITCHES).where(among(_SWITCHES.c.subject, "people"))
_all_on = Asked(_ON)
_on = Asked(_ON.where(_SWITCHES.c.purpose == sa.bindparam("purpose")))


def live(db: ReadSession, subject: str, item: Item, purpose: Purpose) -> Any:
    """Return the ground in force, if there is one."""
    found = _live(db, subject=subject, item=item.value, purpose=purpose.value)
    return next(iter(found), None)


def add(db: Session, new: Ground) -> None:
    """Write a ground in force."""
    about = new.id, new.subject, new.item.value, new.purpose.value, new.basis.value
    _add_ground(db, [(*about, new.under, new.since)])


def grounds(db: ReadSession, subject: str) -> Sequence[Any]:
    """Return all that ever carried an item of a person, the newest first."""
    return _history(db, subject=subject)


def end(db: Session, ids: Collection[str], why: End, at: datetime) -> None:
    """Let grounds end."""
    _end(db, ids=list(ids), now=at, why=why.value)


def drop_ended(db: Session, before: datetime) -> int:
    """Delete grounds that ended before a moment and return how many."""
    old = db.scalars(sa.select(GroundRow.id).where(GroundRow.ended_at < before)).all()
    db.execute(sa.delete(GroundRow).where(GroundRow.ended_at < before))
    return len(old)


def is_party(db: ReadSession, subject: str, contract: str) -> bool:
    """Tell whether a person is in a contract with us."""
    met: set[tuple[str, str]] = db.info.setdefault(_MET, set())
    if (subject, contract) not in met and _party(db, subject=subject, contract=contract):
        met.add((subject, contract))
    return (subject, contract) in met


def add_party(db: Session, subject: str, contract: str, since: datetime) -> None:
    """Write down that a person is in a contract with us."""
    _add_party(db, [(subject, contract, since)])
    db.info.setdefault(_MET, set()).add((subject, contract))


def leave(db: Session, subject: str) -> None:
    """End all contracts of a person."""
    db.execute(sa.delete(ContractParty).where(ContractParty.subject == subject))
    db.info.pop(_MET, None)


def contracts(db: ReadSession, subject: str) -> list[str]:
    """Return the contracts that a person is in."""
    mine = sa.select(ContractParty.contract).where(ContractParty.subject == subject)
    return list(db.scalars(mine.order_by(ContractParty.contract)))


def emergencies_about(db: ReadSession, subject: str) -> list[Emergency]:
    """Return every emergency about a person, the oldest first."""
    mine = sa.select(EmergencyRow).where(EmergencyRow.subject == subject)
    return [emergency_value(row) for row in db.scalars(mine.order_by(EmergencyRow.id))]


def switched_off(db: ReadSession, people: Collection[str]) -> list[tuple[str, Purpose]]:
    """Return the purposes that these people have switched off, each with the person."""
    return [(row.subject, Purpose(row.purpose)) for row in _off(db, people=list(people))]


def add_switches(db: Session, people: Collection[str], purpose: Purpose, at: datetime) -> None:
    """Write down that people have switched a purpose off."""
    _add_switches(db, [(subject, purpose.value, at) for subject in people])


def drop_switches(db: Session, people: Collection[str], purpose: Purpose | None = None) -> None:
    """Switch a purpose on again, or all of them."""
    if purpose is None:
        _all_on(db, people=list(people))
    else:
        _on(db, people=list(people), purpose=purpose.value)


def emergency(db: ReadSession, emergency_id: str) -> EmergencyRow | None:
    """Return one emergency as it stands in the database, locked until the unit of work ends."""
    found = sa.select(EmergencyRow).where(EmergencyRow.id == emergency_id)
    locked = found.with_for_update() if isinstance(db, Session) else found
    return db.scalars(locked.execution_options(populate_existing=True)).one_or_none()


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


def lapsed(db: Session, asked_before: datetime) -> Sequence[EmergencyRow]:
    """Return live emergencies past their time and asks from before a moment, locked."""
    over = sa.and_(EmergencyRow.stage == Stage.LIVE.value, EmergencyRow.until <= db.clock())
    stale = sa.and_(EmergencyRow.stage == Stage.ASKED.value, EmergencyRow.asked_at <= asked_before)
    found = sa.select(EmergencyRow).where(sa.or_(over, stale))
    return db.scalars(found.order_by(EmergencyRow.id).with_for_update()).all()


def value(row: Any) -> Ground:
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
