"""The heartbeat: is each address still there? One that is not is suspended, and asked again.

The probe is the one that proved the address (protocol, section 3.1).
"""

from shouyue.ground.jobs import service as jobs
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.notices import service as notices
from shouyue.people.notices.types import Channel, Notice, NoticeClass
from shouyue.platform.apps import service as apps
from shouyue.platform.push import queries, rules, service
from shouyue.platform.push.tables import SubscriptionRow
from shouyue.platform.push.types import SubscriptionState
from shouyue.privacy.egress.types import Failure, HttpBack, HttpOut
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact

BEAT = "push.beat"
"""The job that asks one address; its argument `app` is the id."""


def begin(db: Session) -> int:
    """Ask for one beat for each subscription that is on; return how many."""
    found = queries.switched_on(db)
    for app in found:
        jobs.enqueue(db, BEAT, {"app": app}, once=f"beat:{app}")
    return len(found)


def prepare(db: Session, app_id: str) -> HttpOut | None:
    """Return the probe for one app's address, or None if it is off by now."""
    row = db.get(SubscriptionRow, app_id)
    if row is None or not row.switched_on:
        return None
    return service.trial(db, apps.get(db, app_id), row.url)


def settle(db: Session, app_id: str, back: HttpBack) -> None:
    """Write the answer down: the third miss in a row suspends, one good answer resumes."""
    row = db.get(SubscriptionRow, app_id)
    if row is None:
        return
    cause = rules.outcome(back)
    service.answered(db, row, cause)
    if not cause:
        return
    row.misses += 1
    db.flush()
    # An address abroad is no accident of the line: it is not waited for.
    if row.misses >= rules.MISSES or cause == Failure.ABROAD:
        suspend(db, row, cause)


def suspend(db: Session, row: SubscriptionRow, cause: str) -> None:
    """Stop sending to an address until it answers well again, and tell the owner; once."""
    row.outcome = cause
    if row.state == SubscriptionState.SUSPENDED:
        db.flush()
        return
    row.state = SubscriptionState.SUSPENDED.value
    if cause == Failure.ABROAD:
        row.mainland = False
    db.flush()
    owner = SubjectId(row.owner)
    ledger.append(db, Fact("push.suspended", owner, {"app": row.app, "cause": cause}))
    # By its public key: a title is the owner's free text, and could look like somebody's number.
    facts = {
        "app": apps.get(db, row.app).appkey,
        "reason": cause,
        "link": f"/apps/{row.app}/messages",
    }
    template = "push_abroad" if cause == Failure.ABROAD else "push_suspended"
    notices.send(db, Notice(NoticeClass.SERVICE, template, owner, (Channel.MAIL,), facts))
