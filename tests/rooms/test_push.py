import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from shouyue.ground.kit.types import SubjectId
from shouyue.people.notices import service as notices
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.errors import NoApp
from shouyue.platform.apps.types import AppState
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.errors import UnknownEvent
from shouyue.platform.grants import service as grants
from shouyue.platform.push import deliveries, errors, heartbeat, intake, rules
from shouyue.platform.push import service as push
from shouyue.platform.push.holder import PushHolder
from shouyue.platform.push.tables import AttemptRow, DeliveryRow, EventRow
from shouyue.platform.push.types import DeliveryState, Shown, SubscriptionState, Wish
from shouyue.privacy.egress.errors import DestinationRefused
from shouyue.privacy.egress.types import HttpBack
from shouyue.privacy.sharing import service as sharing
from tests.house import House
from tests.merchants import SELLER, authorise, make_app
from tests.pushing import ADDED, BUYER, PAID, URL, WELL, Stage, order_event, stage, subscribe

BAD = HttpBack(500, b"", 10)
OFFICIAL = {
    "eventId",
    "bizId",
    "userId",
    "openId",
    "appKey",
    "event",
    "info",
    "createTime",
    "test",
}


@pytest.fixture
def shop(house: House) -> Stage:
    return stage(house)


def only(shop: Stage) -> Shown:
    with shop.house.store.read() as db:
        rows = deliveries.log(db, shop.owner, shop.app.app_id).rows
        assert len(rows) == 1
        return deliveries.delivery(db, shop.owner, rows[0].id)


def run(shop: Stage, **by: float) -> None:
    shop.house.clock.forward(**by)
    shop.worker.run_once()


def wire(**other: Any) -> bytes:
    event = order_event()
    fields: dict[str, Any] = {
        "event_id": event.event_id,
        "event": event.event,
        "seller_id": event.seller_id,
        "biz_id": event.biz_id,
        "info": dict(event.info),
        "at": 1795449600000,
    }
    return json.dumps(fields | other).encode()


def test_a_message_has_exactly_the_nine_official_fields(shop: Stage) -> None:
    shop.take()
    run(shop)
    [sent] = shop.envelopes()
    assert sent.keys() == OFFICIAL
    assert sent["test"] is False
    assert (sent["userId"], sent["bizId"]) == (SELLER, 2632700000001)
    assert sent["createTime"] == 1795399200000
    assert json.loads(sent["info"])["oid"] == 2632700000001


def test_the_four_other_fields_come_only_when_wanted(shop: Stage) -> None:
    with shop.house.store.begin() as db:
        push.send_extra(db, shop.owner, shop.app.app_id, wanted=True)
    shop.take()
    run(shop)
    [sent] = shop.envelopes()
    assert sent.keys() - OFFICIAL == {"msgId", "status", "updateTime", "operator"}


def test_a_message_goes_as_the_protocol_says_and_under_the_region_rule(shop: Stage) -> None:
    shop.take()
    run(shop)
    [out] = shop.net.got
    assert (out.method, out.url, out.timeout, out.personal) == ("POST", URL, 3.0, True)
    assert out.headers == {"content-type": "text/plain;charset=utf-8"}


def test_a_seller_and_a_buyer_have_ids_of_this_developer_alone(house: House, shop: Stage) -> None:
    with house.store.begin() as db:
        other_owner, other = make_app(db, "暮云仓库")
        authorise(db, shop.merchant, other)
        subscribe(db, other_owner, other)
    assert shop.take() == 2
    run(shop)
    others = Stage(house, other_owner, shop.merchant, other, shop.net)
    theirs, mine = others.read(shop.net.got[0]), shop.read(shop.net.got[1])  # newest grant first
    for field in ("openId", "buyerOpenId"):
        ids = {json.loads(sent["info"])[field] for sent in (mine, theirs)}
        assert len(ids) == 2
        assert BUYER not in ids
    assert mine["openId"] == json.loads(mine["info"])["openId"] != ""


