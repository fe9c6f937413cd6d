"""Breaking the glass: half an hour without asking, an alarm at once, and a review by another.

For what cannot wait. Whoever is not reviewed within a day holds no grant until they are. Minors'
data has no glass: it takes a prior approval (MNR 36). Clause 5.1.2.
"""

from collections.abc import Iterable
from datetime import timedelta

from shouyue.ground.jobs import service as jobs
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.clearance import evidence, grants, papers, queries, rules
from shouyue.privacy.clearance.errors import NoSuchGrant, NotYourPost, OwnGrant
from shouyue.privacy.clearance.tables import ClearanceGrant
from shouyue.privacy.clearance.types import Glass, Grant, Member, Need, Stage, Verdict, Way, Why
from shouyue.privacy.looks import service as looks
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item

PURPOSES = rules.GLASS_PURPOSES
"""What a glass may be broken for."""


def reachable(items: Iterable[Item]) -> list[Item]:
    """Return those of the items that a broken glass could reach at all."""
    return [
        item
        for item in items
        if PURPOSES & set(policy.item(item).purposes) and item not in rules.MINORS
    ]


@control(
    Clause.C5_1_2,
    says="In need staff look at once, for half an hour; alarms ring and another must review it.",
)
def break_glass(db: Session, member: Member, glass: Glass) -> str:
    """Take a grant of half an hour for one person and return its id.

    Raises NotSigned, NotTrained, Frozen, NotYourPost, AskUnfit, ReasonUnfit.
    """
    papers.check_fit(db, member.id)
    rules.check_glass(member, glass)
    looks.take_turn(db, member.id)
    now = db.clock()
    row = ClearanceGrant(
        id=db.new_id(),
        way=Way.GLASS.value,
        stage=Stage.LIVE.value,
        member=member.id,
        post=glass.post,
        purpose=glass.purpose.value,
        need=Need.INCIDENT.value,
        case="",
        minutes=rules.GLASS_LIFE // timedelta(minutes=1),
        minors=False,
        told=glass.told,
        asked_at=now,
        until=now + rules.GLASS_LIFE,
        review_due=now + rules.REVIEW_WITHIN,
    )
    db.add(row)
    db.flush()
    queries.reach(db, row.id, [(glass.subject, item) for item in sorted(set(glass.items))])
    evidence.of_grant(db, "glass-broken", row, member.id)
    about = {"kind": "clearance.glass-broken", "where": row.purpose, "about": row.id}
    jobs.enqueue(db, "alarm.raised", about)
    return row.id


@control(Clause.C5_1_2, says="What was taken in need is judged by another member of staff.")
def review(db: Session, grant_id: str, member: Member, verdict: Verdict) -> None:
    """Judge a broken glass. Not justified: it ends at once and an alarm is raised.

    Raises NoSuchGrant where none waits for its review, OwnGrant, NotYourPost.
    """
    row = queries.in_turn(db, grant_id)
    if row is None or row.way != Way.GLASS or row.reviewed_at is not None:
        raise NoSuchGrant
    if row.member == member.id:
        raise OwnGrant
    if not rules.may_answer(member, minors=False):
        raise NotYourPost
    row.reviewed_by, row.reviewed_at, row.verdict = member.id, db.clock(), verdict.value
    evidence.of_grant(db, "reviewed", row, member.id)
    if verdict is Verdict.JUSTIFIED:
        return
    if row.stage == Stage.LIVE:
        grants.close(db, row, Why.TAKEN_BACK, member.id)
    about = {"kind": "clearance.glass-unjustified", "where": row.purpose, "about": row.id}
    jobs.enqueue(db, "alarm.raised", about)


def unreviewed(db: ReadSession, member: Member) -> list[Grant]:
    """Return what waits for a review that this member may give, the most urgent first."""
    if not rules.may_answer(member, minors=False):
        return []
    return [grant for grant in queries.unreviewed(db) if grant.member != member.id]


@control(Clause.C5_1_2, says="Nobody who owes a review keeps a grant; the alarm rings until then.")
def press(db: Session) -> int:
    """Raise alarms for overdue reviews, end the grants of who owes them; return how many wait."""
    late = queries.overdue(db)
    for row in late:
        _ring(db, row)
    for member in sorted({row.member for row in late}):
        for held in queries.of_member(db, member):
            grants.close(db, held, Why.FROZEN, "house")
    return len(late)


def _ring(db: Session, row: ClearanceGrant) -> None:
    about = {"kind": "clearance.review-overdue", "where": row.purpose, "about": row.id}
    jobs.enqueue(db, "alarm.raised", about)
