from datetime import timedelta

import pytest
import sqlalchemy as sa

from shouyue.platform.grants import service as grants
from shouyue.platform.push import deliveries, errors
from shouyue.platform.push import service as push
from shouyue.platform.push.tables import AttemptRow, DeliveryRow
from shouyue.platform.push.types import DeliveryState, SubscriptionState, Wish
from shouyue.privacy.egress.errors import DestinationRefused
from shouyue.privacy.egress.types import HttpBack
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import declared
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing.types import Standing
from tests.house import House
from tests.pushing import PAID, REFUND, WELL, Stage, order_event, stage

pytestmark = pytest.mark.clause("2.3")


def outcome(shop: Stage) -> tuple[str, str]:
    with shop.house.store.read() as db:
        [row] = deliveries.log(db, shop.owner, shop.app.app_id).rows
    return row.state.value, row.outcome


def test_without_a_subscription_nothing_is_pushed_and_nothing_kept(house: House) -> None:
    shop = stage(house, subscribed=False)
    assert shop.take() == 0
    shop.worker.run_once()
    assert shop.net.got == []


def test_only_the_chosen_types_are_pushed(house: House) -> None:
    shop = stage(house)
    with house.store.begin() as db:
        push.choose(db, shop.owner, shop.app.app_id, [REFUND])
    assert shop.take() == 0


def test_switching_off_stops_what_is_on_its_way_at_once(house: House) -> None:
    shop = stage(house)
    shop.take()
    with house.store.begin() as db:
        push.switch(db, shop.owner, shop.app.app_id, on=False)
    assert outcome(shop) == ("stopped", "unsubscribed")
    shop.worker.run_once()
    assert shop.net.got == []
    assert shop.take(order_event(2)) == 0


def test_a_type_that_is_no_longer_chosen_is_not_retried(house: House) -> None:
    shop = stage(house)
    shop.net.then = [HttpBack(500, b"", 9)]
    shop.take()
    shop.worker.run_once()
    with house.store.begin() as db:
        push.choose(db, shop.owner, shop.app.app_id, [REFUND])
    house.clock.forward(hours=3)
    shop.worker.run_once()
    assert len(shop.net.got) == 1
    assert outcome(shop) == ("stopped", "unsubscribed")


def test_a_stopped_message_does_not_come_back_by_hand(house: House) -> None:
    shop = stage(house)
    shop.take()
    with house.store.begin() as db:
        push.switch(db, shop.owner, shop.app.app_id, on=False)
        push.switch(db, shop.owner, shop.app.app_id, on=True)
        [row] = deliveries.log(db, shop.owner, shop.app.app_id).rows
        with pytest.raises(errors.DeliveryStopped):
            deliveries.push_again(db, shop.owner, row.id)


def test_a_message_waiting_when_the_grant_ends_is_never_sent(house: House) -> None:
    shop = stage(house)
    shop.take()
    with house.store.begin() as db:
        grants.revoke(db, shop.merchant, shop.app.app_id)
    shop.worker.run_once()
    assert shop.net.got == []
    assert outcome(shop) == ("stopped", "grant-ended")


def test_a_suspended_recipient_receives_no_buyers_id(house: House) -> None:
    shop = stage(house)
    shop.take()
    with house.store.begin() as db:
        sharing.set_standing(db, shop.app.app_id, Standing.SUSPENDED)
    shop.worker.run_once()
    assert shop.net.got == []
    assert outcome(shop) == ("stopped", "sharing.recipient-not-active")


def test_an_address_inside_a_private_network_is_refused(house: House) -> None:
    shop = stage(house, subscribed=False)
    wish = Wish(shop.app.app_id, "https://192.168.1.1/push", (PAID,))
    with house.store.read() as db, pytest.raises(DestinationRefused):
        push.probe(db, shop.owner, wish)


def test_every_message_and_every_probe_goes_under_the_region_rule(house: House) -> None:
    shop = stage(house)
    wish = Wish(shop.app.app_id, "https://erp.example/push", (PAID,))
    with house.store.begin() as db:
        assert push.probe(db, shop.owner, wish).personal
        with pytest.raises(errors.AddressUnproved):
            push.subscribe(db, shop.owner, wish, HttpBack(None, b"", 1, "destination"))
        saved = push.subscribe(db, shop.owner, wish, WELL)
    assert (saved.mainland, saved.state) == (True, SubscriptionState.OK)


def test_the_record_of_a_push_holds_codes_and_times_but_no_bodies(house: House) -> None:
    shop = stage(house)
    shop.net.always = HttpBack(200, b'{"result":0,"phone":"13800138000"}', 12)
    shop.take()
    shop.worker.run_once()
    columns = {column.name for column in AttemptRow.__table__.columns}
    assert columns == {"id", "delivery", "at", "status", "millis", "outcome"}
    with house.store.read() as db:
        [row] = db.scalars(sa.select(AttemptRow)).all()
        assert (row.status, row.millis, row.outcome) == (200, 12, "answer")
        [sent] = db.scalars(sa.select(DeliveryRow)).all()
        assert sent.state == DeliveryState.FAILED
        assert sent.next_at == house.clock() + timedelta(minutes=5)


def test_the_clause_has_controls_in_push() -> None:
    found = {one.module for one in declared() if Clause.C2_3 in one.clauses}
    assert {
        f"shouyue.platform.push.{name}" for name in ("service", "intake", "deliveries")
    } <= found
