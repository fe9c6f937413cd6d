"""What every act on a case does: find it, move it with evidence, let its values go.

Only states on the published way are reached, each move is a row and a ledger leaf, and whoever
leaves a case takes their values with them. Clauses 2.1.2.a to 2.1.2.c.
"""

from collections.abc import Mapping
from contextlib import suppress

from shouyue.ground.jobs import service as jobs
from shouyue.ground.kit import calendar
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.accounts import errors as accounts
from shouyue.people.accounts import standing
from shouyue.people.accounts.types import AccountState
from shouyue.people.notices import service as notices
from shouyue.people.notices.types import Channel, Notice, NoticeClass
from shouyue.platform.confirmations import service as confirmations
from shouyue.platform.onboarding import queries, rules
from shouyue.platform.onboarding.errors import NoCase, NoSuchMove
from shouyue.platform.onboarding.tables import CaseRow, DecisionRow, EventRow, PartyRow
from shouyue.platform.onboarding.types import CaseState, Reason
from shouyue.platform.papers import required
from shouyue.platform.papers.types import Role, Same
from shouyue.privacy.custody import service as custody
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Anchor, Basis
from shouyue.privacy.vault.types import SYSTEM as HOUSE
from shouyue.privacy.vault.types import Reader

SYSTEM = "system"
ERASE = "onboarding.erase"
STATUS_PAGE = "/onboarding/status"

_STANDING = {
    CaseState.SUBMITTED: AccountState.CERTIFYING,
    CaseState.REJECTED: AccountState.REGISTERED,
    CaseState.APPROVED: AccountState.ACTIVE,
    CaseState.EXPIRED: AccountState.LIMITED,
    CaseState.REVOKED: AccountState.LIMITED,
}


def need(db: ReadSession, case_id: str) -> CaseRow:
    """Return a case; raise NoCase."""
    row = queries.case(db, case_id)
    if row is None:
        raise NoCase
    return row


def of(db: ReadSession, applicant: SubjectId) -> CaseRow:
    """Return the live case of a person; raise NoCase."""
    row = queries.live(db, applicant)
    if row is None:
        raise NoCase
    return row


def reader(case_id: str, reason: str) -> Reader:
    """Return the house as a reader of what a check needs."""
    return Reader("onboarding", HOUSE, Purpose.P2, Basis.LEGAL_DUTY, case_id, reason)


@control(
    Clause.C2_1_2_a,
    Clause.C2_1_2_b,
    says="A certification moves only along its published states, each move with a leaf.",
)
def move(db: Session, row: CaseRow, after: CaseState, cause: str, actor: str = SYSTEM) -> None:
    """Move a case, write the event, let the account follow; raise NoSuchMove.

    A case that is over frees its applicant for another, asks nobody any longer, and is erased when
    the time to appeal is over. A certification that ends lets its company's papers go at once.
    """
    before = CaseState(row.state)
    if not rules.may_move(before, after) or not queries.advance(db, row, after):
        raise NoSuchMove
    facts = {"case": row.id, "before": before.value, "after": after.value, "cause": cause}
    facts["actor"] = actor
    leaf = ledger.append(db, Fact("onboarding.moved", SubjectId(row.applicant), facts))
    db.add(EventRow(id=db.new_id(), at=db.clock(), leaf=leaf, **facts))
    if after in rules.OVER:
        row.live = None
        confirmations.close(db, row.id)
        due = calendar.working_days_after(db.clock(), rules.APPEAL_DAYS).ends
        jobs.enqueue(db, ERASE, {"case": row.id}, due=due)
    if before in rules.CERTIFIED and after in rules.OVER:
        _let_company_go(db, row)
    db.flush()
    _let_account_follow(db, row, after)


def reject(db: Session, row: CaseRow, reason: Reason, actor: str = SYSTEM) -> None:
    """Refuse a case and tell the applicant."""
    move(db, row, CaseState.REJECTED, reason.value, actor)
    row.decided_at = db.clock()
    tell(db, row, "certification_rejected")


def send_back(
    db: Session, row: CaseRow, reasons: Mapping[Item, Reason], actor: str = SYSTEM
) -> None:
    """Ask the applicant for more, field by field; what was confirmed and is unchanged stays so."""
    decide(db, row, CaseState.NEED_MORE.value, actor, reasons)
    move(db, row, CaseState.NEED_MORE, next(iter(reasons.values())).value, actor)
    tell(db, row, "certification_need_more", {"days": rules.DRAFT_LIFE.days})


def decide(
    db: Session, row: CaseRow, outcome: str, actor: str, reasons: Mapping[Item, Reason]
) -> None:
    """Write down what was decided on this version of the case: codes by item, no sentences."""
    db.add(
        DecisionRow(
            id=db.new_id(),
            case=row.id,
            version=row.version,
            reviewer=actor,
            outcome=outcome,
            reasons={item.value: reason.value for item, reason in reasons.items()},
            at=db.clock(),
        )
    )
    db.flush()


def stop(db: Session, row: CaseRow) -> None:
    """End a live case on the shortest published way; a draft is left to its owner."""
    state = CaseState(row.state)
    if state in rules.CERTIFIED:
        move(db, row, CaseState.REVOKED, Reason.WITHDRAWN.value)
        tell(db, row, "certification_rejected")
    elif rules.may_move(state, CaseState.REJECTED):
        reject(db, row, Reason.WITHDRAWN)


def tell(
    db: Session, row: CaseRow, template: str, facts: dict[str, str | int] | None = None
) -> None:
    """Send the applicant a notice about the case."""
    told: dict[str, str | int] = {"case": row.id, "link": STATUS_PAGE, **(facts or {})}
    notice = Notice(NoticeClass.SERVICE, template, SubjectId(row.applicant), (Channel.SMS,), told)
    notices.send(db, notice)


@control(
    Clause.C2_1_2_c,
    says="Who objects, does not answer or is replaced takes all their values out of the case.",
)
def let_go(db: Session, party: PartyRow) -> None:
    """Erase what a person's role brought into the vault; everything, if they came with the case.

    Values that the same person has in another live case stay.
    """
    subject, role = SubjectId(party.subject), Role(party.role)
    if queries.seated_elsewhere(db, party):
        return
    custody.erase(db, subject, None if party.same == Same.NOBODY else required.ROLES[role])


def erase(db: Session, row: CaseRow) -> None:
    """Erase all values of a case that is over; law keeps what certified a company. States stay."""
    for party in queries.parties(db, row.id).values():
        let_go(db, party)
    _let_company_go(db, row)


def _let_company_go(db: Session, row: CaseRow) -> None:
    certified = queries.certified_at(db, row.id)
    event = Anchor.EXIT if certified else None
    custody.erase(db, SubjectId(row.enterprise), event=event, certified=certified)


def drop(db: Session, row: CaseRow) -> int:
    """Erase a case with values and own words; return how many rows went. The ledger stays."""
    erase(db, row)
    return confirmations.drop(db, row.id, *Role) + queries.drop_case(db, row.id)


def _let_account_follow(db: Session, row: CaseRow, after: CaseState) -> None:
    # A suspended or leaving account stays where it is: certification does not lift that.
    wanted = _STANDING.get(after)
    if after is CaseState.REJECTED and queries.certified_at(db, row.id):
        wanted = AccountState.LIMITED
    if wanted is not None:
        with suppress(accounts.NoSuchMove, accounts.NoAccount):
            standing.move(db, SubjectId(row.applicant), wanted, row.id)
