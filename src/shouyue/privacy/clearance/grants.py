"""Grants to look: asked by one member of staff, approved by another, over after some hours.

A grant names a member and their post, a purpose, persons and items, perhaps a case, and an end.
Clause 5.1.2; PIPL 51(4); INV-54.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.clearance import evidence, papers, queries, rules
from shouyue.privacy.clearance.errors import AskUnfit, NoSuchGrant, NotYourPost, OwnGrant
from shouyue.privacy.clearance.tables import ClearanceGrant
from shouyue.privacy.clearance.types import Ask, Grant, Member, Stage, Wanted, Way, Why
from shouyue.privacy.ledger.errors import NotOpaque
from shouyue.privacy.looks import service as looks
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

_SHOWN = 200


@control(Clause.C5_1_2, says="Staff ask for whom, what and why before they may look.")
def ask(db: Session, member: Member, asked: Ask) -> str:
    """Write the ask down and return its id; it opens nothing until another member approves.

    Raises NotSigned, NotTrained, Frozen, NotYourPost, AskUnfit.
    """
    papers.check_fit(db, member.id)
    return _ask(db, member, asked, minors=rules.check_ask(member, asked))


@control(
    Clause.C5_1_2,
    Clause.C6_1_2_b,
    says="Into restricted storage too, one asks and another approves, for one item of one person.",
)
def ask_restricted(db: Session, member: Member, asked: Ask) -> str:
    """Write down an ask to look at one value in restricted storage, and return its id.

    The custody room asks here, who knows what keeps the value and whether it is a minor's. Raises
    NotSigned, NotTrained, Frozen, NotYourPost, AskUnfit.
    """
    papers.check_fit(db, member.id)
    return _ask(db, member, asked, minors=rules.check_restricted(member, asked))


@control(
    Clause.C5_1_2,
    says="Another member approves, for eight hours at most; about a minor, privacy staff by name.",
)
def approve(db: Session, grant_id: str, member: Member) -> None:
    """Let a grant live from now. Raises NoSuchGrant, OwnGrant, NotYourPost, and the asker's unfits.

    Who asked must still be fit: nothing is approved for who is frozen meanwhile.
    """
    row = _waiting(db, grant_id)
    _check_other(row, member)
    papers.check_fit(db, row.member)
    now = db.clock()
    row.stage, row.answered_by, row.answered_at = Stage.LIVE.value, member.id, now
    row.answered_post = answering_post(member)
    row.until = now + timedelta(minutes=row.minutes)
    evidence.of_grant(db, "approved", row, member.id)


def refuse(db: Session, grant_id: str, member: Member) -> None:
    """Turn an ask down. Raises NoSuchGrant, OwnGrant, NotYourPost."""
    row = _waiting(db, grant_id)
    _check_other(row, member)
    row.stage, row.answered_by, row.answered_at = Stage.REFUSED.value, member.id, db.clock()
    row.answered_post = answering_post(member)
    evidence.of_grant(db, "refused", row, member.id)


def end(db: Session, grant_id: str, member: Member) -> None:
    """Give one's own grant or ask back, or take another member's away.

    Raises NoSuchGrant where none is open, NotYourPost for who neither holds nor may approve it.
    """
    row = queries.in_turn(db, grant_id)
    if row is None or row.stage not in queries.OPEN:
        raise NoSuchGrant
    own = row.member == member.id
    if not own and not rules.may_answer(member, minors=row.minors):
        raise NotYourPost
    close(db, row, Why.GIVEN_BACK if own else Why.TAKEN_BACK, member.id)


@control(Clause.C5_1_2, says="Who leaves, or leaves a post, holds no grant of it from that moment.")
def leave(db: Session, member: str, kept: Collection[str] = ()) -> int:
    """End a member's grants and asks but for those of the posts kept; return how many."""
    looks.take_turn(db, member)  # what is being asked or taken at this moment ends too
    rows = queries.of_member(db, member, kept)
    for row in rows:
        close(db, row, Why.LEFT, "house")
    return len(rows)


