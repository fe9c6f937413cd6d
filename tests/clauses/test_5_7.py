"""5.7: nothing about people leaves the mainland: no push, no look by staff; their own look may."""

from typing import Any

import pytest

from shouyue.assembly.serving import write_down
from shouyue.ground.jobs.service import Worker
from shouyue.people.alarms import jobs as bells
from shouyue.people.alarms import service as alarms
from shouyue.people.notices import service as notices
from shouyue.people.staff.types import StaffRole
from shouyue.platform.grants import service as oauth
from shouyue.platform.push import deliveries, heartbeat, intake
from shouyue.platform.push import jobs as push_jobs
from shouyue.platform.push import service as push
from shouyue.platform.push.errors import AddressAbroad
from shouyue.platform.push.types import DeliveryState, SubscriptionState, Wish
from shouyue.privacy.egress.types import HttpBack, HttpOut
from tests.house import House
from tests.pushing import PAID, order_event, stage
from tests.staff import Member
from tests.visitors import Visitor

pytestmark = pytest.mark.clause("5.7")
HONG_KONG = "203.80.96.10"
ABROAD = HttpBack(None, b"", 1, "abroad")
WELL = HttpBack(200, b'{"result":1}', 1)


def alarmed(house: House) -> list[tuple[str, str, str, int]]:
    """The alarms after the notes have been written down and answered."""
    write_down(house.store, house.notes)
    Worker(house.store, {bells.RAISED: bells.raised}).run_once()
    with house.store.read() as db:
        return [(one.kind, one.where, one.about, one.count) for one in alarms.living(db)]


def answering(back: HttpBack) -> dict[str, Any]:
    """The push room's work, with one answer for whatever leaves."""
    return push_jobs.answers(lambda _: back, oauth.apps_for)


def test_staff_are_refused_from_abroad_at_every_page_with_a_plain_one(house: House) -> None:
    member = Member(house, StaffRole.SECURITY)
    cookie = member.web.cookies.get("__Host-sy_staff")
    outside = Visitor(house, address=HONG_KONG).web
    outside.cookies.set("__Host-sy_staff", str(cookie), domain="open.example.com")
    for path in ("/ops", "/ops/login", "/ops/alarms", "/ops/passkeys"):
        answer = outside.get(path)
        assert answer.status_code == 403
        assert "door.abroad" in answer.text
        assert member.name not in answer.text
    assert outside.post("/ops/login", data={"name": "x", "password": "y"}).status_code == 403
    assert member.web.get("/ops").status_code == 200
    assert alarmed(house) == [
        ("staff.abroad", "console", "", 0 + 0)
        if not cookie
        else ("staff.abroad", "console", member.staff_id, 5)
    ]


def test_a_person_abroad_sees_their_own_data(house: House) -> None:
    visitor = Visitor(house, address=HONG_KONG).sign_up()
    assert "138" in visitor.page("/account")
    assert alarmed(house) == []


def test_a_push_address_abroad_is_not_saved(house: House) -> None:
    shop = stage(house, subscribed=False)
    wish = Wish(shop.app.app_id, "https://push.example.cn/x", (PAID,))
    with house.store.begin() as db:
        assert push.probe(db, shop.owner, wish).personal
        with pytest.raises(AddressAbroad):
            push.subscribe(db, shop.owner, wish, ABROAD)
        assert push.subscribed(db, wish.app) is None


def test_a_message_to_an_address_that_moved_abroad_is_kept_back_and_its_owner_told(
    house: House,
) -> None:
    shop = stage(house)
    app = shop.app.app_id
    with house.store.begin() as db:
        intake.take(db, order_event(), oauth.apps_for)
    Worker(house.store, answering(ABROAD)).run_once()
    with house.store.read() as db:
        (row,) = deliveries.log(db, shop.owner, app).rows
        told = [letter.subject for letter in notices.inbox(db, shop.owner, "en")]
        listens = push.subscribed(db, app)
    assert (row.state, row.outcome, row.next_at) == (DeliveryState.FAILED, "abroad", None)
    assert told.count("Push address outside the mainland: suspended") == 1
    assert listens is not None
    assert (listens.state, listens.mainland) == (SubscriptionState.SUSPENDED, False)
    with house.store.begin() as db:
        heartbeat.begin(db)
    Worker(house.store, answering(WELL)).run_once()
    with house.store.read() as db:
        assert deliveries.log(db, shop.owner, app).rows[0].state is DeliveryState.DELIVERED
        back = push.subscribed(db, app)
    assert back is not None
    assert back.mainland


def test_every_message_of_an_app_goes_under_the_rule_and_names_the_app(house: House) -> None:
    shop = stage(house, subscribed=False)
    wish = Wish(shop.app.app_id, "https://push.example.cn/x", (PAID,))
    with house.store.read() as db:
        out = push.probe(db, shop.owner, wish)
    assert isinstance(out, HttpOut)
    assert (out.personal, out.where, out.about) == (True, "push", wish.app)


def test_what_was_turned_back_becomes_one_alarm_that_counts(house: House) -> None:
    for _ in range(3):
        house.notes.note("egress.abroad", "push", "0" * 26)
    assert alarmed(house) == [("egress.abroad", "push", "0" * 26, 3)]