def test_every_buyers_id_that_leaves_is_on_record(shop: Stage) -> None:
    shop.take()
    run(shop)
    with shop.house.store.read() as db:
        ref = sharing.buyer_ref(db.keys, BUYER)
        [released] = sharing.releases_of_ref(db, ref)
    assert (released.recipient, released.via) == (shop.app.app_id, PAID)


def test_names_and_free_text_stay_behind(shop: Stage) -> None:
    event = "kwaishop_order_addNote"
    with shop.house.store.begin() as db:
        push.choose(db, shop.owner, shop.app.app_id, [event])
    info = {"bizId": 9, "operatorName": "王小明", "note": "电话 13800138000", "flag": 1}
    shop.take(order_event(event=event, biz_id=9, info=info))
    run(shop)
    [sent] = shop.envelopes()
    assert json.loads(sent["info"]) == {"bizId": 9, "flag": 1}


def test_what_the_catalogue_does_not_declare_is_dropped(shop: Stage) -> None:
    info = {**order_event().info, "mobile": "13800138000"}
    shop.take(order_event(info=info))
    run(shop)
    assert "13800138000" not in json.dumps(shop.envelopes())


def test_an_event_taken_twice_is_pushed_once(shop: Stage) -> None:
    assert (shop.take(), shop.take()) == (1, 0)
    run(shop)
    assert len(shop.net.got) == 1


def test_an_event_for_nobody_leaves_nothing(house: House) -> None:
    lonely = stage(house, granted=False)
    assert lonely.take() == 0
    with house.store.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(EventRow)) == 0


def test_an_app_without_the_scope_gets_nothing(house: House) -> None:
    shop = stage(house, granted=False)
    with house.store.begin() as db:
        authorise(db, shop.merchant, shop.app, "merchant_item")
    assert shop.take() == 0


def test_another_sellers_event_goes_to_nobody(shop: Stage) -> None:
    assert shop.take(order_event(seller_id=7, info={})) == 0


@pytest.mark.parametrize(
    "other",
    [
        {"info": {"oid": 1}},
        {"info": {"sellerId": 7}},
        {"info": {"status": "30"}},
        {"info": {"oid": True}},
        {"info": {"buyerOpenId": "x" * 501}},
        {"info": {"buyerOpenId": "\ud800"}},
        {"biz_id": 0},
        {"seller_id": 2**63},
        {"event_id": "a b"},
        {"event_id": ""},
    ],
)
def test_a_malformed_event_is_refused_and_leaves_nothing(
    shop: Stage, other: dict[str, Any]
) -> None:
    with pytest.raises(errors.EventMalformed):
        shop.take(order_event(**other))
    with shop.house.store.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(EventRow)) == 0


def test_an_unknown_event_is_refused(shop: Stage) -> None:
    with pytest.raises(UnknownEvent):
        shop.take(order_event(event="kwaishop_order_nothing"))


def test_the_intake_reads_what_the_operators_system_sends() -> None:
    read = intake.read(wire())
    assert (read.event_id, read.event, read.at.timestamp()) == (
        order_event().event_id,
        PAID,
        1795449600,
    )


def test_a_field_that_no_event_has_is_dropped_and_named() -> None:
    read = intake.read(wire(more=1))
    assert read.beyond == ("more",)
    assert read.beyond == ("more",)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 60_000,
        b"\xff",
        wire(at="now"),
        wire(at=0),
        wire(at=10**20),
        wire(event=["x"]),
        wire(event_id=1),
    ],
)
def test_a_body_that_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(errors.EventMalformed):
        intake.read(body)


def test_a_body_beyond_the_limit_is_refused_unread() -> None:
    with pytest.raises(errors.EventOversized):
        intake.read(b" " * (rules.LARGEST + 1))