def holders(db: ReadSession) -> set[str]:
    """Return every member with an ask that waits or a grant that lives."""
    return queries.holders(db)


def mine(db: ReadSession, member: str) -> list[Grant]:
    """Return a member's last grants, the newest first."""
    return queries.register(db, Wanted(member=member), _SHOWN)


def one(db: ReadSession, grant_id: str) -> Grant:
    """Return a grant; raises NoSuchGrant."""
    found = queries.some(db, [grant_id])
    if not found:
        raise NoSuchGrant
    return found[0]


def some(db: ReadSession, ids: Collection[str]) -> Mapping[str, Grant]:
    """Return grants by id, for whoever tells a person under which grant somebody looked."""
    return {grant.id: grant for grant in queries.some(db, ids)}


def waiting(db: ReadSession, member: Member) -> list[Grant]:
    """Return the asks of others that a member may answer, oldest first."""
    return [
        grant
        for grant in queries.asked(db, db.clock() - rules.UNANSWERED)
        if grant.member != member.id and rules.may_answer(member, minors=grant.minors)
    ]


def register(db: ReadSession, wanted: Wanted) -> list[tuple[Grant, int]]:
    """Return the last 200 grants that fit, the newest first, each with how often it was used."""
    return _used(db, queries.register(db, wanted, _SHOWN))


def whole_register(db: ReadSession, wanted: Wanted) -> Iterator[tuple[Grant, int]]:
    """Yield every grant that fits, the newest first, each with how often it was used."""
    seen = 0
    while found := queries.register(db, wanted, _SHOWN, seen):
        yield from _used(db, found)
        seen += len(found)


def reaching(db: ReadSession, subject: SubjectId) -> list[tuple[Grant, int]]:
    """Return every grant that reached a person, the newest first, each with how often it was used.

    A copy of what is held about somebody is whole (INV-42).
    """
    return _used(db, queries.register(db, Wanted(subject=subject), None))


def close(db: Session, row: ClearanceGrant, why: Why, by: str) -> None:
    """End an open grant, whoever or whatever ends it; a look under way is waited for."""
    looks.take_turn(db, row.member)
    row.stage, row.ended_at, row.why = Stage.ENDED.value, db.clock(), why.value
    evidence.of_grant(db, "ended", row, by)


def answering_post(member: Member) -> str:
    """Return the post as which a member answers: `privacy` where they hold it."""
    return rules.PRIVACY if rules.PRIVACY in member.posts else "security"


def _ask(db: Session, member: Member, asked: Ask, *, minors: bool) -> str:
    looks.take_turn(db, member.id)
    row = ClearanceGrant(
        id=db.new_id(),
        way=Way.ASKED.value,
        stage=Stage.ASKED.value,
        member=member.id,
        post=asked.post,
        purpose=asked.purpose.value,
        need=asked.need.value,
        case=asked.case,
        minutes=asked.hours * 60,
        minors=minors,
        told="",
        asked_at=db.clock(),
    )
    db.add(row)
    db.flush()
    pairs = {(who, item) for who, items in asked.reach.items() for item in items}
    queries.reach(db, row.id, sorted(pairs))
    try:
        evidence.of_grant(db, "asked", row, member.id)
    except NotOpaque:
        raise AskUnfit(cause="case") from None
    return row.id


def _used(db: ReadSession, found: list[Grant]) -> list[tuple[Grant, int]]:
    used = looks.under(db, [grant.id for grant in found])
    return [(grant, used.get(grant.id, 0)) for grant in found]


def _waiting(db: Session, grant_id: str) -> ClearanceGrant:
    row = queries.in_turn(db, grant_id)
    # An ask lapses by the clock: whether it was swept away yet decides nothing.
    is_lapsed = row is not None and row.asked_at <= db.clock() - rules.UNANSWERED
    if row is None or row.stage != Stage.ASKED or is_lapsed:
        raise NoSuchGrant
    return row


def _check_other(row: ClearanceGrant, member: Member) -> None:
    if row.member == member.id:
        raise OwnGrant
    if not rules.may_answer(member, minors=row.minors):
        raise NotYourPost
