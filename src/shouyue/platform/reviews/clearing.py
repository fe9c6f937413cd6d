"""The grant under which a reviewer opens fields of one case: asked for here, approved by another.

It names the people of the case and the items of a certification, and ends after some hours.
Clause 5.1.2.
"""

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.onboarding import cases
from shouyue.platform.onboarding.types import CaseState
from shouyue.platform.papers import required
from shouyue.platform.reviews.errors import NotUnderReview
from shouyue.platform.reviews.types import REVIEWER
from shouyue.privacy.clearance import grants
from shouyue.privacy.clearance.types import Ask, Grant, Member, Need, Stage
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.vault.errors import NotHeld


@control(Clause.C5_1_2, says="A reviewer asks for one case, and reaches nobody outside it.")
def ask(db: Session, case_id: str, member: Member, hours: int) -> str:
    """Ask to look into a case under review, for at most 8 hours; return the grant's id.

    Raises NoCase, NotUnderReview, and what an ask refuses.
    """
    case = cases.case(db, case_id)
    if case.state is not CaseState.MANUAL_REVIEW:
        raise NotUnderReview
    reach = _people(db, case.id)
    return grants.ask(
        db, member, Ask(REVIEWER, Purpose.P2, reach, Need.REVIEW, case.id, hours=hours)
    )


def held(db: ReadSession, case_id: str, member: str) -> Grant | None:
    """Return the member's grant of a case, or the ask that waits; None where there is neither."""
    for grant in grants.mine(db, member):
        if grant.case != case_id:
            continue
        live = grant.stage is Stage.LIVE and grant.until is not None and grant.until > db.clock()
        if live or grant.stage is Stage.ASKED:
            return grant
    return None


def _people(db: ReadSession, case_id: str) -> dict[SubjectId, list[Item]]:
    found: dict[SubjectId, list[Item]] = {}
    for item in required.ITEMS:
        if REVIEWER not in policy.item(item).seen_by:
            continue
        try:
            found.setdefault(cases.whose(db, case_id, item), []).append(item)
        except NotHeld:  # nobody has handed it in
            continue
    return found
