"""From the notice to the certificate, page by page."""

import base64
import io
import re
from collections.abc import Sequence
from html import unescape
from typing import Any

import pytest
from httpx2 import Response
from PIL import Image
from starlette.testclient import TestClient

from shouyue.doors.centre import certification, confirmation, privacy
from shouyue.doors.centre.pages import DOOR as PORTAL
from shouyue.doors.console import reviews as review_pages
from shouyue.doors.console import watermark
from shouyue.doors.console.door import DOOR as CONSOLE
from shouyue.doors.web import certification_words as words
from shouyue.ground.hazmat import otp
from shouyue.ground.kit.types import SubjectId
from shouyue.people.staff import service as staff
from shouyue.people.staff.types import StaffRole
from shouyue.platform.confirmations import links
from shouyue.platform.confirmations import queries as asked
from shouyue.platform.onboarding import queries, service
from shouyue.platform.onboarding.types import CaseState
from shouyue.platform.papers.types import Role
from shouyue.privacy.clearance import grants
from shouyue.privacy.egress.post import PostBox
from shouyue.privacy.egress.service import Egress
from shouyue.privacy.policy.items import Item
from shouyue.privacy.vault import service as vault
from tests import certification as sample
from tests import people
from tests.clearance import APPROVER, prepared
from tests.house import House
from tests.pages import browser

PAGES = (*certification.PAGES, *confirmation.PAGES, *privacy.PAGES)
PHOTO = ("card.jpg", sample.photo(), "image/jpeg")
SECRET = "a password for reviewers"


