"""Certified papers that others replace, and certifications that end: what law keeps, and of whom.

Both leave by custody, in the unit that replaces or ends them; what never served is forgotten.
"""

import pytest
import sqlalchemy as sa

from shouyue.assembly import answers
from shouyue.ground.jobs import service as bells
from shouyue.ground.jobs.service import Worker
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.accounts import standing
from shouyue.people.accounts.types import AccountState
from shouyue.people.notices import service as notices
from shouyue.people.overview import restricted
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.types import NewApp
from shouyue.platform.directory import service as directory
from shouyue.platform.onboarding import cases, holder, jobs, service
from shouyue.platform.onboarding.errors import Locked, NoSuchMove, NotCertified
from shouyue.platform.onboarding.types import CaseState, Reason
from shouyue.platform.papers.errors import FieldWrong
from shouyue.platform.papers.types import Role, Same
from shouyue.platform.reviews import jobs as review_jobs
from shouyue.platform.reviews import renewals
from shouyue.platform.reviews import service as reviews
from shouyue.privacy.consent import service as consents
from shouyue.privacy.custody import jobs as custody_jobs
from shouyue.privacy.custody import queries
from shouyue.privacy.custody import service as custody
from shouyue.privacy.custody.rules import months_after
from shouyue.privacy.keys.types import Need, Warrant
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.statutes import service as statutes
from shouyue.privacy.vault import documents
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.tables import SealedDocument, VaultHolding
from tests import certification as sample
from tests.certification import STAFF
from tests.holding import hold, read_in_custody
from tests.house import House, plain

pytestmark = [pytest.mark.clause("6.1.1"), pytest.mark.clause("6.1.2.b")]
ANSWERS = {
    **jobs.ANSWERS,
    **review_jobs.ANSWERS,
    **custody_jobs.ANSWERS,
    custody.KEPT: answers.kept,
    "consent.withdrawn": jobs.withdrawn,
}
NEW_NAME, NEW_PLACE = "成都新名软件有限公司", "浙江省杭州市西湖区新址路2号"
COMPANY_ITEMS = {Item.DI_10, Item.DI_11, Item.DI_12}


def run(house: House) -> None:
    Worker(house.store, ANSWERS).run_once()


def company_of(db: Session, someone: SubjectId) -> SubjectId:
    return cases.companies(db, someone)[-1]


def reopened(house: House) -> tuple[SubjectId, str]:
    """A certified company whose applicant has said that its papers changed."""
    someone, case = sample.certified_house(house)
    house.clock.forward(days=60)
    run(house)
    with house.store.begin() as db:
        renewals.reopen(db, someone)
    return someone, case


def opened(db: Session, company: SubjectId) -> dict[Item, list[bytes]]:
    """What is in custody of a company, as an authority would read it."""
    found: dict[Item, list[bytes]] = {}
    for one in custody.of(db, company):
        warrant = Warrant(Need.AUTHORITY, one.grounds[0].ref)
        value = plain(read_in_custody(db, one.id, warrant).content)
        found.setdefault(one.item, []).append(value)
    return found


def test_what_is_certified_is_locked_until_its_owner_says_that_it_changed(house: House) -> None:
    someone, _ = sample.certified_house(house)
    with house.store.begin() as db:
        with pytest.raises(Locked):
            service.save_step(db, someone, sample.enterprise(place=NEW_PLACE))
        renewals.reopen(db, someone)
        with pytest.raises(NoSuchMove):
            renewals.reopen(db, someone)
        with pytest.raises(NotCertified):
            service.require_certified(db, someone)
        assert standing.account(db, someone).state is AccountState.ACTIVE


def test_a_replaced_value_goes_into_custody_in_the_unit_that_brings_the_new_one(
    house: House,
) -> None:
    someone, _ = reopened(house)
    with house.store.begin() as db:
        company = company_of(db, someone)
        before = vault.masked(db, company, [Item.DI_12])
        service.save_step(db, someone, sample.enterprise(place=NEW_PLACE))
        kept = custody.of(db, company)
        assert [(one.item, one.grounds[0].ref) for one in kept] == [(Item.DI_12, "OTM-31")]
        months = statutes.keepings()["OTM-31"].months
        assert kept[0].until == months_after(db.clock(), months)
        assert vault.masked(db, company, [Item.DI_12]) != before
        db.rollback()
    with house.store.begin() as db:
        assert custody.of(db, company) == []
        assert vault.masked(db, company, [Item.DI_12]) == before


