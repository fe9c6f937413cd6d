"""2.1.2.b: what a no costs: certification, and nothing else."""

import pytest

from shouyue.ground.store.session import Session
from shouyue.people.accounts import standing
from shouyue.people.accounts.types import AccountState
from shouyue.platform.onboarding import service
from shouyue.platform.onboarding.errors import Incomplete, NotCertified
from tests import certification as sample

pytestmark = pytest.mark.clause("2.1.2.b")


def test_without_certification_only_what_needs_it_is_shut(db: Session) -> None:
    someone = sample.applicant(db)
    with pytest.raises(NotCertified) as shut:
        service.require_certified(db, someone)
    assert "注销不受影响" in shut.value.say("zh")
    assert standing.account(db, someone).state is AccountState.REGISTERED


def test_one_missing_step_keeps_the_case_from_being_handed_in(db: Session) -> None:
    someone = sample.applicant(db)
    sample.begin(db, someone)
    service.save_step(db, someone, sample.enterprise())
    service.save_step(db, someone, sample.legal_person())
    with pytest.raises(Incomplete):
        service.submit(db, someone, sample.submission(db))
    assert standing.account(db, someone).state is AccountState.REGISTERED


def test_who_leaves_may_take_the_draft_back(db: Session) -> None:
    someone = sample.applicant(db)
    sample.fill(db, someone)
    service.discard(db, someone)
    assert service.progress(db, someone) is None
