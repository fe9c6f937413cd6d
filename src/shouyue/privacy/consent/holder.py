"""What the consent room says when rights and retention ask about a person."""

from collections.abc import Mapping

from shouyue.ground.kit.canonical import Plain
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.consent import queries
from shouyue.privacy.consent.types import ConsentEvent


class ConsentHolder:
    """Shows every event; erases none.

    That a consent was given or withdrawn must be provable after the account is gone (PIPL 69).
    The events hold opaque ids only, and mean nobody once the ledger and the vault are blind.
    """

    name = "consent"
    tables: Mapping[str, str] = {
        "consent_event": "that somebody said yes or no is proof for three years (DI-70, PIPL 69)",
    }

    def export(self, db: Session, subject: SubjectId) -> Mapping[str, Plain]:
        """Return all events, oldest first, each with the digest of the words answered."""
        return {"events": [_plain(event) for event in queries.events(db, subject)]}

    def erase(self, db: Session, subject: SubjectId) -> int:  # noqa: ARG002 - proof is kept
        """Keep the proof: nothing goes."""
        return 0


def _plain(event: ConsentEvent) -> dict[str, Plain]:
    return {
        "purpose": event.purpose.value,
        "recipient": event.recipient,
        "items": [item.value for item in event.items],
        "state": event.state.value,
        "at": event.at.isoformat(),
        "until": event.until.isoformat() if event.until else None,
        "notice": event.notice,
        "control": event.control,
        "policy_version": event.policy_version,
        "receipt": event.leaf,
    }
