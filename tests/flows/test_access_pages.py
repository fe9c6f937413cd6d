"""Access on the console: signing, learning, asking, approving, looking, broken glass."""

import csv
import io
import re

import pytest

from shouyue.ground.kit.types import SubjectId
from shouyue.people.overview import service as overview
from shouyue.people.staff.types import StaffRole
from shouyue.privacy.clearance import grants, papers
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep
from tests.clearance import prepared
from tests.house import House
from tests.people import newcomer
from tests.staff import Member

PHONE = "13800138000"
WORDS = "账号正被他人接管，须立即核对本人手机号"


@pytest.fixture
def person(house: House) -> SubjectId:
    with house.store.begin() as db:
        subject = newcomer(db)
        why = (Purpose.P1, Basis.CONTRACT_SELF)
        vault.keep(db, Keep(subject, Item.DI_01, PHONE, *why, "portal.sign-up"))
    return subject


@pytest.fixture
def support(house: House) -> Member:
    member = Member(house, StaffRole.SUPPORT, name="li-desk")
    with house.store.begin() as db:
        prepared(db, member.staff_id)
    return member


@pytest.fixture
def officer(house: House) -> Member:
    return Member(house, StaffRole.PRIVACY, name="wang-privacy")


def wish(person: SubjectId, **changes: str) -> dict[str, str]:
    whole = {"post": "support", "purpose": "P4", "person": person, "items": "DI-01"}
    return whole | {"need": "security-check", "hours": "2"} | changes


def need(person: SubjectId, **changes: str) -> dict[str, str]:
    whole = {"post": "support", "purpose": "P4", "person": person, "items": "DI-01"}
    return whole | {"told": WORDS} | changes


def deed(page: str, what: str) -> str:
    found = re.search(rf'action="(/ops/access/\w+/{what})"', page)
    assert found, page
    return found.group(1)


def test_a_member_signs_and_learns_before_there_is_anything_to_ask_with(house: House) -> None:
    member = Member(house, StaffRole.SUPPORT)
    page = member.page("/ops/access")
    assert "承诺书未签署" in page
    assert "/ops/access/asks" not in page
    text = papers.undertaking()
    assert text.paragraphs[0].zh in member.page("/ops/access/undertaking")
    unticked = member.post("/ops/access/undertaking", digest=text.digest)
    assert unticked.status_code == 422
    signed = member.press("/ops/access/undertaking", digest=text.digest, agreed="yes")
    assert signed == "/ops/access?done=signed"
    course = papers.course()
    answers = {f"q{place}": str(one.right) for place, one in enumerate(course.questions)}
    wrong = member.post("/ops/access/course", version=course.version, **answers | {"q0": "2"})
    assert wrong.status_code == 422
    assert "有 1 题未答对" in wrong.text
    passed = member.press("/ops/access/course", version=course.version, **answers)
    assert passed == "/ops/access?done=trained"
    page = member.page("/ops/access?lang=en")
    assert "Undertaking signed" in page
    assert "Course valid" in page
    assert "/ops/access/asks" in page


def test_two_members_let_one_look_and_the_person_reads_under_which_grant(
    house: House, person: SubjectId, support: Member, officer: Member
) -> None:
    assert support.press("/ops/access/asks", **wish(person)) == "/ops/access?done=asked"
    mine = support.page("/ops/access")
    assert "等待批准" in mine
    assert "/approve" not in mine
    queue = officer.page("/ops/access?lang=en")
    assert "li-desk" in queue
    assert re.search(r'href="/ops/access"[^>]*>.*?<span[^>]*>1</span>', queue, re.DOTALL)
    assert officer.press(deed(queue, "approve")) == "/ops/access?done=approved"
    link = re.search(r'href="(/ops/access/[0-9A-Z]{26})"', support.page("/ops/access"))
    assert link
    page = support.page(link.group(1))
    assert "138****8000" in page
    assert PHONE not in page
    seen = support.post(f"{link.group(1)}/see", person=person, item="DI-01")
    assert PHONE in seen.text
    assert seen.headers["cache-control"] == "no-store"
    with house.store.read() as db:
        (zh,), (en,) = (overview.looks(db, person, lang).rows for lang in ("zh", "en"))
    grant = link.group(1).rpartition("/")[2]
    assert zh.grant == f"经另一名工作人员（隐私专员）批准，限时 2 小时，许可编号 {grant}"
    assert en.grant.startswith("approved by another member of staff (privacy officer's staff)")
    assert officer.web.get(link.group(1)).status_code == 403  # somebody else's grant