def test_a_licence_that_is_replaced_is_kept_with_its_photo(house: House) -> None:
    someone, _ = reopened(house)
    with house.store.begin() as db:
        company = company_of(db, someone)
        (old,) = documents.documents(db, company)
        new = sample.enterprise(title=NEW_NAME, photo=sample.photo("#112233"))
        service.save_step(db, someone, new)
    with house.store.begin() as db:
        (paper,) = documents.documents(db, company)
        assert paper.id != old.id
        kept = opened(db, company)
        assert set(kept) == {Item.DI_10, Item.DI_11}
        assert len(kept[Item.DI_10][0]) == old.byte_size
        assert sample.COMPANY in kept[Item.DI_11][0].decode()
        db.rollback()


def test_what_never_served_is_forgotten_when_it_is_replaced(house: House) -> None:
    """A draft's values, and those of the way to a new certification that was not gone yet."""
    with house.store.begin() as db:
        drafting = sample.applicant(db)
        sample.fill(db, drafting)
        service.save_step(db, drafting, sample.enterprise(title=NEW_NAME, place=NEW_PLACE))
        assert custody.of(db, company_of(db, drafting)) == []
    someone, _ = reopened(house)
    for place in ("四川省成都市锦江区错字路3号", NEW_PLACE):
        house.clock.forward(minutes=1)
        with house.store.begin() as db:
            service.save_step(db, someone, sample.enterprise(place=place))
    with house.store.begin() as db:
        kept = opened(db, company_of(db, someone))
        assert kept == {Item.DI_12: [sample.enterprise().place.encode()]}
        db.rollback()


def test_a_person_has_no_more_rows_than_items_however_often_papers_change(db: Session) -> None:
    """The bound of an erasure's rows (decision 0029)."""
    someone = sample.applicant(db)
    sample.fill(db, someone)
    held = [sa.select(sa.func.count()).select_from(one) for one in (VaultHolding, SealedDocument)]
    before = [db.scalar(count) for count in held]
    for number in range(5):
        shade = f"#00000{number}"
        service.save_step(db, someone, sample.enterprise(photo=sample.photo(shade)))
        cards = {"front": sample.photo(shade), "back": sample.photo(f"#{number}00000")}
        service.save_step(db, someone, sample.legal_person(**cards))
    assert [db.scalar(count) for count in held] == before == [9, 3]


def test_each_certified_value_is_kept_when_the_next_one_is_certified_too(house: House) -> None:
    someone, case = reopened(house)
    ends = []
    for place in (NEW_PLACE, "四川省成都市锦江区三号路3号"):
        house.clock.forward(days=1)
        with house.store.begin() as db:
            ends.append(months_after(db.clock(), 36))
            service.save_step(db, someone, sample.enterprise(place=place))
            service.save_step(db, someone, sample.legal_person())
            service.submit(db, someone, sample.submission(db, told=()))
            assert service.state(db, someone) is CaseState.MANUAL_REVIEW
            house.clock.forward(minutes=1)
            reviews.approve(db, case, STAFF)
            service.require_certified(db, someone)
            renewals.reopen(db, someone)
    with house.store.begin() as db:
        company = company_of(db, someone)
        assert sorted(one.until for one in custody.of(db, company)) == ends
        assert set(opened(db, company)[Item.DI_12]) == {
            sample.enterprise().place.encode(),
            NEW_PLACE.encode(),
        }
        db.rollback()
    house.clock.at = ends[0]
    with house.store.begin() as db:
        bells.enqueue(db, custody_jobs.SWEEP)
    run(house)
    with house.store.read() as db:
        assert [one.until for one in custody.of(db, company)] == [ends[1]]


