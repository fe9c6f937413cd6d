"""What the push room says when rights and retention ask about a person."""

from collections.abc import Mapping

from shouyue.ground.kit.canonical import Plain
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.platform.push import queries


class PushHolder:
    """Shows a developer's subscriptions and what was pushed about a merchant's shop."""

    name = "push"
    tables: Mapping[str, str] = {
        "push_subscription": "",
        "push_event": "",
        "push_delivery": "",
    }

    def export(self, db: Session, subject: SubjectId) -> Mapping[str, Plain]:
        """Return subscriptions as an app's owner, and deliveries as a merchant (DI-35)."""
        return {
            "subscriptions": [
                {
                    "app": row.app,
                    "url": row.url,
                    "events": list(row.events),
                    "on": row.switched_on,
                    "since": row.proved.isoformat(),
                }
                for row in queries.subscriptions_of(db, subject)
            ],
            "deliveries": [
                {
                    "app": row.app,
                    "event": row.event,
                    "event_id": row.event_id,
                    "state": row.state.value,
                    "at": row.at.isoformat(),
                }
                for row in queries.deliveries_of(db, subject)
            ],
        }

    def erase(self, db: Session, subject: SubjectId) -> int:
        """End the person's subscriptions; delete what happened in their shop and was pushed."""
        rows = queries.subscriptions_of(db, subject)
        for row in rows:
            db.delete(row)
        db.flush()
        return len(rows) + queries.drop(db, queries.about(subject))
