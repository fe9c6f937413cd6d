"""May this member look at this now? Asked by the vault before each look of staff (5.1.2)."""

from collections.abc import Collection, Sequence

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession
from shouyue.privacy.clearance import papers, queries, rules
from shouyue.privacy.clearance.errors import NoGrant, NotYourPost
from shouyue.privacy.clearance.types import Member, Need
from shouyue.privacy.looks.types import Reader
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item


@control(
    Clause.C5_1_2,
    says="Staff open nothing without a live grant of this person, item, purpose and case.",
)
def check(
    db: ReadSession, reader: Reader, subject: SubjectId, items: Collection[Item], *, minor: bool
) -> str:
    """Return the grant under which the reader looks; nothing for the house and for oneself.

    `minor` says that the person is known to be one: only a grant approved for a minor counts.
    Raises NoGrant, NotSigned, NotTrained, Frozen.
    """
    if not reader.is_staff:
        return ""
    found = queries.covering(db, reader, subject, items)
    return _chosen(db, reader, found, minor=minor or rules.about_minors(reader.purpose, items))


@control(
    Clause.C5_1_2,
    Clause.C6_1_2_b,
    Clause.C7,
    says="What is restricted opens under a grant of that need alone, a minor's under one for them.",
)
def check_restricted(
    db: ReadSession, reader: Reader, kept: tuple[SubjectId, Item], need: Need, *, minor: bool
) -> str:
    """Return the grant under which the reader looks at one item in restricted storage.

    `minor` says that it was known to be a minor's. Raises NoGrant, NotSigned, NotTrained, Frozen.
    """
    subject, item = kept
    found = queries.covering(db, reader, subject, [item], need)
    return _chosen(db, reader, found, minor=minor or rules.about_minors(reader.purpose, [item]))


@control(
    Clause.C5_1_2,
    Clause.C7,
    says="In an emergency too, a look at a minor is allowed by privacy staff alone.",
)
def check_confirming(member: Member, items: Collection[Item], *, minor: bool) -> None:
    """Return if the member may allow a look in an emergency; raise NotYourPost otherwise (MNR 36).

    `minor` says that the person is known to be one.
    """
    if not rules.may_answer(member, minors=minor or not rules.MINORS.isdisjoint(items)):
        raise NotYourPost


def _chosen(db: ReadSession, reader: Reader, found: Sequence[str], *, minor: bool) -> str:
    if minor:
        found = queries.for_minors(db, found)
    if not found:
        raise NoGrant
    papers.check_fit(db, reader.actor)
    return found[0]
