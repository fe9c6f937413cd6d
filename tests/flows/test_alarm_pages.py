"""Alarms on the console: who sees them, taking one in hand, closing it with a reason."""

import re

import pytest

from shouyue.ground.jobs import service as jobs
from shouyue.ground.jobs.service import Worker
from shouyue.people.alarms import jobs as bells
from shouyue.people.staff.types import StaffRole
from shouyue.privacy.vault import usage
from tests.holding import NAME, name
from tests.house import House
from tests.staff import Member


def ring(house: House) -> None:
    with house.store.begin() as db:
        jobs.enqueue(db, bells.RAISED, {"kind": "alarm.unnamed", "where": "push", "about": "a-1"})
    Worker(house.store, {bells.RAISED: bells.raised}).run_once()


def deed(page: str, what: str) -> str:
    found = re.search(rf'action="(/ops/alarms/\w+/{what})"', page)
    assert found, page
    return found.group(1)


def test_security_staff_see_an_alarm_first_and_close_it_with_a_reason(house: House) -> None:
    ring(house)
    member = Member(house, StaffRole.SECURITY)
    assert "未命名的告警" in member.page("/ops")
    assert member.press(deed(member.page("/ops/alarms"), "seen")) == "/ops/alarms?done=seen"
    page = member.page("/ops/alarms")
    assert member.name in page
    assert member.press(deed(page, "close"), reason="fixed") == "/ops/alarms?done=closed"
    page = member.page("/ops/alarms?lang=en")
    assert "No alarm is open" in page
    assert "The cause is gone" in page
    assert "No alarm is open" in member.page("/ops")


@pytest.mark.clause("5.2")
def test_what_nobody_read_for_ninety_days_is_on_staffs_pages_by_the_clock_alone(
    house: House,
) -> None:
    with house.store.begin() as db:
        name(db)
    worker = Worker(house.store, {**usage.ANSWERS, bells.RAISED: bells.raised}, usage.SCHEDULE)

    def days_pass(days: int) -> None:
        house.clock.forward(days=days)
        worker.plan()
        while worker.run_once():
            pass

    days_pass(89)
    assert "没有人查看" not in Member(house, StaffRole.PRIVACY, name="li-early").page(
        "/ops/purposes"
    )
    days_pass(2)
    member = Member(house, StaffRole.PRIVACY, name="wang-later")
    assert "有信息项持有九十天以上而从未查看" in member.page("/ops/alarms")
    assert "DI-13" in member.page("/ops/alarms")
    page = member.page("/ops/purposes")
    assert "有 1 项九十天没有人查看" in page
    assert "九十天未查看" in page
    assert "unread for 90 days" in member.page("/ops/purposes?lang=en")
    assert NAME not in page


def test_closing_needs_a_reason(house: House) -> None:
    ring(house)
    member = Member(house, StaffRole.PRIVACY)
    page = member.page("/ops/alarms")
    answer = member.post(deed(page, "close"))
    assert answer.status_code == 422
    assert "请填写这一项" in answer.text


def test_a_closed_alarm_is_not_closed_again(house: House) -> None:
    ring(house)
    member = Member(house, StaffRole.PRIVACY)
    close = deed(member.page("/ops/alarms"), "close")
    member.press(close, reason="fixed")
    assert member.post(close, reason="harmless").status_code == 409


def test_other_staff_see_no_alarms(house: House) -> None:
    ring(house)
    member = Member(house, StaffRole.REVIEWER)
    assert "/ops/alarms" not in member.page("/ops")
    assert member.web.get("/ops/alarms").status_code == 403