def test_a_hold_keeps_what_no_statute_does(house: House) -> None:
    someone, case = reopened(house)
    with house.store.begin() as db:
        legal = cases.whose(db, case, Item.DI_13)
        held = hold(db, Item.DI_13, who=legal)
        other = sample.legal_person(person="周新任", number=sample.id_number("19700101"))
        service.save_step(db, someone, other)
        assert [(one.item, one.grounds[0].ref) for one in custody.of(db, legal)] == [
            (Item.DI_13, held)
        ]
        assert vault.holdings(db, legal) == []


def test_who_is_named_anew_is_asked_and_who_was_replaced_leaves_whole(house: House) -> None:
    someone, case = reopened(house)
    with house.store.begin() as db:
        former = cases.whose(db, case, Item.DI_13)
        other = sample.legal_person(person="周新任", number=sample.id_number("19700101"))
        service.save_step(db, someone, other)
        assert vault.holdings(db, former) == []
        assert custody.of(db, former) == []  # they rested on their yes, which goes with them
        licence = sample.enterprise(legal_person="周新任")
        service.save_step(db, someone, licence)
        done = service.submit(db, someone, sample.submission(db, told=()))
        assert done is CaseState.SUBJECT_CONFIRM
        word = {one.role: one.answer.value for one in service.progress(db, someone).confirmations}  # type: ignore[union-attr]
        assert word[Role.LEGAL] == "waiting"
        assert word[Role.ADMIN] == "confirmed"


@pytest.mark.parametrize("how", ["withdrawn", "run out", "erased"])
def test_when_a_certification_ends_its_papers_go_into_custody_at_once(
    house: House, how: str
) -> None:
    someone, case = sample.certified_house(house)
    with house.store.begin() as db:
        company, legal = company_of(db, someone), cases.whose(db, case, Item.DI_13)
        if how == "withdrawn":
            consents.withdraw(db, someone, Purpose.P2)
        elif how == "erased":
            holder.erase(db, someone)
    if how == "run out":
        for days in (180, 30):
            house.clock.forward(days=days)
            run(house)
    run(house)
    with house.store.read() as db:
        assert service.state(db, someone) in {CaseState.REVOKED, CaseState.EXPIRED}
        assert vault.holdings(db, company) == []
        assert documents.documents(db, company) == []
        kept = custody.of(db, company)
        assert {one.item for one in kept} == COMPANY_ITEMS
        assert {one.until for one in kept} == {months_after(db.clock(), 36)}
        assert custody.of(db, legal) == []
    house.clock.forward(days=30)  # the time to appeal is over: who was named leaves too
    run(house)
    with house.store.read() as db:
        assert vault.holdings(db, legal) == []
        assert documents.documents(db, legal) == []
        assert custody.of(db, legal) == []
    house.clock.at = kept[0].until
    with house.store.begin() as db:
        bells.enqueue(db, custody_jobs.SWEEP)
    run(house)
    with house.store.read() as db:
        assert queries.count(db) == (0, 0)
        assert (
            db.scalar(sa.text("SELECT count(*) FROM data_key WHERE subject = :of"), {"of": company})
            == 0
        )


def test_who_ran_out_begins_anew_and_the_old_papers_stay_where_they_are(house: House) -> None:
    someone, _ = sample.certified_house(house)
    for days in (180, 30):
        house.clock.forward(days=days)
        run(house)
    with house.store.begin() as db:
        sample.fill(db, someone)
        first, second = cases.companies(db, someone)
        assert {one.item for one in custody.of(db, first)} == COMPANY_ITEMS
        assert {one.item for one in vault.holdings(db, second)} == {Item.DI_11, Item.DI_12}