@given(st.binary(max_size=200) | st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_no_body_breaks_the_intake(body: Any) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(errors.EventMalformed):
        intake.read(raw)


@given(
    st.dictionaries(
        st.sampled_from(["oid", "sellerId", "status", "openId", "note", "x"]),
        st.none() | st.integers() | st.text() | st.booleans() | st.lists(st.integers()),
    )
)
def test_what_passes_the_check_is_declared_and_can_be_spelled(info: dict[str, Any]) -> None:
    event = catalogue.event(PAID)
    try:
        checked = rules.check(event, order_event(info=info))
    except errors.EventMalformed:
        return
    assert checked.keys() <= event.info.keys()
    rules.spell(checked)


@pytest.mark.parametrize(
    ("back", "why"),
    [
        (WELL, ""),
        (HttpBack(200, b'{"result": 1, "more": true}', 3000), ""),
        (HttpBack(200, b'{"result":1}', 3001), "timeout"),
        (HttpBack(None, b"", 3000, "timeout"), "timeout"),
        (HttpBack(302, b'{"result":1}', 5), "status"),
        (HttpBack(201, b'{"result":1}', 5), "status"),
        (HttpBack(200, b'{"result":true}', 5), "answer"),
        (HttpBack(200, b'{"result":"1"}', 5), "answer"),
        (HttpBack(200, b'{"result":0}', 5), "answer"),
        (HttpBack(200, b"[1]", 5), "answer"),
        (HttpBack(200, b"ok", 5), "answer"),
        (HttpBack(200, b"[" * 60_000, 5), "answer"),
        (HttpBack(None, b"", 5, "destination"), "destination"),
    ],
)
def test_only_200_with_result_1_in_time_is_a_success(back: HttpBack, why: str) -> None:
    assert rules.outcome(back) == why


def test_nothing_is_saved_before_the_address_has_proved_itself(house: House) -> None:
    shop = stage(house, subscribed=False)
    wish = Wish(shop.app.app_id, URL, (PAID,))
    with house.store.begin() as db:
        out = push.probe(db, shop.owner, wish)
        assert shop.read(out)["test"] is True
        with pytest.raises(errors.AddressUnproved) as refused:
            push.subscribe(db, shop.owner, wish, BAD)
        assert push.subscribed(db, shop.app.app_id) is None
    assert refused.value.facts == {"cause": "status"}
    assert '{"result":1}' in refused.value.say("en")


def test_a_new_address_that_fails_leaves_the_old_one(shop: Stage) -> None:
    wish = Wish(shop.app.app_id, "https://new.example/push", (PAID,))
    with shop.house.store.begin() as db:
        with pytest.raises(errors.AddressUnproved):
            push.subscribe(db, shop.owner, wish, BAD)
        found = push.subscribed(db, shop.app.app_id)
    assert found is not None
    assert found.url == URL


@pytest.mark.parametrize("url", ["http://erp.example/", "http://127.0.0.1/", "https://10.0.0.1/"])
def test_an_address_that_could_lead_inside_is_refused(shop: Stage, url: str) -> None:
    with shop.house.store.read() as db, pytest.raises(DestinationRefused):
        push.probe(db, shop.owner, Wish(shop.app.app_id, url, (PAID,)))


def test_loopback_will_do_in_development(shop: Stage) -> None:
    wish = Wish(shop.app.app_id, "http://127.0.0.1:9/", (PAID,))
    with shop.house.store.read() as db:
        assert push.probe(db, shop.owner, wish, loopback_allowed=True).personal


def test_nobody_touches_another_owners_app(shop: Stage) -> None:
    stranger, app = SubjectId("0" * 26), shop.app.app_id
    shop.take()
    delivery = only(shop).delivery.id
    with shop.house.store.begin() as db:
        for no in (
            lambda: push.probe(db, stranger, Wish(app, URL, ())),
            lambda: push.switch(db, stranger, app, on=False),
            lambda: push.choose(db, stranger, app, []),
            lambda: deliveries.log(db, stranger, app),
        ):
            with pytest.raises(NoApp):
                no()
        for gone in (deliveries.delivery, deliveries.push_again):
            with pytest.raises(errors.NoDelivery):
                gone(db, stranger, delivery)


def test_a_type_beyond_the_apps_packages_cannot_be_chosen(house: House) -> None:
    shop = stage(house)
    with house.store.begin() as db:
        apps.set_scopes(db, shop.app.app_id, ["merchant_item"])
        with pytest.raises(errors.EventNotHeld):
            push.choose(db, shop.owner, shop.app.app_id, [PAID])


def test_an_example_goes_as_a_test(shop: Stage) -> None:
    with shop.house.store.read() as db:
        sent = shop.read(push.sample(db, shop.owner, shop.app.app_id, ADDED))
    assert (sent["event"], sent["test"]) == (ADDED, True)


def test_a_bad_receiver_is_asked_on_schedule_then_given_up(shop: Stage) -> None:
    shop.net.always = BAD
    shop.take()
    run(shop)
    for minutes in (5, 10, 20, 30, 60):
        count = len(shop.net.got)
        run(shop, minutes=minutes, seconds=-1)
        assert len(shop.net.got) == count
        run(shop, seconds=1)
        assert len(shop.net.got) == count + 1
    shown = only(shop)
    assert shown.delivery.state is DeliveryState.DEAD
    assert [one.outcome for one in shown.attempts] == ["status"] * 6
    run(shop, days=1)
    assert len(shop.net.got) == 6


def test_a_dead_message_can_be_pushed_again(shop: Stage) -> None:
    shop.net.then = [BAD] * 6
    shop.take()
    run(shop)
    for _ in range(5):
        run(shop, hours=1)
    with shop.house.store.begin() as db:
        assert deliveries.push_dead_again(db, shop.owner, shop.app.app_id, shop.house.clock()) == 0
        since = shop.house.clock() - timedelta(days=1)
        assert deliveries.push_dead_again(db, shop.owner, shop.app.app_id, since) == 1
    run(shop)
    shown = only(shop)
    assert shown.delivery.state is DeliveryState.DELIVERED
    assert len(shown.attempts) == shown.delivery.attempts == 7
    assert len({sent["eventId"] for sent in shop.envelopes()}) == 1


def test_a_waiting_message_is_brought_forward_by_hand(shop: Stage) -> None:
    shop.net.then = [BAD]
    shop.take()
    run(shop)
    with shop.house.store.begin() as db:
        deliveries.push_again(db, shop.owner, only(shop).delivery.id)
    run(shop)
    assert only(shop).delivery.state is DeliveryState.DELIVERED
    run(shop, days=1)
    assert len(shop.net.got) == 2


def test_the_owner_sees_the_envelope_without_ids_of_people(shop: Stage) -> None:
    shop.take()
    shown = only(shop).envelope
    assert shown is not None
    assert shown["openId"] == "***"
    info = json.loads(shown["info"])
    assert (info["openId"], info["buyerOpenId"]) == ("***", "***")
    assert info["status"] == 30
    assert BUYER not in json.dumps(shown)


def test_a_message_of_an_offline_app_is_stopped(shop: Stage) -> None:
    shop.take()
    with shop.house.store.begin() as db:
        apps.set_state(db, shop.app.app_id, AppState.OFFLINE)
    run(shop)
    assert shop.net.got == []
    assert only(shop).delivery.outcome == "app-offline"


def test_content_goes_after_seven_days_and_records_after_six_months(shop: Stage) -> None:
    shop.net.always = BAD
    shop.take()
    run(shop)
    shop.house.clock.forward(days=7)
    with shop.house.store.begin() as db:
        assert deliveries.expire(db) == 1
    shown = only(shop)
    assert shown.envelope is None
    assert (shown.delivery.state, shown.delivery.outcome) == (DeliveryState.DEAD, "expired")
    with shop.house.store.begin() as db, pytest.raises(errors.ContentGone):
        deliveries.push_again(db, shop.owner, shown.delivery.id)
    run(shop)
    assert len(shop.net.got) == 1
    shop.house.clock.forward(days=183)
    with shop.house.store.begin() as db:
        assert deliveries.expire(db) == 1
        for table in (EventRow, DeliveryRow, AttemptRow):
            assert db.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_no_table_holds_a_buyers_id_in_plain(shop: Stage) -> None:
    shop.take()
    run(shop)
    told = ("data_release", "data_release_subject", "data_release_ref")
    with shop.house.store.read() as db:
        for table in ("push_event", "push_delivery", "push_attempt", "job", *told):
            rows = db.execute(sa.text(f'SELECT * FROM "{table}"')).all()  # noqa: S608 - own names
            assert BUYER.encode() not in repr(rows).encode()
            assert BUYER not in str([bytes(v) for r in rows for v in r if isinstance(v, bytes)])


def beat(shop: Stage) -> None:
    with shop.house.store.begin() as db:
        heartbeat.begin(db)
    shop.worker.run_once()


def test_an_address_that_is_silent_three_times_is_suspended_and_resumes(shop: Stage) -> None:
    shop.net.always = BAD
    for _ in range(2):
        beat(shop)
    with shop.house.store.read() as db:
        before = push.subscribed(db, shop.app.app_id)
        assert before is not None
        assert before.state is SubscriptionState.OK
    beat(shop)
    beat(shop)
    with shop.house.store.read() as db:
        now = push.subscribed(db, shop.app.app_id)
        assert now is not None
        assert (now.state, now.outcome) == (SubscriptionState.SUSPENDED, "status")
        [told] = notices.inbox(db, shop.owner, "zh")
    assert told.link == f"/apps/{shop.app.app_id}/messages"
    shop.net.got.clear()
    shop.take()
    run(shop, hours=1)
    assert shop.envelopes() == []
    assert only(shop).delivery.state is DeliveryState.WAITING
    shop.net.always = WELL
    beat(shop)
    assert len(shop.envelopes()) == 1
    assert only(shop).delivery.state is DeliveryState.DELIVERED


def test_one_good_answer_forgets_the_misses(shop: Stage) -> None:
    shop.net.then = [BAD, BAD, WELL, BAD, BAD]
    for _ in range(5):
        beat(shop)
    with shop.house.store.read() as db:
        found = push.subscribed(db, shop.app.app_id)
    assert found is not None
    assert found.state is SubscriptionState.OK


def test_a_merchant_sees_and_erases_what_was_pushed(shop: Stage) -> None:
    shop.take()
    run(shop)
    holder = PushHolder()
    with shop.house.store.begin() as db:
        told = json.dumps(holder.export(db, shop.merchant)["deliveries"])
        assert '"state": "delivered"' in told
        assert holder.erase(db, shop.merchant) == 1
        assert holder.erase(db, shop.merchant) == 0
        assert holder.export(db, shop.merchant) == {"subscriptions": [], "deliveries": []}


def test_an_owner_that_is_erased_receives_nothing_more(shop: Stage) -> None:
    shop.take()
    with shop.house.store.begin() as db:
        assert PushHolder().erase(db, shop.owner) == 1
    run(shop)
    assert shop.net.got == []
    assert only(shop).delivery.outcome == "unsubscribed"


def test_the_log_is_read_page_by_page(shop: Stage) -> None:
    for number in range(1, 24):
        shop.take(order_event(number))
    with shop.house.store.read() as db:
        first = deliveries.log(db, shop.owner, shop.app.app_id)
        second = deliveries.log(db, shop.owner, shop.app.app_id, 2)
    assert (len(first.rows), first.more, len(second.rows), second.more) == (20, True, 3, False)


def test_apps_for_answers_live_grants_of_the_scope_alone(shop: Stage) -> None:
    with shop.house.store.begin() as db:
        [one] = grants.apps_for(db, SELLER, "merchant_order")
        assert (one.app_id, one.subject) == (shop.app.app_id, shop.merchant)
        assert grants.apps_for(db, SELLER, "merchant_cs") == []
        assert grants.apps_for(db, 7, "merchant_order") == []
        shop.house.clock.forward(days=181)
        assert grants.apps_for(db, SELLER, "merchant_order") == []