def test_who_asked_cannot_answer_and_who_reads_cannot_approve(
    house: House, person: SubjectId, support: Member, officer: Member
) -> None:
    support.press("/ops/access/asks", **wish(person))
    path = deed(officer.page("/ops/access"), "approve")
    refused = support.post(path)
    assert refused.status_code == 403
    assert "clearance.own-grant" in refused.text
    other = Member(house, StaffRole.SUPPORT, name="zhao-desk")
    assert other.post(path).status_code == 403
    assert officer.press(path.replace("approve", "refuse")) == "/ops/access?done=refused"
    assert "未批准" in support.page("/ops/access")


def test_broken_glass_opens_for_half_an_hour_and_waits_for_another(
    house: House, person: SubjectId, support: Member
) -> None:
    short = support.post("/ops/access/glass", **need(person, told="很急"))
    assert short.status_code == 422
    went = support.press("/ops/access/glass", **need(person))
    page = support.page(went)
    assert "紧急查看已开始" in page
    path = went.partition("?")[0]
    assert PHONE in support.post(f"{path}/see", person=person, item="DI-01").text
    for minutes in (20, 10):  # nobody is signed out by standing idle
        assert "138****8000" in support.page(path)
        house.clock.forward(minutes=minutes)
    assert support.web.get(path).status_code == 403
    queue = Member(house, StaffRole.SECURITY, name="sun-security").page("/ops/access")
    assert WORDS in queue


def test_a_review_is_on_record_and_the_person_reads_it(
    house: House, person: SubjectId, support: Member, officer: Member
) -> None:
    path = support.press("/ops/access/glass", **need(person)).partition("?")[0]
    support.post(f"{path}/see", person=person, item="DI-01")
    review = deed(officer.page("/ops/access"), "review")
    done = officer.press(review, verdict="unjustified")
    assert done == "/ops/access?done=reviewed"
    assert support.web.get(path).status_code == 403
    with house.store.read() as db:
        (look,) = overview.looks(db, person, "zh").rows
    assert "经他人复核认为不正当" in look.grant


def test_the_register_is_for_auditors_and_filters(
    person: SubjectId, support: Member, officer: Member
) -> None:
    support.press("/ops/access/asks", **wish(person))
    assert support.web.get("/ops/access/register").status_code == 403
    page = officer.page("/ops/access/register?lang=en")
    assert person in page
    assert "Waits for approval" in page
    assert person not in officer.page("/ops/access/register?live=yes")
    assert person in officer.page(f"/ops/access/register?member={support.staff_id}&purpose=P4")
    assert person not in officer.page("/ops/access/register?purpose=P3")
    officer.press(deed(officer.page("/ops/access"), "approve"))
    assert person in officer.page("/ops/access/register?live=yes")


def test_an_auditor_takes_the_whole_register_away(
    person: SubjectId, support: Member, officer: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who, as what, for what, at which items of whom, in which case, from when until when."""
    monkeypatch.setattr(grants, "_SHOWN", 1)  # the page ends there, the list does not
    for case in ("case-1", "case-2", "case-3"):
        support.press("/ops/access/asks", **wish(person, case=case))
    officer.press(deed(officer.page("/ops/access"), "approve"))
    assert support.web.get("/ops/access/register/list").status_code == 403
    answer = officer.web.get("/ops/access/register/list?lang=en&member=" + support.staff_id)
    assert answer.headers["content-disposition"].startswith('attachment; filename="grants-')
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["Case"] for row in rows] == ["case-3", "case-2", "case-1"]
    said = {name: rows[0][name] for name in ("Member", "Post", "Purpose", "Persons and items")}
    assert said == {
        "Member": "li-desk",
        "Post": "support",
        "Purpose": "P4",
        "Persons and items": f"{person}:DI-01",
    }
    live = [row for row in rows if row["Stage"] == "live"]
    assert [row["Answered by"] for row in live] == ["wang-privacy"]
    assert all(row["Asked"] < row["Until"] for row in live)
    none = officer.web.get("/ops/access/register/list?purpose=P3").text
    assert len(none.splitlines()) == 1


def test_a_grant_is_given_back(person: SubjectId, support: Member, officer: Member) -> None:
    support.press("/ops/access/asks", **wish(person))
    officer.press(deed(officer.page("/ops/access"), "approve"))
    ended = support.press(deed(support.page("/ops/access"), "end"))
    assert ended == "/ops/access?done=ended"
    assert "本人交回" in support.page("/ops/access")


def test_an_ask_names_a_person_by_id_and_items_of_the_post(
    person: SubjectId, support: Member
) -> None:
    for changes in ({"person": "13800138000"}, {"items": ""}, {"hours": "9"}, {"case": "张三"}):
        assert support.post("/ops/access/asks", **wish(person) | changes).status_code == 422
    assert support.post("/ops/access/asks", **wish(person, items="DI-14")).status_code == 403
