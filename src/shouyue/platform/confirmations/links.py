"""Links to one's own confirmation: derived from the word and its sendings, never stored.

A link works for 24 hours and once, and only the latest one does. Clause 2.1.2.c; decision 0006.
"""

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.kit.types import Lang, SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.notices import service as notices
from shouyue.people.notices.types import Channel, Notice, NoticeClass
from shouyue.platform.confirmations import queries, rules
from shouyue.platform.confirmations.errors import (
    Answered,
    LinkOver,
    NotAsked,
    NotReachable,
    SendTooSoon,
)
from shouyue.platform.confirmations.tables import ConfirmationRow
from shouyue.platform.confirmations.types import Answer, Link
from shouyue.platform.papers import identity, required
from shouyue.platform.papers.types import Role
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.vault import service as vault

PURPOSE = "confirmation"
_LONGEST_TOKEN = 128
_TEXT = {
    "zh": "【{platform}】有企业在入驻认证中把您填写为法定代表人。请在24小时内打开链接，"
    "由您本人确认或者反对：{url} 本次所用手机号不会保存。",
    "en": "[{platform}] A company has named you as its legal representative. Open the link within "
    "24 hours and confirm or object yourself: {url} Your number is not kept.",
}


def resend(db: Session, applicant: SubjectId, role: Role) -> None:
    """Send a new link to a person whose contact we hold; the earlier one is over.

    Raises NotAsked, SendTooSoon, NotReachable.
    """
    word = _waiting(db, applicant, role)
    if not reachable(db, word):
        raise NotReachable
    send(db, word)


@control(
    Clause.C2_1_2_c,
    says="The legal representative's number serves one message and is stored nowhere.",
)
def legal_person_link(
    db: Session, applicant: SubjectId, phone: str, origin: str, lang: Lang
) -> Link:
    """Return the message to hand over right after the commit and then to forget (D24).

    `origin` stands before the path of the link. Raises NotAsked, SendTooSoon, FieldWrong.
    """
    to = identity.mobile(phone)
    word = _waiting(db, applicant, Role.LEGAL)
    _count(db, word)
    url = origin + path(token_of(db, word))
    platform = policy.active().operator["platform_name"].say(lang)
    return Link(to, _TEXT["zh" if lang == "zh" else "en"].format(platform=platform, url=url))


def own_link(db: Session, applicant: SubjectId, role: Role) -> str:
    """Return the path at which the applicant, holding the role, answers in person on the site.

    The link in the inbox is this one while it works. A new one is made after that; raises
    NotAsked, SendTooSoon.
    """
    word = _waiting(db, applicant, role)
    if word.subject != applicant:
        raise NotAsked
    if word.tries >= rules.TRIES or not rules.link_open(word.sent_at, db.clock()):
        _count(db, word)
    return path(token_of(db, word))


def token_of(db: ReadSession, word: ConfirmationRow) -> str:
    """Return the latest token of a confirmation, derived anew (decision 0006)."""
    about = _about(word)
    return f"{about}.{notices.link_proof(db, PURPOSE, about)}"


def path(token: str) -> str:
    """Return the page of a token; notices spell their links the same way."""
    about, _, proof = token.partition(".")
    return f"/confirm/{about}?proof={proof}"


def opened(db: ReadSession, token: str) -> ConfirmationRow:
    """Return the word that a working link is about; raise LinkOver, of which Answered is a kind."""
    about, _, proof = token[:_LONGEST_TOKEN].partition(".")
    try:
        notices.check_link(db, PURPOSE, about, proof)
    except NotAuthentic:
        raise LinkOver from None
    word = queries.word(db, about.partition("-")[0])
    if word is None or _about(word) != about or not rules.link_open(word.sent_at, db.clock()):
        raise LinkOver
    if word.answer in {Answer.CONFIRMED, Answer.OBJECTED}:
        raise Answered
    if word.answer != Answer.WAITING or word.closed_at is not None or word.tries >= rules.TRIES:
        raise LinkOver
    return word


def reachable(db: ReadSession, word: ConfirmationRow) -> bool:
    """Tell whether a link can go out by itself: to the applicant, or where we hold a contact."""
    return word.subject == word.applicant or bool(
        vault.masked(db, SubjectId(word.subject), required.CONTACTS)
    )


def send(db: Session, word: ConfirmationRow) -> None:
    """Send a new link; raise SendTooSoon. The applicant finds it in the inbox only."""
    _count(db, word)
    about = _about(word)
    own = word.subject == word.applicant
    letter = Notice(
        NoticeClass.VERIFY,
        "subject_confirm",
        SubjectId(word.subject),
        () if own else (Channel.SMS, Channel.MAIL),
        {
            "link": f"/confirm/{about}",
            "link_purpose": PURPOSE,
            "link_id": about,
            "days": rules.LINK_LIFE.days,
            "role": word.role,
        },
    )
    notices.send(db, letter)


def _waiting(db: ReadSession, applicant: SubjectId, role: Role) -> ConfirmationRow:
    word = queries.waiting(db, applicant, role)
    if word is None:
        raise NotAsked
    return word


def _about(word: ConfirmationRow) -> str:
    return f"{word.id}-{word.sendings}"


def _count(db: Session, word: ConfirmationRow) -> None:
    if not rules.may_send(word.sent_at, word.sendings, db.clock()):
        raise SendTooSoon
    word.sendings, word.sent_at, word.tries = word.sendings + 1, db.clock(), 0
    facts: dict[str, str | int] = {
        "case": word.case,
        "role": word.role,
        "count": word.sendings,
    }
    ledger.append(db, Fact("confirmations.link-sent", SubjectId(word.subject), facts))
    db.flush()
