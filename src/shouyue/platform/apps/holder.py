"""What the app room says when rights and retention ask about a person."""

from collections.abc import Mapping

from shouyue.ground.kit.canonical import Plain
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.platform.apps import queries, service
from shouyue.platform.apps.types import AppState


class AppHolder:
    """Shows a person's apps; takes them offline and destroys their secrets.

    The row stays: it is the enterprise's, provision records name it, and it holds no value of a
    person.
    """

    name = "apps"
    tables: Mapping[str, str] = {
        "app": "the app is the enterprise's, and records of provisions name it (NDR 12)",
    }

    def export(self, db: Session, subject: SubjectId) -> Mapping[str, Plain]:
        """Return the apps, oldest first, without any secret."""
        return {
            "apps": [
                {
                    "appkey": one.appkey,
                    "title": one.title,
                    "description": one.description,
                    "callback": one.callback,
                    "networks": list(one.networks),
                    "scopes": list(one.scopes),
                    "state": one.state.value,
                    "created": one.created.isoformat(),
                }
                for one in service.mine(db, subject)
            ]
        }

    def erase(self, db: Session, subject: SubjectId) -> int:
        """Take every app offline and destroy its secrets; return how many secrets went."""
        gone = 0
        for row in queries.of_owner(db, subject):
            if row.state != AppState.OFFLINE:
                service.set_state(db, row.id, AppState.OFFLINE)
            row.networks = []
            gone += queries.destroy_secrets(db, row.id)
        return gone
