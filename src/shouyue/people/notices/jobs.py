"""Deliveries on their way: find the address, go, write down what came of it.

The address leaves the vault at the last moment and is kept nowhere: the record holds a digest.
"""

from collections.abc import Callable

from shouyue.ground.jobs.service import Trip
from shouyue.ground.jobs.types import Again, Job
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.notices import letters, queries, rules, service
from shouyue.people.notices.tables import DeliveryRow, NoticeRow
from shouyue.people.notices.types import Channel, DeliveryState, Notice, NoticeClass
from shouyue.privacy.egress.service import Egress
from shouyue.privacy.egress.types import MailOut, Sent, SmsOut
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.sinks.types import Sink
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotAllowed, NotHeld
from shouyue.privacy.vault.types import SYSTEM, Reader

Out = MailOut | SmsOut

EXPIRE = "notices.expire"


class _Stopped(Exception):  # noqa: N818 - an answer, not an error
    """This delivery ends before it leaves."""

    def __init__(self, state: DeliveryState, cause: str) -> None:
        super().__init__(cause)
        self.state = state
        self.cause = cause


def deliver(egress: Egress, base_url: str) -> Trip[Out, Sent]:
    """Return the answer to `notices.deliver`; `base_url` stands before the paths in links."""
    return Trip(prepare=prepare(base_url), act=carry(egress), settle=settle)


def prepare(base_url: str) -> Callable[[Session, Job], Out | None]:
    """Return the first part of a delivery: the message with its address, or None if it stops."""

    def ready(db: Session, job: Job) -> Out | None:
        found = queries.delivery(db, str(job.args["delivery"]))
        if found is None or found[0].state != DeliveryState.QUEUED:
            return None
        row, notice = found
        try:
            address = _address(db, row, notice)
        except _Stopped as stopped:
            row.state, row.cause, row.at = stopped.state.value, stopped.cause, db.clock()
            return None
        return _message(db, row, notice, (address, base_url))

    return ready


def carry(egress: Egress) -> Callable[[Out], Sent]:
    """Return the second part: hand the message over."""

    def act(out: Out) -> Sent:
        return egress.mail(out) if isinstance(out, MailOut) else egress.sms(out)

    return act


def settle(db: Session, job: Job, sent: Sent) -> Again | None:
    """Write the result down; ask for another attempt while there is hope."""
    found = queries.delivery(db, str(job.args["delivery"]))
    if found is None:
        return None
    row = found[0]
    row.attempts += 1
    row.cause = sent.failure
    row.at = db.clock()
    if sent.ok:
        row.state = DeliveryState.SENT.value
        return None
    wait = rules.retry(row.attempts, sent.failure)
    if wait is None:
        row.state = DeliveryState.FAILED.value
        return None
    return Again(wait)


def expire(db: Session, _job: Job) -> None:
    """Delete notices past their time; run daily."""
    service.expire(db)


@control(Clause.C2_2, says="The last look before a message leaves: still wanted, by day, declared.")
def _address(db: Session, row: DeliveryRow, notice: NoticeRow) -> str:
    subject, kind = SubjectId(notice.subject), NoticeClass(notice.kind)
    channel = Channel(row.channel)
    if kind is NoticeClass.SURVEY and rules.quiet(db.clock()):
        raise Again(rules.QUIET_STEP)
    if not service.still_wanted(db, subject, kind, channel):
        raise _Stopped(DeliveryState.SUPPRESSED, "unwanted")
    held = {holding.item for holding in vault.held(db, [subject])}
    item = next((item for item in rules.ADDRESSES[channel] if item in held), None)
    if item is None:
        raise _Stopped(DeliveryState.FAILED, "no-address")
    purpose = next((p for p in rules.purposes(kind) if p in policy.item(item).purposes), None)
    if purpose is None:
        raise _Stopped(DeliveryState.SUPPRESSED, "undeclared")
    address = _reveal(db, subject, item, (kind, purpose))
    row.destination_digest = db.keys.mac("notice-destination", address.encode()).hex()
    if kind is NoticeClass.SURVEY and queries.suppressed(db, row.destination_digest):
        raise _Stopped(DeliveryState.SUPPRESSED, "opted-out")
    return address


def _reveal(db: Session, subject: SubjectId, item: Item, why: tuple[NoticeClass, Purpose]) -> str:
    kind, purpose = why
    reader = Reader("notices", SYSTEM, purpose, rules.basis(kind), reason=kind.value.lower())
    try:
        return vault.reveal(db, subject, [item], reader)[item].open(Sink.DELIVERY)
    except (NotAllowed, NotHeld):
        raise _Stopped(DeliveryState.SUPPRESSED, "not-allowed") from None


@control(Clause.C2_6_1_c, says="Who was looked at in an emergency is told when it is over.")
def emergency_over(db: Session, job: Job) -> None:
    """Tell the person that an emergency about them is over, and where to see who looked."""
    told = Notice(
        NoticeClass.RIGHTS,
        "emergency_over",
        SubjectId(str(job.args["subject"])),
        (Channel.SMS, Channel.MAIL),
        {"link": "/privacy/activity"},
    )
    service.send(db, told)


def _message(db: Session, row: DeliveryRow, notice: NoticeRow, where: tuple[str, str]) -> Out:
    address, base_url = where
    words = service.words(db, notice, notice.lang, base_url)
    if row.channel == Channel.MAIL:
        return MailOut(address, words.subject, words.text)
    return SmsOut(address, letters.brief(words, notice.lang), notice.template)
