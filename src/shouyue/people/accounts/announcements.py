"""A major edition of the policy is told to each person in two ways: inbox and text message (8.1).

The inbox holds it whatever becomes of the message; nobody can switch this class off.
"""

from shouyue.ground.jobs import service as jobs
from shouyue.ground.jobs.types import Job
from shouyue.ground.kit.calendar import BEIJING
from shouyue.ground.store.session import Session
from shouyue.people.accounts import queries
from shouyue.people.notices import service as notices
from shouyue.people.notices.types import Channel, Notice, NoticeClass
from shouyue.privacy.editions import service as editions
from shouyue.privacy.editions.types import Edition
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

ANNOUNCED = "policy.announced"

_AT_ONCE = 200
_MOST_NAMED = 20


@control(
    Clause.C8_1,
    says="Each person is told of a major edition in the inbox and by text message, weeks before.",
    lacks="What changed is named by clause; a plain account of it is for the operator to write.",
)
def tell(db: Session, job: Job) -> None:
    """Answer `policy.announced`: tell the next two hundred people, and ring for those after them.

    An edition that is in force meanwhile is told all the same: who is told late is told at last.
    """
    number = str(job.args["edition"])
    told = next(one for one in editions.history(db) if one.number == number)
    people = queries.people_after(db, str(job.args.get("after", "")), _AT_ONCE)
    facts = _facts(told)
    for subject in people:
        notices.send(
            db,
            Notice(NoticeClass.RULE_CHANGE, "policy_changed", subject, (Channel.SMS,), facts=facts),
        )
    if len(people) == _AT_ONCE:
        jobs.enqueue(db, ANNOUNCED, {"edition": number, "after": people[-1]})


def _facts(told: Edition) -> dict[str, str]:
    facts = {
        "number": told.number,
        "day": told.effective_at.astimezone(BEIJING).date().isoformat(),
        "link": f"/legal/privacy/v/{told.number}",
    }
    named = told.changed[:_MOST_NAMED]
    more = "…" if len(told.changed) > _MOST_NAMED else ""
    return facts | ({"clauses": ", ".join(named) + more} if named else {})
