"""What the apps room does when a bell rings."""

from shouyue.ground.jobs.types import Job
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.accounts import standing
from shouyue.people.accounts.errors import NoAccount
from shouyue.people.accounts.types import AccountState
from shouyue.platform.apps import service
from shouyue.platform.apps.types import AppState
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control


@control(Clause.C2_1_2_b, says="The apps of an account that is not certified neither call nor get.")
def owner_moved(db: Session, job: Job) -> None:
    """Answer `account.moved`: apps live with their owner's certification (requirements 3.1).

    What comes back is in development again: going online is reviewed anew.
    """
    owner = SubjectId(job.subject_ref)
    # News comes late and out of order after a crash; only the account knows where it stands now.
    active = _is_active(db, owner)
    before, after = AppState.OFFLINE, AppState.IN_DEVELOPMENT
    for app in service.mine(db, owner):
        if active and app.state is before:
            service.set_state(db, app.id, after)
        elif not active and app.state is not before:
            service.set_state(db, app.id, before)


def _is_active(db: Session, owner: SubjectId) -> bool:
    try:
        return standing.account(db, owner).state is AccountState.ACTIVE
    except NoAccount:
        return False
