"""What the sharing room says when rights and retention ask about a person."""

from collections.abc import Mapping

from shouyue.ground.kit.canonical import Plain
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.sharing import service


class SharingHolder:
    """Shows who received what; erases none.

    Provision records are kept for at least three years (NDR 12); they hold opaque ids only.
    """

    name = "sharing"
    tables: Mapping[str, str] = {
        "provision": "who might receive what is kept for three years (NDR 12)",
        "data_release_subject": "who received what is kept for three years (NDR 12)",
    }

    def export(self, db: Session, subject: SubjectId) -> Mapping[str, Plain]:
        """Return the provisions by this person's decision and every release of their data."""
        return {
            "provisions": [
                {
                    "recipient": one.recipient,
                    "items": sorted(item.value for item in one.items),
                    "purpose": one.purpose.value,
                    "basis": one.basis.value,
                    "clause": one.clause.value,
                    "state": one.state.value,
                    "since": one.since.isoformat(),
                    "until": one.until.isoformat(),
                    "receipt": one.leaf,
                }
                for one in service.provisions_of(db, subject)
            ],
            "releases": [
                {
                    "recipient": one.recipient,
                    "items": sorted(item.value for item in one.items),
                    "via": one.via,
                    "request": one.request,
                    "at": one.at.isoformat(),
                }
                for one in service.releases_of(db, subject)
            ],
        }

    def erase(self, db: Session, subject: SubjectId) -> int:  # noqa: ARG002 - the record is kept
        """Keep the record: nothing goes."""
        return 0
