"""Review by people: masked fields beside machine checks, one look at a time, then a decision.

A look has a reviewer, a case and a reason, and the person concerned sees it. No approval without
the own word of both people (INV-35); a mismatch takes two reviewers. Clauses 2.1.2.a, 5.1.2.
"""

from collections.abc import Mapping

from shouyue.ground.jobs import service as jobs
from shouyue.ground.kit import calendar
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.confirmations import service as confirmations
from shouyue.platform.onboarding import cases
from shouyue.platform.onboarding.types import Case, CaseState, Reason
from shouyue.platform.papers import checks, required
from shouyue.platform.papers.types import CheckCode, CheckOutcome, Role
from shouyue.platform.reviews import renewals, rules
from shouyue.platform.reviews.errors import (
    CheckFailed,
    NotConfirmed,
    NotUnderReview,
    ReasonMissing,
    SecondNeeded,
)
from shouyue.platform.reviews.types import REVIEWER, Line, Look, Outcome, Queued, Review, Seen
from shouyue.privacy.custody import service as custody
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import documents
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotHeld
from shouyue.privacy.vault.types import Reader

PHOTOS = "reviews.photos"
_OVERRIDE = "override"


def queue(db: ReadSession) -> list[Queued]:
    """Return the cases that wait for a reviewer, longest waiting first, company masked."""
    return [_queued(db, case) for case in cases.in_state(db, CaseState.MANUAL_REVIEW)]


def review(db: ReadSession, case_id: str) -> Review:
    """Return a case as a reviewer sees it: masks, checks, own words.

    Raises NoCase, NotUnderReview while it is with the applicant or with the people named.
    """
    case, found = cases.case(db, case_id), cases.checked(db, case_id)
    if case.state in rules.WITH_OTHERS:
        raise NotUnderReview
    return Review(
        id=case.id,
        state=case.state,
        submitted_at=case.submitted_at,
        lines=tuple(_line(db, case, item, found) for item in required.ITEMS),
        confirmations=confirmations.of_case(db, case.id),
        events=cases.events(db, case.id),
        first=_first(db, case),
        mismatch=checks.mismatched(found),
    )


@control(
    Clause.C5_1_2,
    Clause.C2_1_2_a,
    says="A reviewer opens one field or photo at a time, with a reason the person can read.",
)
def see(db: Session, case_id: str, staff: str, item: Item, reason: Look) -> Seen:
    """Open one field, or one photo as JPEG, of a case under review.

    Raises NoCase, NotUnderReview, and the vault's refusals: NoGrant without a live grant of the
    case (`reviews.clearing`).
    """
    case = _under_review(db, case_id)
    subject = cases.whose(db, case.id, item)
    reader = Reader(staff, REVIEWER, Purpose.P2, Basis.LEGAL_DUTY, case.id, reason.value)
    if item not in required.PHOTOS:
        return Seen(item, vault.reveal(db, subject, [item], reader)[item])
    held = [paper for paper in documents.documents(db, subject) if paper.item is item]
    if not held:
        raise NotHeld(item=item.value)
    return Seen(item, photo=documents.view_document(db, held[-1].id, reader)[1])


@control(
    Clause.C2_1_2_a,
    Clause.C2_1_2_c,
    Clause.C7,
    says="Approval needs both people's own yes and every check; a mismatch needs two reviewers.",
)
def approve(db: Session, case_id: str, staff: str, *, judged: bool = False) -> Outcome:
    """Certify, or note the first of the two yeses that a mismatch takes.

    `judged` says that the reviewer has judged the mismatch. Checks run anew, for time passes.
    Raises NotUnderReview, NotConfirmed (INV-35), CheckFailed (INV-36), SecondNeeded.
    """
    case = _under_review(db, case_id)
    if not confirmations.agreed(db, case.id, *Role):
        raise NotConfirmed
    found = cases.check(db, case.id)
    if code := checks.failed(found):
        raise CheckFailed(check=code.value)
    if checks.mismatched(found) and not _second(db, case, staff, judged=judged):
        return Outcome.SECOND_NEEDED
    cases.decide(db, case.id, CaseState.APPROVED.value, staff)
    cases.certify(db, case.id, "approved", staff)
    jobs.enqueue(db, PHOTOS, {"case": case.id}, due=db.clock() + rules.PHOTO_LIFE)
    renewals.plan(db, case.id)
    cases.tell(db, case.id, "certification_approved", {})
    return Outcome.APPROVED