class Person:
    """A browser that fills in forms as a person does: with what the page holds."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.headers)
        return answer.text

    def post(
        self,
        path: str,
        shown: str,
        photos: Sequence[str] = (),
        **fields: Any,
    ) -> Response:
        word = re.search(r'name="csrf" value="([^"]*)"', shown)
        sent = fields | ({"csrf": unescape(word[1])} if word else {})
        files = dict.fromkeys(photos, PHOTO)
        return self.client.post(path, data=sent, files=files or None)

    def hidden(self, shown: str, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', shown)
        assert found is not None, name
        return unescape(found[1])


@pytest.fixture
def box(house: House) -> PostBox:
    return PostBox(house.clock)


@pytest.fixture
def someone(house: House) -> tuple[SubjectId, str]:
    with house.store.begin() as db:
        entered = people.sign_up(db)
        return entered.subject, entered.session_token


def at_portal(house: House, box: PostBox, token: str = "") -> Person:
    client = browser(house, (PORTAL, PAGES), egress=Egress(box, box))
    if token:
        client.cookies.set("__Host-sy_session", token)
    return Person(client)


def at_console(house: House, name: str = "lin-review") -> Person:
    with house.store.begin() as db:
        hired = staff.create_staff(db, name, SECRET, [StaffRole.REVIEWER])
        prepared(db, hired.staff_id)
        token = staff.sign_in(db, name, SECRET, otp.code_at(hired.secret, db.clock())).take()
    client = browser(house, (CONSOLE, review_pages.PAGES))
    client.cookies.set("__Host-sy_staff", token)
    return Person(client)


def fill_in(person: Person) -> None:
    shown = person.get("/onboarding")
    began = person.post("/onboarding", shown, token=person.hidden(shown, "token"))
    assert began.headers["location"] == "/onboarding/enterprise"
    saved = person.post(
        "/onboarding/enterprise",
        person.get("/onboarding/enterprise"),
        photos=["photo"],
        title=sample.COMPANY,
        code=sample.credit_code(),
        scope="软件开发",
        legal_person=sample.LEGAL,
        start="2015-06-01",
        forever="yes",
        place="四川省成都市武侯区示例路1号",
    )
    assert saved.headers["location"] == "/onboarding/legal?done=saved", saved.text
    saved = person.post(
        "/onboarding/legal",
        person.get("/onboarding/legal"),
        photos=["front", "back"],
        person=sample.LEGAL,
        number=sample.LEGAL_NUMBER,
        start="2020-01-01",
        until="2040-01-01",
    )
    assert saved.headers["location"] == "/onboarding/admin?done=saved", saved.text
    saved = person.post(
        "/onboarding/admin",
        person.get("/onboarding/admin"),
        same="other",
        person=sample.ADMIN,
        number=sample.ADMIN_NUMBER,
        mobile=sample.PHONE,
        mail=sample.MAIL,
    )
    assert saved.headers["location"] == "/onboarding/check?done=saved", saved.text


def hand_in(person: Person) -> None:
    shown = person.get("/onboarding/check")
    for value in (sample.LEGAL_NUMBER, sample.LEGAL, sample.MAIL):
        assert value not in shown
    fields = {name: person.hidden(shown, name) for name in ("plain", "sensitive")}
    boxes = dict.fromkeys(("agreed", "agreed_sensitive", "authorised"), "yes")
    for left in boxes:
        refused = person.post(
            "/onboarding/check", shown, **fields, **{k: v for k, v in boxes.items() if k != left}
        )
        assert refused.status_code == 422
    done = person.post("/onboarding/check", shown, **fields, **boxes)
    assert done.headers["location"] == "/onboarding/status?done=submitted"


def answer(house: House, box: PostBox, path: str, role: Role) -> None:
    visitor = at_portal(house, box)
    landing = visitor.get(path)
    assert sample.COMPANY not in landing
    page, proof = path.partition("?")[0], visitor.hidden(landing, "proof")
    notice = visitor.post(page, landing, proof=proof).text
    assert sample.COMPANY in notice
    who = sample.WHO[role]
    yes = {"proof": proof, "token": visitor.hidden(notice, "token"), "tail": who.tail}
    unticked = visitor.post(f"{page}/yes", notice, person=who.person, **yes)
    assert unticked.status_code == 422
    wrong = visitor.post(f"{page}/yes", notice, person="王五", agreed="yes", **yes)
    assert wrong.status_code == 422
    assert "还可以尝试 4 次" in wrong.text
    done = visitor.post(f"{page}/yes", wrong.text, person=who.person, agreed="yes", **yes)
    assert done.headers["location"] == "/confirm/done?said=yes", done.text
    assert "已记录您的确认" in visitor.get("/confirm/done?said=yes")
    again = visitor.client.get(path)
    assert again.status_code == 410
    assert "这个链接已经答复过，以先到的答复为准" in again.text


def link_of(house: House, someone: SubjectId, role: Role) -> str:
    with house.store.read() as db:
        word = asked.of_case(db, sample.live_case(db, someone))[role]
        return links.path(links.token_of(db, word))


def test_a_company_is_certified_page_by_page(
    house: House, box: PostBox, someone: tuple[SubjectId, str]
) -> None:
    subject, token = someone
    person = at_portal(house, box, token)
    fill_in(person)
    assert person.client.get("/onboarding").headers["location"] == "/onboarding/check"
    hand_in(person)
    shown = person.get("/onboarding/status")
    assert "等待本人确认" in shown
    sent = person.post("/onboarding/link", shown, phone=sample.LEGAL_PHONE)
    assert sent.headers["location"] == "/onboarding/status?done=sent"
    (letter,) = box.messages()
    link = re.search(r"https://open\.example\.com(/confirm/\S+)", letter.text)
    assert link is not None
    assert link[1] == link_of(house, subject, Role.LEGAL)
    answer(house, box, link[1], Role.LEGAL)
    answer(house, box, link_of(house, subject, Role.ADMIN), Role.ADMIN)

    reviewer = at_console(house)
    queue = reviewer.get("/ops/reviews")
    case = re.search(r"/ops/reviews/(\w+)", queue)
    assert case is not None
    page = f"/ops/reviews/{case[1]}"
    shown = reviewer.get(page)
    assert sample.LEGAL_NUMBER not in shown
    look = {"item": "DI-14", "reason": "compare-with-photo"}
    assert "clearance.no-grant" in reviewer.post(f"{page}/see", shown, **look).text
    assert f"{page}/see" not in shown
    asked_for = reviewer.post(f"{page}/grant", shown, hours="4")
    assert asked_for.headers["location"] == f"{page}?done=asked"
    assert "等待批准" in reviewer.get(page)
    with house.store.begin() as db:
        grants.approve(db, grants.waiting(db, APPROVER)[0].id, APPROVER)
    assert f"{page}/see" in reviewer.get(page)
    seen = reviewer.post(f"{page}/see", shown, **look)
    assert sample.LEGAL_NUMBER in seen.text
    assert seen.headers["cache-control"] == "no-store"
    unreasoned = reviewer.post(f"{page}/see", shown, item="DI-14")
    assert unreasoned.status_code == 422
    photo = reviewer.post(f"{page}/see", shown, item="DI-16", reason="compare-with-photo").text
    picture = re.search(r"data:image/jpeg;base64,([^\"]+)", photo)
    assert picture is not None
    assert Image.open(io.BytesIO(base64.b64decode(picture[1]))).size == (640, 420)
    done = reviewer.post(f"{page}/approve", shown)
    assert done.headers["location"] == "/ops/reviews?done=approved"
    assert "已通过" in person.get("/onboarding/status")
    with house.store.read() as db:
        service.require_certified(db, subject)
        legal = queries.parties(db, case[1])[Role.LEGAL].subject
        looks = [
            one.items for one in vault.accesses(db, SubjectId(legal)) if one.role == "reviewer"
        ]
    assert looks == [(Item.DI_16,), (Item.DI_14,)]


def test_papers_that_changed_are_opened_replaced_and_told_of(
    house: House, box: PostBox, someone: tuple[SubjectId, str]
) -> None:
    subject, token = someone
    with house.store.begin() as db:
        sample.certify(db, subject)
    house.clock.forward(minutes=1)
    person = at_portal(house, box, token)
    shown = person.get("/onboarding/status")
    assert "企业资料有变化" in shown
    done = person.post("/onboarding/changed", shown)
    assert done.headers["location"] == "/onboarding/status?done=reopened"
    again = person.post("/onboarding/changed", shown)
    assert "onboarding.no-such-move" in again.text
    assert "企业资料有变化" not in person.get("/onboarding/status?done=reopened")
    saved = person.post(
        "/onboarding/enterprise",
        person.get("/onboarding/enterprise"),
        title="成都新名软件有限公司",
        code=sample.credit_code(),
        scope="软件开发",
        legal_person=sample.LEGAL,
        start="2015-06-01",
        forever="yes",
        place="四川省成都市武侯区示例路1号",
    )
    assert saved.status_code == 303, saved.text
    for lang, words_there in (
        ("zh", ("依法暂存的信息", "更换前的旧信息", "营业执照信息", "第三十一条")),
        ("en", ("Kept by law", "An earlier one", "Licence particulars", "article 31")),
    ):
        page = person.get(f"/privacy/data?lang={lang}")
        for word in words_there:
            assert word in page
        assert sample.COMPANY not in page


def test_a_field_that_cannot_be_right_is_said_at_the_field(
    house: House, box: PostBox, someone: tuple[SubjectId, str]
) -> None:
    person = at_portal(house, box, someone[1])
    shown = person.get("/onboarding")
    person.post("/onboarding", shown, token=person.hidden(shown, "token"))
    refused = person.post(
        "/onboarding/enterprise",
        person.get("/onboarding/enterprise"),
        title=sample.COMPANY,
        code="911100006000373410",
        legal_person="Zhang",
        start="2015-06-01",
        place="四川省成都市武侯区1号",
        extra="1",
    )
    assert refused.status_code == 422
    for words_ in ("校验位不对", "中文姓名", "没有要求填写"):
        assert words_ in refused.text


def test_who_objects_needs_nothing_but_the_link(
    house: House, box: PostBox, someone: tuple[SubjectId, str]
) -> None:
    subject, token = someone
    person = at_portal(house, box, token)
    fill_in(person)
    hand_in(person)
    path = link_of(house, subject, Role.ADMIN)
    visitor = at_portal(house, box)
    landing = visitor.get(path)
    assert visitor.client.get(path).headers["cache-control"] == "no-store"
    page, proof = path.partition("?")[0], visitor.hidden(landing, "proof")
    done = visitor.post(f"{page}/no", landing, proof=proof)
    assert done.headers["location"] == "/confirm/done?said=no"
    assert "重新申请" in person.get("/onboarding/status")


def test_a_case_is_sent_back_with_reasons_by_field(house: House, box: PostBox) -> None:
    with house.store.begin() as db:
        entered = people.sign_up(db)
        case = sample.confirmed(db, entered.subject)
    reviewer, page = at_console(house), f"/ops/reviews/{case}"
    shown = reviewer.get(page)
    assert 'name="refused" form="reasons" value="yes"' in shown
    assert reviewer.post(f"{page}/decide", shown, refused="yes").status_code == 422
    again = reviewer.post(f"{page}/decide", shown, mark=["DI-16:no-such-reason"])
    assert again.status_code == 422
    back = reviewer.post(f"{page}/decide", shown, mark=["", "DI-16:unreadable"])
    assert back.headers["location"] == "/ops/reviews?done=returned"
    person = at_portal(house, box, entered.session_token)
    assert "照片看不清" in person.get("/onboarding/status")
    assert "已保存" in person.get("/onboarding/legal")


def test_only_reviewers_review(house: House) -> None:
    with house.store.begin() as db:
        hired = staff.create_staff(db, "wang-support", SECRET, [StaffRole.SUPPORT])
        code = otp.code_at(hired.secret, db.clock())
        token = staff.sign_in(db, "wang-support", SECRET, code).take()
    client = browser(house, (CONSOLE, review_pages.PAGES))
    assert client.get("/ops/reviews").status_code == 303
    client.cookies.set("__Host-sy_staff", token)
    assert client.get("/ops/reviews").status_code == 403


def test_a_watermark_changes_the_picture_and_keeps_its_size(house: House) -> None:
    marked = watermark.mark(sample.photo(), "lin-review", house.clock())
    with Image.open(io.BytesIO(marked)) as opened:
        assert opened.size == (640, 420)
        colours = opened.convert("RGB").getcolors(640 * 420)
    assert colours is not None
    assert len(colours) > 10


def test_every_state_and_reason_has_a_name() -> None:
    for word in words.known():
        assert words.say(word, "zh") != words.say(word, "en")
    assert set(CaseState) <= words.known()