@pytest.mark.parametrize("how", ["refused", "withdrawn"])
def test_who_holds_a_role_in_person_may_apply_again_at_once(house: House, how: str) -> None:
    """What they agreed to for the earlier case is no ground of the next one, nor in its way."""
    with house.store.begin() as db:
        someone = sample.applicant(db)
        sample.fill(db, someone, legal=Same.APPLICANT)
        service.submit(db, someone, sample.submission(db))
        case = sample.live_case(db, someone)
        for role in Role:
            sample.confirm(db, case, role)
        if how == "refused":
            reviews.reject(db, case, STAFF, {Item.DI_10: Reason.ALTERED})
        else:
            reviews.approve(db, case, STAFF)
            consents.withdraw(db, cases.whose(db, case, Item.DI_18), Purpose.P2)
    house.clock.forward(days=1)
    run(house)
    with house.store.begin() as db:
        sample.begin(db, someone)
        with pytest.raises(FieldWrong):  # the photos of before are not these
            service.save_step(db, someone, sample.legal_person(same=Same.APPLICANT, front=b""))
        db.rollback()
    with house.store.begin() as db:
        sample.fill(db, someone, legal=Same.APPLICANT)
    house.clock.forward(days=25)
    run(house)
    with house.store.read() as db:
        held = {one.item for one in vault.holdings(db, someone)}
        assert {Item.DI_13, Item.DI_14, Item.DI_15} <= held


def test_a_reopened_case_that_is_refused_keeps_what_served_and_nothing_else(house: House) -> None:
    someone, case = reopened(house)
    with house.store.begin() as db:
        service.save_step(db, someone, sample.enterprise(title=NEW_NAME))
        service.save_step(db, someone, sample.legal_person())
        service.submit(db, someone, sample.submission(db, told=()))
        reviews.reject(db, case, STAFF, {Item.DI_11: Reason.ALTERED})
        company = company_of(db, someone)
        assert standing.account(db, someone).state is AccountState.LIMITED
    house.clock.forward(days=30)
    run(house)
    with house.store.begin() as db:
        assert vault.holdings(db, company) == []
        kept = opened(db, company)
        # The new name never served; address and photo did, and were handed in unchanged.
        assert set(kept) == COMPANY_ITEMS
        assert [NEW_NAME in one.decode() for one in kept[Item.DI_11]] == [False]
        db.rollback()


def test_photos_of_a_new_way_outlive_the_day_of_the_old_ones(house: House) -> None:
    someone, case = sample.certified_house(house)
    house.clock.forward(days=20)
    with house.store.begin() as db:
        renewals.reopen(db, someone)
        service.save_step(db, someone, sample.legal_person(front=b""))
        legal = cases.whose(db, case, Item.DI_16)
    house.clock.forward(days=10)
    run(house)
    with house.store.read() as db:
        assert {paper.item for paper in documents.documents(db, legal)} == {Item.DI_17}


def test_papers_that_nobody_reviewed_name_no_company_to_a_merchant(house: House) -> None:
    someone, _ = sample.certified_house(house)
    with house.store.begin() as db:
        made = apps.register(
            db, someone, NewApp("晨星打单"), certified=service.certified_enterprise
        )
        app = apps.get(db, made.app_id)
        assert directory.developer(db, app) == sample.COMPANY
        renewals.reopen(db, someone)
        service.save_step(db, someone, sample.enterprise(title=NEW_NAME))
        assert directory.developer(db, app) == ""


def test_the_applicant_reads_what_is_kept_of_the_company_why_and_until_when(house: House) -> None:
    someone, _ = reopened(house)
    with house.store.begin() as db:
        service.save_step(db, someone, sample.enterprise(place=NEW_PLACE))
    run(house)
    with house.store.read() as db:
        company = company_of(db, someone)  # type: ignore[arg-type]  # reading is enough
        (told,) = [one for one in notices.inbox(db, someone, "zh") if "公司地址" in one.text]
        assert "《网络交易监督管理办法》第三十一条" in told.text
        for place in (NEW_PLACE, sample.enterprise().place):
            assert place not in told.text
        (stays,) = restricted.stays(db, company, "en")
        assert stays.earlier
        assert stays.item == "Company address"
        assert "Online Trading, article 31" in stays.why[0]
        assert stays.until == months_after(house.clock(), 36)


def test_a_statute_names_as_earlier_only_what_it_keeps() -> None:
    for law in statutes.keepings().values():
        assert law.earlier <= law.items
    # The table of keeping times lets a card's validity go as soon as another is known.
    assert Item.DI_15 not in statutes.keepings()["OTM-31"].earlier
