"""Send notices, keep the inbox, honour preferences.

A notice is one inbox row in the caller's transaction; other channels follow by job, and find the
address in the vault only when they go. Clause 2.2; INV-29, INV-30, INV-31.
"""

from shouyue.ground.jobs import service as jobs
from shouyue.ground.kit.types import Lang, SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.notices import letters, links, queries, rules
from shouyue.people.notices.errors import (
    CannotBeSwitchedOff,
    NoSuchNotice,
    SurveyRefused,
    UnfitNotice,
)
from shouyue.people.notices.links import check_link, link_proof
from shouyue.people.notices.tables import DeliveryRow, NoticePreference, NoticeRow
from shouyue.people.notices.types import (
    Channel,
    Delivery,
    DeliveryState,
    Facts,
    InboxItem,
    Notice,
    NoticeClass,
    Preference,
    Words,
)
from shouyue.privacy.consent import service as consent
from shouyue.privacy.consent.types import ConsentState
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.purposes import Purpose

__all__ = [
    "check_link",
    "deliveries",
    "expire",
    "inbox",
    "instant_sms_text",
    "link_proof",
    "mark_read",
    "prefer",
    "preferences",
    "sayable",
    "send",
    "still_wanted",
    "unread",
    "unsubscribe",
    "words",
]

sayable = rules.sayable

DELIVER = "notices.deliver"
"""The job that takes one delivery out; its argument `delivery` is the id."""

UNSUBSCRIBE = "unsubscribe"
"""The purpose of the proof in a survey's link to `unsubscribe`."""


@control(
    Clause.C2_2,
    says="Each notice has a declared class and purpose; surveys go only to those who asked.",
)
def send(db: Session, notice: Notice) -> str:
    """Put a notice in the inbox and on its way by the wanted channels; return its id.

    Raises UnfitNotice, PersonalInNotice, and SurveyRefused without a live opt-in, by night or
    within thirty days of the last survey. An unwanted channel is recorded as suppressed.
    """
    rules.check(notice)
    if notice.kind is NoticeClass.SURVEY:
        _check_survey(db, notice.subject)
    row = NoticeRow(
        id=db.new_id(),
        subject=notice.subject,
        kind=notice.kind.value,
        template=notice.template,
        template_digest=letters.digest(notice.template, notice.lang),
        purpose=rules.purposes(notice.kind)[0].value,
        basis=rules.basis(notice.kind).value,
        lang=notice.lang,
        facts=dict(notice.facts),
        at=db.clock(),
    )
    db.add(row)
    db.flush()
    for channel in dict.fromkeys(notice.channels):
        _dispatch(db, row, channel)
    return row.id


def instant_sms_text(template: str, lang: Lang, facts: Facts) -> str:
    """Return the text of a message that the door sends right after commit and nobody stores.

    Only for templates that carry a code (VERIFY). Raises UnfitNotice.
    """
    rule = rules.TEMPLATES.get(template)
    if rule is None or template not in rules.NEVER_STORED:
        raise UnfitNotice(template=template, cause="template")
    rules.check_facts(template, rule, facts)
    return letters.brief(letters.render(template, lang, facts), lang)


def inbox(db: ReadSession, subject: SubjectId, lang: Lang, limit: int = 100) -> list[InboxItem]:
    """Return a person's notices in the language asked for, newest first."""
    return [_item(db, row, lang) for row in queries.inbox(db, subject, limit)]


def unread(db: ReadSession, subject: SubjectId) -> int:
    """Count what a person has not opened."""
    return queries.unread(db, subject)


def mark_read(db: Session, subject: SubjectId, notice_id: str) -> None:
    """Mark one's own notice as read, once. Raises NoSuchNotice."""
    row = queries.mine(db, subject, notice_id)
    if row is None:
        raise NoSuchNotice
    row.read_at = row.read_at or db.clock()
    db.flush()


def deliveries(db: ReadSession, subject: SubjectId) -> list[Delivery]:
    """Return what was sent to a person by which channel, what for and with what result (DI-36)."""
    return queries.deliveries(db, subject)


