"""What the overview does when a bell rings: it tells a person what law keeps."""

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.notices import service as notices
from shouyue.people.notices.types import Channel, Notice, NoticeClass
from shouyue.people.overview import restricted
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

_PAGE = "/privacy/data"


@control(Clause.C6_1_2_b, says="Who asked for an erasure is told what stays, why and until when.")
def kept(db: Session, subject: SubjectId, reader: SubjectId) -> None:
    """Tell the reader what law keeps of a subject; what has ended meanwhile needs no word."""
    told = restricted.facts(db, subject)
    if told:
        facts = {**told, "link": _PAGE}
        channels = (Channel.SMS, Channel.MAIL)
        notices.send(db, Notice(NoticeClass.RIGHTS, "data_restricted", reader, channels, facts))
