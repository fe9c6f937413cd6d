"""Staff who may look: signed, trained, and with a grant that another member approved."""

from collections.abc import Mapping, Sequence

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.clearance import grants, papers
from shouyue.privacy.clearance.types import Ask, Member, Need
from shouyue.privacy.looks.types import Reader
from shouyue.privacy.policy.items import Item

APPROVER = Member("0000000000000000000STAFF09", frozenset({"privacy"}))


def prepared(db: Session, staff: str) -> None:
    """A member who has signed the undertaking and passed the course."""
    papers.sign(db, staff, papers.undertaking().digest)
    course = papers.course()
    papers.take_course(db, staff, course.version, [one.right for one in course.questions])


def cleared(db: Session, reader: Reader, reach: Mapping[SubjectId, Sequence[Item]]) -> str:
    """Let a reader look at the people's items for eight hours; return the grant."""
    prepared(db, reader.actor)
    member = Member(reader.actor, frozenset({reader.role}))
    ask = Ask(reader.role, reader.purpose, reach, Need.REQUEST, reader.case, hours=8)
    made = grants.ask(db, member, ask)
    grants.approve(db, made, APPROVER)
    return made
