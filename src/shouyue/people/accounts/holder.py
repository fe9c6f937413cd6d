"""What the accounts room says when rights and retention ask about a person."""

from collections.abc import Mapping

from shouyue.ground.kit.canonical import Plain
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.accounts import queries


class AccountsHolder:
    """Shows the account and the signed-in devices; erases the sessions.

    The account row stays as a public id and a state, so that the id is never reused (DI-06).
    """

    name = "accounts"
    tables: Mapping[str, str] = {
        "account": "its number is never given out again (DI-06); a number and a state are left",
        "account_session": "",
    }

    def export(self, db: Session, subject: SubjectId) -> Mapping[str, Plain]:
        """Return account and devices, without any token."""
        account = queries.account(db, subject)
        if account is None:
            return {}
        return {
            "account": account.public_id,
            "state": account.state.value,
            "since": account.made_at.isoformat(),
            "devices": [
                {
                    "family": row.family,
                    "since": row.made_at.isoformat(),
                    "last_seen": row.last_seen.isoformat(),
                }
                for row in queries.sessions(db, subject, db.clock())
            ],
        }

    def erase(self, db: Session, subject: SubjectId) -> int:
        """Delete all session rows; every device is signed out."""
        return queries.forget_sessions(db, subject)
