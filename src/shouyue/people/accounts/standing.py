"""Where an account stands, and what moves it (requirements 3.1)."""

from shouyue.ground.jobs import service as jobs
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.accounts import queries, rules
from shouyue.people.accounts.errors import NoAccount, NoSuchMove
from shouyue.people.accounts.types import Account, AccountState
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control


def account(db: ReadSession, subject: SubjectId) -> Account:
    """Return a person's account; raise NoAccount."""
    found = queries.account(db, subject)
    if found is None:
        raise NoAccount
    return found


def by_public_id(db: ReadSession, public_id: str) -> Account:
    """Return the account with this public id (DI-06); raise NoAccount."""
    found = queries.account_by_public_id(db, public_id)
    if found is None:
        raise NoAccount
    return found


@control(
    Clause.C2_4, says="An account moves only along the published states, with a cause on record."
)
def move(db: Session, subject: SubjectId, after: AccountState, cause: str) -> None:
    """Move an account, record why, ring `account.moved`; a barred account is signed out at once.

    `cause` is a word or an id, never a sentence. Raises NoAccount, NoSuchMove.
    """
    before = account(db, subject).state
    if not rules.may_move(before, after) or not queries.set_state(db, subject, before, after):
        raise NoSuchMove(state=before.value)
    if not rules.may_enter(after):
        queries.end_sessions(db, subject, db.clock())
    facts = {"before": before.value, "after": after.value, "cause": cause}
    ledger.append(db, Fact("account.moved", subject, facts))
    jobs.enqueue(db, "account.moved", {"subject": subject, "state": after.value})
