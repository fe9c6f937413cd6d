"""Times that the policy names, kept by the worker with the answers that the house gives it."""

from datetime import timedelta

import pytest

from shouyue.assembly.answers import SCHEDULE, answers
from shouyue.doors.gateway.service import Gateway
from shouyue.doors.upstreams.service import Upstream
from shouyue.doors.wire.pool import Pool
from shouyue.ground.jobs.service import Worker
from shouyue.ground.kit import calendar
from shouyue.ground.kit.types import SubjectId
from shouyue.people.accounts import challenges, queries
from shouyue.people.accounts.tables import ChallengeRow
from shouyue.platform.confirmations import rules
from shouyue.platform.onboarding import queries as onboarding
from shouyue.platform.onboarding import service
from shouyue.platform.onboarding.types import CaseState
from shouyue.platform.papers.types import Role
from shouyue.privacy.consent import service as consents
from shouyue.privacy.egress.post import PostBox
from shouyue.privacy.egress.service import Egress
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.vault import service as vault
from tests import certification as sample
from tests.house import House
from tests.people import CLIENT, PHONE
from tests.shops import DIRECTORY


@pytest.fixture
def worker(house: House) -> Worker:
    box = PostBox(house.clock)
    gateway = Gateway(house.store, Upstream(Pool("http://up.example"), "secret", house.clock))
    bells = answers(Egress(box, box), "https://open.example", gateway, DIRECTORY)
    return Worker(house.store, bells, SCHEDULE)


def work(worker: Worker) -> None:
    """Do what is due, with what comes round by itself."""
    worker.plan()
    worker.run_once()


def person(house: House, case: str, role: Role) -> SubjectId:
    with house.store.read() as db:
        return SubjectId(onboarding.parties(db, case)[role].subject)


def papers(house: House, subject: SubjectId) -> set[Item]:
    with house.store.read() as db:
        return {paper.item for paper in vault.documents(db, subject)}


@pytest.mark.clause("2.1.2.a")
def test_thirty_days_after_approval_the_photos_of_the_card_are_gone(
    house: House, worker: Worker
) -> None:
    _, case = sample.certified_house(house)
    legal = person(house, case, Role.LEGAL)
    house.clock.forward(days=29, hours=23)
    work(worker)
    assert papers(house, legal) == {Item.DI_16, Item.DI_17}
    house.clock.forward(hours=1)
    work(worker)
    assert papers(house, legal) == set()
    with house.store.read() as db:
        assert {held.item for held in vault.holdings(db, legal)} == {
            Item.DI_13,
            Item.DI_14,
            Item.DI_15,
        }


@pytest.mark.clause("2.1.2.b")
def test_a_draft_left_alone_for_thirty_days_is_gone(house: House, worker: Worker) -> None:
    with house.store.begin() as db:
        someone = sample.applicant(db)
        case = sample.fill(db, someone)
    legal = person(house, case, Role.LEGAL)
    house.clock.forward(days=31)
    work(worker)
    with house.store.read() as db:
        assert service.progress(db, someone) is None
        assert vault.holdings(db, legal) == []


@pytest.mark.clause("2.1.2.c")
def test_after_fifteen_working_days_without_a_word_nothing_is_left_of_the_person(
    house: House, worker: Worker
) -> None:
    with house.store.begin() as db:
        someone = sample.applicant(db)
        case = sample.submit(db, someone)
    legal, due = person(house, case, Role.LEGAL), rules.due(house.clock())
    assert due == calendar.working_days_after(house.clock(), 15).ends
    house.clock.at = due - timedelta(seconds=1)
    work(worker)
    with house.store.read() as db:
        assert service.state(db, someone) is CaseState.SUBJECT_CONFIRM
    house.clock.at = due
    work(worker)
    with house.store.read() as db:
        assert service.state(db, someone) is CaseState.REJECTED
        assert vault.holdings(db, legal) == []


@pytest.mark.clause("6.1.2.c")
def test_the_news_of_a_withdrawal_erases_by_itself(house: House, worker: Worker) -> None:
    _, case = sample.certified_house(house)
    admin = person(house, case, Role.ADMIN)
    with house.store.begin() as db:
        consents.withdraw(db, admin, Purpose.P2)
    work(worker)
    with house.store.read() as db:
        assert vault.holdings(db, admin) == []


@pytest.mark.clause("2.1.1.a")
def test_digests_of_number_source_and_code_are_gone_after_a_day(
    house: House, worker: Worker
) -> None:
    with house.store.begin() as db:
        asked = challenges.ask_code(db, PHONE, CLIENT)
    house.clock.forward(hours=25)
    work(worker)
    with house.store.begin() as db:
        assert db.get(ChallengeRow, asked.challenge_id) is None
        assert queries.spend_try(db, asked.challenge_id, db.clock()) is None
