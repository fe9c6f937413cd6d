"""A person whose certification data is held by legal duty, two of privacy staff, and holds."""

from datetime import timedelta

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.clearance import grants
from shouyue.privacy.clearance.types import Member
from shouyue.privacy.custody import holds
from shouyue.privacy.custody import service as custody
from shouyue.privacy.custody.types import GroundKind, NewHold, Opened
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.keys.types import Warrant
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import documents
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep, KeepDocument
from tests.clearance import prepared

ANN = SubjectId("01ARZ3NDEKTSV4RRFFQ69G5FAV")
LI, WANG = "0" * 25 + "A", "0" * 25 + "B"
NAME, NUMBER, PHONE = "张小明", "11010519491231002X", "13800001234"
PHOTO = b"\x89PNG-canary-" + bytes(range(64))
DUTY, YES = Basis.LEGAL_DUTY, Basis.SEPARATE_CONSENT
CASE = "2026-HU01-MC-123"


def name(db: Session, who: SubjectId = ANN, basis: Basis = DUTY, value: str = NAME) -> None:
    vault.keep(db, Keep(who, Item.DI_13, value, Purpose.P2, basis, "portal"))


def number(db: Session, who: SubjectId = ANN, basis: Basis = DUTY) -> None:
    vault.keep(db, Keep(who, Item.DI_14, NUMBER, Purpose.P2, basis, "portal"))


def phone(db: Session, who: SubjectId = ANN, value: str = PHONE) -> None:
    grounds.become_party(db, who)
    vault.keep(db, Keep(who, Item.DI_01, value, Purpose.P1, Basis.CONTRACT_SELF, "portal"))


def licence(db: Session, who: SubjectId = ANN) -> str:
    """Keep a photo of the licence, which the statute keeps three years after the exit."""
    new = KeepDocument(who, Item.DI_10, PHOTO, "image/png", Purpose.P2, DUTY, "portal")
    return documents.keep_document(db, new)


def hold(db: Session, *items: Item, who: SubjectId = ANN, days: float = 30) -> str:
    """Place a hold and have it confirmed."""
    until = db.clock() + timedelta(days=days)
    made = holds.ask(db, NewHold(who, GroundKind.HOLD, CASE, items, until), LI)
    holds.confirm(db, made, WANG)
    return made


def let_read(db: Session, value: str, warrant: Warrant) -> str:
    """Let LI, who has signed and learnt, read a value under a warrant, by another's word."""
    prepared(db, LI)
    made = custody.ask(db, value, warrant, member(LI), hours=1)
    grants.approve(db, made, member(WANG))
    return made


def member(staff: str, *posts: str) -> Member:
    """A member of staff, of privacy unless told otherwise."""
    return Member(staff, frozenset(posts or {"privacy"}))


def read_in_custody(db: Session, value: str, warrant: Warrant) -> Opened:
    """Read a value under a warrant, once another has approved it."""
    let_read(db, value, warrant)
    return custody.read(db, value, warrant, LI)