@control(Clause.C2_2, says="Security, rule, rights and incident notices cannot be switched off.")
def prefer(
    db: Session, subject: SubjectId, kind: NoticeClass, channel: Channel, *, wanted: bool
) -> None:
    """Switch a class on or off for a channel; the inbox stays. Raises CannotBeSwitchedOff.

    For surveys this only picks channels: none comes without consent to P5.
    """
    if kind in rules.FIXED:
        raise CannotBeSwitchedOff
    db.merge(
        NoticePreference(
            subject=subject, kind=kind.value, channel=channel.value, wanted=wanted, at=db.clock()
        )
    )
    db.flush()


def preferences(db: ReadSession, subject: SubjectId) -> list[Preference]:
    """Return the whole matrix of classes and channels as it stands now."""
    opted_in = _opted_in(db, subject)
    return [
        Preference(
            kind,
            channel,
            wanted=_wanted(db, subject, kind, channel)
            and (kind is not NoticeClass.SURVEY or opted_in),
            fixed=kind in rules.FIXED,
        )
        for kind in NoticeClass
        for channel in Channel
    ]


@control(Clause.C2_2, says="One step out of surveys, at once, and remembered as a keyed digest.")
def unsubscribe(db: Session, notice_id: str, proof: str) -> None:
    """Follow the link of a survey out of all surveys. Raises NotAuthentic, NoSuchNotice.

    Withdraws the consent to P5 and remembers the destinations that this survey reached.
    """
    check_link(db, UNSUBSCRIBE, notice_id, proof)
    subject = queries.subject_of(db, notice_id)
    if subject is None:
        raise NoSuchNotice
    for digest in queries.destinations(db, notice_id):
        queries.suppress(db, digest, db.clock())
    consent.withdraw(db, subject, Purpose.P5, channel="unsubscribe")


def still_wanted(db: ReadSession, subject: SubjectId, kind: NoticeClass, channel: Channel) -> bool:
    """Tell whether a notice of this class may still go by this channel; asked before each send."""
    asked_for = kind is not NoticeClass.SURVEY or _opted_in(db, subject)
    return asked_for and _wanted(db, subject, kind, channel)


def words(db: ReadSession, row: NoticeRow, lang: Lang, base_url: str = "") -> Words:
    """Return a stored notice in words. Every survey carries its way out (INV-29)."""
    facts = dict(row.facts)
    if link := links.path(db, facts):
        facts["link"] = base_url + link
    if row.kind == NoticeClass.SURVEY:
        proof = link_proof(db, UNSUBSCRIBE, row.id)
        facts["unsubscribe"] = f"{base_url}/notices/unsubscribe/{row.id}?proof={proof}"
    return letters.render(row.template, lang, facts)


def expire(db: Session) -> int:
    """Delete notices past their time, three years for legal ones, six months for others."""
    gone = 0
    for kind in NoticeClass:
        past = queries.until(db.clock() - rules.kept(kind))
        gone += queries.drop(db, queries.of_classes([kind]) & past)
    return gone


def _check_survey(db: ReadSession, subject: SubjectId) -> None:
    opted_in, last = _opted_in(db, subject), queries.last_survey(db, subject)
    if cause := rules.survey_refusal(db.clock(), last, opted_in=opted_in):
        raise SurveyRefused(cause=cause)


def _opted_in(db: ReadSession, subject: SubjectId) -> bool:
    return consent.state(db, subject, Purpose.P5) is ConsentState.GIVEN


def _wanted(db: ReadSession, subject: SubjectId, kind: NoticeClass, channel: Channel) -> bool:
    chosen = queries.preference(db, subject, kind, channel)
    return rules.wanted(kind, chosen.wanted if chosen else None)


def _dispatch(db: Session, notice: NoticeRow, channel: Channel) -> None:
    row = DeliveryRow(
        id=db.new_id(),
        notice=notice.id,
        subject=notice.subject,
        channel=channel.value,
        state=DeliveryState.QUEUED.value,
        at=db.clock(),
    )
    db.add(row)
    if not _wanted(db, SubjectId(notice.subject), NoticeClass(notice.kind), channel):
        row.state, row.cause = DeliveryState.SUPPRESSED.value, "unwanted"
    db.flush()
    if row.state == DeliveryState.QUEUED:
        jobs.enqueue(db, DELIVER, {"subject": notice.subject, "delivery": row.id})


def _item(db: ReadSession, row: NoticeRow, lang: Lang) -> InboxItem:
    said = words(db, row, lang)
    link = links.path(db, row.facts)
    kind = NoticeClass(row.kind)
    return InboxItem(row.id, kind, row.at, row.read_at, said.subject, said.text, link)
