"""What the alarm room says when rights and retention ask about a person."""

from collections.abc import Mapping

from shouyue.ground.kit.canonical import Plain
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.alarms import queries


class AlarmHolder:
    """Shows the alarms that name the person's id; a living one stays until it is looked after."""

    name = "alarms"
    tables: Mapping[str, str] = {
        "alarm": "security work under way keeps its own until it is closed (CSL 23)",
    }

    def export(self, db: Session, subject: SubjectId) -> Mapping[str, Plain]:
        """Return what was noticed about the person, and when."""
        return {
            "alarms": [
                {
                    "kind": alarm.kind,
                    "where": alarm.where,
                    "state": alarm.state.value,
                    "first_at": alarm.first_at.isoformat(),
                    "last_at": alarm.last_at.isoformat(),
                    "count": alarm.count,
                }
                for alarm in queries.about(db, subject)
            ]
        }

    def erase(self, db: Session, subject: SubjectId) -> int:
        """Delete the closed alarms about the person; security work under way keeps its own."""
        return queries.drop_closed(db, queries.of_person(subject))