def need_more(db: Session, case_id: str, staff: str, reasons: Mapping[Item, Reason]) -> None:
    """Send a case back with a reason by field; the rest is kept.

    Raises NotUnderReview, ReasonMissing.
    """
    case = _under_review(db, case_id)
    if not reasons:
        raise ReasonMissing
    cases.send_back(db, case.id, reasons, staff)


def reject(db: Session, case_id: str, staff: str, reasons: Mapping[Item, Reason]) -> None:
    """Refuse a case with a reason by field. Raises NotUnderReview, ReasonMissing."""
    case = _under_review(db, case_id)
    if not reasons:
        raise ReasonMissing
    cases.reject(db, case.id, reasons, staff)


@control(
    Clause.C2_1_2_a,
    says="Thirty days after the check both sides of the card are destroyed with their key.",
)
@control(
    Clause.C5_5,
    says="The photos of the card are kept as long as the table says, and not a day more.",
    lacks="Other items of the vault have a published time and no clock that ends them yet.",
)
def destroy_photos(db: Session, case_id: str) -> None:
    """Destroy the photos of the legal representative's card; the results stay (DI-16, DI-17).

    Photos that came after the last approval wait for one of their own.
    """
    subject, passed = cases.whose(db, case_id, required.CARD[0]), cases.certified_at(db, case_id)
    held = [paper for paper in documents.documents(db, subject) if paper.item in required.CARD]
    custody.erase(db, subject, {paper.item for paper in held if passed and paper.at <= passed})


def _under_review(db: ReadSession, case_id: str) -> Case:
    case = cases.case(db, case_id)
    if case.state is not CaseState.MANUAL_REVIEW:
        raise NotUnderReview
    return case


def _queued(db: ReadSession, case: Case) -> Queued:
    found = cases.checked(db, case.id)
    due = calendar.working_days_after(case.touched_at, rules.REVIEW_DAYS)
    mask = vault.masked(db, case.enterprise, [Item.DI_11]).get(Item.DI_11, "")
    mismatches = [outcome for outcome in found.values() if outcome is not CheckOutcome.PASSED]
    return Queued(case.id, mask, case.touched_at, due.day, due.provisional, len(mismatches))


def _line(db: ReadSession, case: Case, item: Item, found: Mapping[CheckCode, CheckOutcome]) -> Line:
    beside = tuple(
        (code, outcome) for code, outcome in found.items() if checks.CHECKED[code] is item
    )
    try:
        subject = cases.whose(db, case.id, item)
    except NotHeld:
        return Line(item, "", photo=False, checks=beside)
    if item in required.PHOTOS:
        held = any(paper.item is item for paper in documents.documents(db, subject))
        return Line(item, "", photo=held, checks=beside)
    return Line(item, vault.masked(db, subject, [item]).get(item, ""), photo=False, checks=beside)


def _first(db: ReadSession, case: Case) -> str:
    given = [
        found.by
        for found in cases.decisions(db, case.id)
        if found.outcome == _OVERRIDE and found.version == case.version
    ]
    return given[-1] if given else ""


def _second(db: Session, case: Case, staff: str, *, judged: bool) -> bool:
    if not judged:
        raise SecondNeeded
    first = _first(db, case)
    if not first:
        cases.decide(db, case.id, _OVERRIDE, staff)
        return False
    if first == staff:
        raise SecondNeeded
    return True
