"""6.1.2.c: what rested on a consent alone goes with it; reads stop before that."""

import pytest

from shouyue.ground.jobs.types import Job
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.accounts import entry, platform
from shouyue.people.accounts import jobs as accounts
from shouyue.people.accounts.types import PlatformIdentity
from shouyue.platform.onboarding import jobs, queries, service
from shouyue.platform.onboarding.types import CaseState
from shouyue.platform.papers.types import Role
from shouyue.platform.reviews import service as reviews
from shouyue.privacy.consent import service as consents
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotAllowed
from shouyue.privacy.vault.types import Reader
from tests import certification as sample
from tests.people import CLIENT, agreed

pytestmark = pytest.mark.clause("6.1.2.c")
WHO = PlatformIdentity("open-1", "+8613700137000", "a.png", "小店")


def bell(db: Session, subject: SubjectId, purpose: Purpose, name: str = "withdrawn") -> Job:
    args = {"subject": subject, "purpose": purpose.value}
    return Job("1", f"consent.{name}", subject, args, 1, db.clock())


def person(db: Session, case: str, role: Role) -> SubjectId:
    return SubjectId(queries.parties(db, case)[role].subject)


def test_a_profile_goes_and_what_the_contract_carries_stays(db: Session) -> None:
    consent = agreed(db, platform=True, chosen=[Purpose.P1b])
    subject = entry.enter(db, platform.prove_platform(db, WHO), CLIENT, consent).subject
    consents.withdraw(db, subject, Purpose.P1b)
    accounts.forget_profile(db, bell(db, subject, Purpose.P1b))
    assert {held.item for held in vault.holdings(db, subject)} == {Item.DI_01, Item.DI_03}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("ended", [CaseState.REVOKED, CaseState.REJECTED])
def test_a_named_persons_values_go_with_their_yes_in_any_state(
    db: Session, role: Role, ended: CaseState
) -> None:
    someone = sample.applicant(db)
    case = sample.confirmed(db, someone)
    if ended is CaseState.REVOKED:
        reviews.approve(db, case, sample.STAFF)
    subject = person(db, case, role)
    consents.withdraw(db, subject, Purpose.P2)
    jobs.withdrawn(db, bell(db, subject, Purpose.P2))
    assert vault.holdings(db, subject) == []
    assert vault.documents(db, subject) == []
    assert ledger.about(db, subject, "vault.shredded")
    assert service.state(db, someone) is ended


def test_the_other_persons_values_are_not_touched(db: Session) -> None:
    someone = sample.applicant(db)
    case = sample.certify(db, someone)
    admin = person(db, case, Role.ADMIN)
    consents.withdraw(db, admin, Purpose.P2)
    jobs.withdrawn(db, bell(db, admin, Purpose.P2))
    assert vault.holdings(db, person(db, case, Role.LEGAL))


def test_reads_stop_in_the_withdrawal_itself(db: Session) -> None:
    case = sample.certify(db, sample.applicant(db))
    legal = person(db, case, Role.LEGAL)
    consents.withdraw(db, legal, Purpose.P2)
    reader = Reader("checks", "system", Purpose.P2, Basis.LEGAL_DUTY)
    with pytest.raises(NotAllowed) as refusal:
        vault.reveal(db, legal, [Item.DI_14], reader)
    assert refusal.value.facts["cause"] == "purpose-off"


def test_a_yes_that_is_only_stale_erases_no_certification(db: Session) -> None:
    someone = sample.applicant(db)
    case = sample.certify(db, someone)
    legal = person(db, case, Role.LEGAL)
    jobs.withdrawn(db, bell(db, legal, Purpose.P2, "stale"))
    assert service.state(db, someone) is CaseState.APPROVED
    assert vault.holdings(db, legal)
