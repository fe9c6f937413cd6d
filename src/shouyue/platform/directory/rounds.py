"""Each day the directory is asked about each sub-account whose grants live.

The operator's word that one was removed can be lost; then its grants would live on. One question
at a time, at most one a second, the longest unasked first: who is killed on the way goes on there.
While the directory is down it is asked once an hour, and what it did not say ends nothing.
Clauses: 2.3, 5.1.2, 6.2.1.
"""

from datetime import timedelta

from shouyue.ground.jobs import service as jobs
from shouyue.ground.jobs.types import Again
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.alarms import service as alarms
from shouyue.platform.directory import service
from shouyue.platform.directory.types import Directory, Question, Shop
from shouyue.platform.grants import shops
from shouyue.platform.grants.errors import DirectorySilent, NoMerchant, NoPlatformAccount
from shouyue.privacy.egress.types import HttpBack
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

_EVERY = timedelta(hours=20)
_NEXT, _LATER = timedelta(seconds=1), timedelta(hours=1)
_PATIENCE = timedelta(days=3)
_MOST_PASSED = 200
_OK = 200


def prepare(db: Session, directory: Directory) -> Question | None:
    """Return the next question of the round, or None when it is over.

    Who has no platform account any more cannot be asked about; `watch` counts them.
    """
    for _ in range(_MOST_PASSED):
        subject = shops.to_ask(db, db.clock() - _EVERY)
        if subject is None:
            break
        try:
            return Question(subject, service.ask(db, directory, subject, by_round=True))
        except NoPlatformAccount:
            continue
    return None


@control(
    Clause.C2_3,
    Clause.C6_2_1,
    says="A sub-account that the directory knows no more loses its grants within a day.",
)
def settle(db: Session, subject: SubjectId, back: HttpBack) -> Again:
    """End what a sub-account that is gone let in, or what goes beyond what it may give by now.

    Half an answer, nonsense and silence leave everything as it is.
    """
    try:
        _hear(db, subject, service.answer(back))
    except NoMerchant:
        shops.unknown(db, subject)
    except DirectorySilent:
        return Again(_NEXT if back.status == _OK else _LATER)
    return Again(_NEXT)


def watch(db: Session) -> int:
    """Raise an alarm for sub-accounts of which nothing was heard for three days; return how many.

    Their grants live on: the directory may be away, or their question cannot be put.
    """
    found = shops.unheard(db, db.clock() - _PATIENCE)
    if found:
        about = {"kind": "directory.unheard", "where": "directory", "about": "staff"}
        jobs.enqueue(db, alarms.RAISED, about | {"times": found})
    return found


def _hear(db: Session, subject: SubjectId, shop: Shop) -> None:
    mine = shops.merchant(db, subject)
    if mine is None:
        return
    if (shop.seller_id, shop.staff_id) == (mine.seller_id, mine.staff_id):
        shops.link_merchant(db, subject, shop.seller_id, shop.staff_id, shop.lets)
    else:
        shops.unknown(db, subject)  # of another shop by now; it links to that when it comes
