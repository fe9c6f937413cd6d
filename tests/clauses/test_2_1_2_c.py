"""2.1.2.c: those named in a certification speak for themselves."""

import pytest

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.platform.onboarding import named, queries, service
from shouyue.platform.onboarding.errors import AuthorityMissing
from shouyue.platform.onboarding.types import CaseState
from shouyue.platform.papers.types import Role
from shouyue.platform.reviews import service as reviews
from shouyue.platform.reviews.errors import NotUnderReview
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.types import ConsentState
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.vault import service as vault
from tests import certification as sample

pytestmark = pytest.mark.clause("2.1.2.c", "2.5")


def test_the_submitters_word_is_asked_for_and_kept_by_digest(db: Session) -> None:
    someone = sample.applicant(db)
    sample.fill(db, someone)
    with pytest.raises(AuthorityMissing):
        service.submit(db, someone, sample.submission(db, authorised=False))
    service.submit(db, someone, sample.submission(db))
    assert ledger.about(db, someone, "onboarding.authority")


def test_the_submitters_word_is_nobodys_consent(db: Session) -> None:
    someone = sample.applicant(db)
    case = sample.submit(db, someone)
    for party in queries.parties(db, case).values():
        state = consents.state(db, SubjectId(party.subject), Purpose.P2)
        assert state is ConsentState.NONE
    with pytest.raises(NotUnderReview):
        reviews.approve(db, case, sample.STAFF)


def test_each_gets_a_notice_before_being_asked_and_answers_alone(db: Session) -> None:
    someone = sample.applicant(db)
    case = sample.submit(db, someone)
    assert sample.confirm(db, case, Role.LEGAL) is CaseState.SUBJECT_CONFIRM
    assert sample.confirm(db, case, Role.ADMIN) is CaseState.MANUAL_REVIEW
    for party in queries.parties(db, case).values():
        kinds = [entry.kind for entry in ledger.about(db, SubjectId(party.subject))]
        opened, given = kinds.index("confirmations.opened"), kinds.index("consent.given")
        assert opened < given < kinds.index("confirmations.answered")


def test_an_objection_stops_the_use_and_erases(db: Session) -> None:
    someone = sample.applicant(db)
    case = sample.submit(db, someone)
    admin = SubjectId(queries.parties(db, case)[Role.ADMIN].subject)
    named.object_to(db, sample.link(db, case, Role.ADMIN))
    assert service.state(db, someone) is CaseState.REJECTED
    assert vault.holdings(db, admin) == []
