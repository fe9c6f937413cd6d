"""Holds and restricted storage on the pages: two of staff hold, one reads, the person is told."""

import re
from datetime import timedelta

from shouyue.assembly import answers
from shouyue.ground.jobs import service as bells
from shouyue.ground.jobs.service import Worker
from shouyue.people.notices import service as notices
from shouyue.people.staff.types import StaffRole
from shouyue.privacy.custody import jobs
from shouyue.privacy.custody import service as custody
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.types import Anchor
from shouyue.privacy.vault import service as vault
from tests.clearance import prepared
from tests.holding import ANN, CASE, NAME, NUMBER, hold, name, number
from tests.house import House
from tests.staff import Member
from tests.visitors import Visitor

ANSWERS = {**jobs.ANSWERS, custody.KEPT: answers.kept}


def asked(house: House) -> dict[str, str]:
    day = (house.clock() + timedelta(days=30)).date().isoformat()
    return {"subject": ANN, "kind": "hold", "case": CASE, "until": day, "items": "DI-13"}


def test_two_of_privacy_hold_and_one_lets_go(house: House) -> None:
    with house.store.begin() as db:
        name(db)
        number(db)
    one = Member(house, StaffRole.PRIVACY)
    assert one.press("/ops/holds/new", **asked(house)) == "/ops/holds?done=asked"
    page = one.page("/ops/holds?lang=en")
    assert "Take back" in page
    assert "/confirm" not in page  # who asked cannot confirm
    other = Member(house, StaffRole.PRIVACY, name="wang-watch")
    badge = re.compile(r'href="/ops/holds"[^>]*>.*?<span[^>]*>1</span>', re.DOTALL)
    assert badge.search(other.page("/ops"))
    found = re.search(r"/ops/holds/\w+/confirm", other.page("/ops/holds"))
    assert found
    assert one.post(found.group()).status_code == 403
    assert other.send("/ops/holds", "/confirm") == "/ops/holds?done=confirmed"
    with house.store.begin() as db:
        custody.erase(db, ANN)
    page = other.page("/ops/holds?lang=en")
    assert "Values: 1, people: 1." in page
    assert ANN in page
    assert NAME not in page
    assert NUMBER not in page
    assert other.send("/ops/holds", "/release") == "/ops/holds?done=released"
    assert "Nothing is in restricted storage" in other.page("/ops/holds?lang=en")


def test_a_hold_that_does_not_fit_shows_the_form_again(house: House) -> None:
    member = Member(house, StaffRole.PRIVACY)
    answer = member.post("/ops/holds/new", **asked(house))
    assert answer.status_code == 422
    assert ANN in answer.text
    answer = member.post("/ops/holds/new", **asked(house) | {"subject": "张小明"})
    assert answer.status_code == 422


def test_a_value_is_read_under_a_warrant_that_another_has_approved(house: House) -> None:
    with house.store.begin() as db:
        name(db)
        kept = custody.erase(db, ANN, event=Anchor.EXIT).kept[0]
    member = Member(house, StaffRole.PRIVACY)
    path = f"/ops/holds/values/{kept.id}/read"
    unsigned = member.post(path, need="authority", ground="OTM-31")
    assert unsigned.status_code == 403
    assert NAME not in unsigned.text
    assert "保密承诺书" in unsigned.text
    with house.store.begin() as db:
        assert vault.accesses(db, ANN) == []
        prepared(db, member.staff_id)
    alone = member.post(path, need="authority", ground="OTM-31")
    assert alone.status_code == 403
    assert NAME not in alone.text
    wish = path.replace("read", "ask")
    assert member.post(wish, need="authority", ground="ECL-31").status_code == 403
    done = member.press(wish, need="authority", ground="OTM-31")
    assert done == "/ops/holds?done=read-asked"
    page = member.page("/ops/holds?lang=en")
    assert "Waits for another" in page
    assert path not in page
    other = Member(house, StaffRole.SECURITY, name="wang-watch")
    page = other.page("/ops/access?lang=en")
    assert "Restricted storage: order of an authority" in page
    assert "OTM-31" in page
    approve = re.search(r"/ops/access/\w+/approve", page)
    assert approve
    assert member.post(approve.group()).status_code == 403
    assert other.press(approve.group()) == "/ops/access?done=approved"
    assert path in member.page("/ops/holds")
    assert 'href="/ops/holds"' in member.page("/ops/access?lang=en").split("My grants")[1]
    refused = member.post(path, need="authority", ground="ECL-31")
    assert refused.status_code == 403
    assert NAME not in refused.text
    opened = member.post(path, need="authority", ground="OTM-31")
    assert opened.status_code == 200
    assert NAME in opened.text
    assert NAME not in member.page("/ops/holds")
    with house.store.read() as db:
        assert [look.actor for look in vault.accesses(db, ANN)] == [member.staff_id]


def test_other_staff_see_no_holds(house: House) -> None:
    member = Member(house, StaffRole.SECURITY)
    assert "/ops/holds" not in member.page("/ops")
    assert member.web.get("/ops/holds").status_code == 403
    assert member.post("/ops/holds/new", **asked(house)).status_code == 403


def test_the_person_is_told_and_sees_what_stays(house: House) -> None:
    visitor = Visitor(house).sign_up()
    with house.store.begin() as db:
        subject = vault.find(db, Item.DI_01, "13800138000")
        assert subject is not None
        name(db, subject)
        hold(db, Item.DI_13, who=subject)
        custody.erase(db, subject, [Item.DI_13])
    Worker(house.store, ANSWERS).run_once()
    with house.store.read() as db:
        (told, *_) = notices.inbox(db, subject, "zh")
        assert "法定代表人真实姓名" in told.text
        assert "依法保全" in told.text
        assert NAME not in told.text
        english = notices.inbox(db, subject, "en")[0].text
        assert "Legal person's real name" in english
        assert "on 2026-12-23 at the latest" in english
    page = visitor.page("/privacy/data?lang=en")
    assert "Kept by law" in page
    assert "Held for legal proceedings" in page
    assert NAME not in page
    house.clock.forward(days=31)
    with house.store.begin() as db:
        bells.enqueue(db, jobs.SWEEP)
    Worker(house.store, ANSWERS).run_once()
    with house.store.read() as db:
        assert custody.of(db, subject) == []


def test_the_worker_of_the_house_answers_the_bells_of_custody() -> None:
    assert jobs.SCHEDULE.items() <= answers.SCHEDULE.items()
