"""What the notice room says when rights and retention ask about a person."""

from collections.abc import Mapping

from shouyue.ground.kit.canonical import Plain
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.notices import queries, rules
from shouyue.people.notices.types import NoticeClass


class NoticeHolder:
    """Shows notices, deliveries and choices; keeps the bare record of legal notices."""

    name = "notices"
    tables: Mapping[str, str] = {
        "notice": "that a legal notice was sent is proof for three years (DI-36)",
        "delivery": "that a legal notice arrived is proof for three years (DI-36)",
        "notice_preference": "",
    }

    def export(self, db: Session, subject: SubjectId) -> Mapping[str, Plain]:
        """Return every notice with its deliveries, and what the person chose."""
        return {
            "notices": [
                {
                    "id": row.id,
                    "class": row.kind,
                    "template": row.template,
                    "purpose": row.purpose,
                    "facts": row.facts,
                    "at": row.at.isoformat(),
                    "read_at": row.read_at.isoformat() if row.read_at else None,
                }
                for row in queries.inbox(db, subject, limit=10_000)
            ],
            "deliveries": [
                {
                    "notice": sent.notice,
                    "channel": sent.channel.value,
                    "state": sent.state.value,
                    "at": sent.at.isoformat(),
                }
                for sent in queries.deliveries(db, subject)
            ],
            "preferences": [
                {"class": row.kind, "channel": row.channel, "wanted": row.wanted}
                for row in queries.preferences(db, subject)
            ],
        }

    def erase(self, db: Session, subject: SubjectId) -> int:
        """Delete what no duty keeps; of legal notices that they were sent stays, without facts."""
        free = queries.of_classes([kind for kind in NoticeClass if kind not in rules.LEGAL])
        gone = queries.drop(db, queries.of_person(subject) & free)
        queries.empty(db, subject)
        return gone
