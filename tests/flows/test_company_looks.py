"""Looks at a company's papers: told to who applied for it, and to nobody else."""

import pytest

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession
from shouyue.people.overview import service as overview
from shouyue.platform.onboarding import queries, service
from shouyue.platform.papers.types import Role, Same
from shouyue.platform.reviews import service as reviews
from shouyue.platform.reviews.types import Look
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import SYSTEM, Reader
from tests import certification as sample
from tests.flows.test_privacy_centre import OTHER, leaves, settle, whose
from tests.house import House
from tests.visitors import Visitor

pytestmark = [pytest.mark.clause("5.1.2"), pytest.mark.clause("6.1.1")]
LICENCE, CARD, ADMIN_ID = Item.DI_10, Item.DI_16, Item.DI_19


class Case:
    """A company that waits for its reviewer; who applied for it is at the browser."""

    def __init__(self, house: House, legal: Same = Same.NOBODY) -> None:
        self.house = house
        self.browser = Visitor(house).sign_up()
        self.applicant = whose(house)
        with house.store.begin() as db:
            self.id = sample.fill(db, self.applicant, legal=legal)
            service.submit(db, self.applicant, sample.submission(db))
            for role in Role:
                sample.confirm(db, self.id, role)
            sample.cleared(db, self.id)

    def see(self, item: Item) -> None:
        """The reviewer looks at an item of the case."""
        with self.house.store.begin() as db:
            reviews.see(db, self.id, sample.STAFF, item, Look.COMPARE)

    def subject(self, db: ReadSession, role: Role) -> SubjectId:
        return SubjectId(queries.parties(db, self.id)[role].subject)


@pytest.fixture
def case(house: House) -> Case:
    return Case(house)


def entries(page: str) -> list[str]:
    """The looks on the page, each as one text, newest first."""
    return [one.split("</li>")[0] for one in page.split("<li class=")[1:] if "sy-timeline" in one]


def staff_looks(page: str) -> list[str]:
    return [one for one in entries(page) if "入驻审核员" in one or "ertification reviewer" in one]


def name(item: Item, lang: str = "zh") -> str:
    return policy.item(item).name.say(lang)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", ("入驻审核员", "企业资料", "与证件照片比对", "查看许可：")),
        ("en", ("ertification reviewer", "company papers", "Under a grant: ")),
    ],
)
def test_who_applied_for_a_company_reads_who_looked_at_its_papers(
    case: Case, lang: str, said: tuple[str, ...]
) -> None:
    case.see(LICENCE)
    [seen] = staff_looks(case.browser.page(f"/privacy/activity?lang={lang}"))
    for told in (name(LICENCE, lang), case.id, *said):
        assert told in seen


def test_of_looks_at_the_people_named_who_applied_reads_nothing(case: Case) -> None:
    before = case.browser.page("/privacy/activity")
    for item in (CARD, ADMIN_ID):
        case.see(item)
    after = case.browser.page("/privacy/activity")
    assert entries(after) == entries(before)
    for item in (CARD, ADMIN_ID):
        assert name(item) not in after


def test_a_legal_person_who_applied_reads_of_looks_at_the_own_card(house: House) -> None:
    case = Case(house, legal=Same.APPLICANT)
    case.see(CARD)
    case.see(ADMIN_ID)
    [seen] = staff_looks(case.browser.page("/privacy/activity"))
    assert name(CARD) in seen
    assert "企业资料" not in seen


def test_nobody_else_reads_of_looks_at_a_company(case: Case, house: House) -> None:
    case.see(LICENCE)
    stranger = Visitor(house)
    house.clock.forward(minutes=2)
    stranger.sign_up(OTHER)
    page = stranger.page("/privacy/activity")
    assert case.id not in page
    assert name(LICENCE) not in page


def test_own_and_company_looks_stand_in_one_row_of_time(case: Case, house: House) -> None:
    house.clock.forward(minutes=1)
    case.see(LICENCE)
    house.clock.forward(minutes=1)
    with house.store.begin() as db:
        reader = Reader("notices", SYSTEM, Purpose.P3, Basis.CONTRACT_SELF, reason="security")
        vault.reveal(db, case.applicant, [Item.DI_01], reader)
    first, second = entries(case.browser.page("/privacy/activity"))[:2]
    assert name(Item.DI_01) in first
    assert name(LICENCE) in second


def test_the_first_page_counts_looks_at_the_company_apart(case: Case) -> None:
    assert "企业资料" not in case.browser.page("/privacy?lang=zh")
    case.see(LICENCE)
    page = case.browser.page("/privacy?lang=zh")
    assert "没有工作人员查阅过" in page
    assert "工作人员查阅您企业的资料 <b>1</b> 次" in page
    assert "at the papers of your company <b>1</b> time" in case.browser.page("/privacy?lang=en")


def test_the_receipt_of_such_a_look_goes_to_who_applied_alone(case: Case, house: House) -> None:
    case.see(LICENCE)
    settle(house)
    [seen] = staff_looks(case.browser.page("/privacy/activity"))
    [leaf] = leaves(seen)
    for path in (f"/privacy/receipt/{leaf}", f"/privacy/proof/{leaf}"):
        assert case.browser.web.get(path).status_code == 200
    house.clock.forward(minutes=2)
    stranger = Visitor(house).sign_up(OTHER)
    for path in (f"/privacy/receipt/{leaf}", f"/privacy/proof/{leaf}"):
        assert stranger.web.get(path).status_code == 404


def test_the_receipt_of_a_look_at_a_person_named_is_not_for_who_applied(
    case: Case, house: House
) -> None:
    case.see(CARD)
    settle(house)
    with house.store.read() as db:
        legal = case.subject(db, Role.LEGAL)
        [leaf] = {one.leaf for one in vault.accesses(db, legal) if one.role == "reviewer"}
    assert case.browser.web.get(f"/privacy/receipt/{leaf}").status_code == 404


def test_that_the_company_was_named_to_somebody_is_not_said_as_if_it_were_to_oneself(
    case: Case,
) -> None:
    zh = case.browser.page("/privacy/activity?lang=zh")
    en = case.browser.page("/privacy/activity?lang=en")
    assert "向被填写的人说明是哪家企业提交的" in zh
    assert "向您本人说明" not in zh
    assert "to tell a person named which company applied" in en


def test_a_developer_reads_in_words_that_merchants_were_told_who_receives(
    case: Case, house: House
) -> None:
    with house.store.begin() as db:
        company = queries.case(db, case.id).enterprise  # type: ignore[union-attr]
        reader = Reader(
            "grant-page", SYSTEM, Purpose.P2, Basis.LEGAL_DUTY, reason="recipient-named"
        )
        vault.reveal(db, SubjectId(company), [Item.DI_11], reader)
    assert "在授权页向商家说明接收方是谁" in case.browser.page("/privacy/activity?lang=zh")
    said = "to tell a merchant who would receive the data"
    assert said in case.browser.page("/privacy/activity?lang=en")


def test_many_looks_are_told_page_by_page_and_none_is_left_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(house)
    every = leaves(case.browser.page("/privacy/activity"))
    monkeypatch.setattr(overview, "LOOKS", 3)
    found: list[str] = []
    page = 1
    while True:
        text = case.browser.page(f"/privacy/activity?page={page}")
        assert len(leaves(text)) <= 3
        found += leaves(text)
        if f"page={page + 1}" not in text:
            break
        page += 1
    assert found == every
    assert case.browser.web.get(f"/privacy/activity?page={page + 1}").status_code == 404
    assert case.browser.web.get("/privacy/activity?page=x").status_code == 200
