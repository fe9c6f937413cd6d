"""Ciphertexts on their way to a waybill or a text message: what must hold before one is opened."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from shouyue.platform.apps import service as apps
from shouyue.platform.decryption import rules
from shouyue.platform.oauth import service as oauth
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing.types import Standing
from shouyue_sandbox.shop.shelf import Document
from tests.flows.test_buyer_data import DECRYPT, SELLER, ShopScene, paid, parcel
from tests.house import House
from tests.merchants import authorise, exchange

pytestmark = [pytest.mark.clause("4.1"), pytest.mark.clause("2.3")]
SMS, WAYBILL, STANDING = "open.sms.send", "open.express.ebill.get", "order.standing.get"
DAY_MS = 24 * 3600 * 1000
PLACE = {"provinceName": "浙江", "cityName": "杭州", "detailAddress": "滨江"}


@pytest.fixture
def scene(house: House) -> ShopScene:
    return ShopScene(house)


def asked(scene: ShopScene, api: str, order: Document, veiled: Document) -> dict[str, Any]:
    """Text the buyer of an order, or ask for its waybill."""
    if api == SMS:
        text = {"signId": 1, "templateId": 7, "mobile": veiled["encryptedMobile"]}
        return scene.call(SMS, text)
    contract = {"name": veiled["encryptedConsignee"], "mobile": veiled["encryptedMobile"]}
    place = PLACE | {"detailAddress": veiled["encryptedAddress"]}
    bill = parcel({"contract": contract, "address": place}, order["oid"])
    return scene.call(WAYBILL, {"getEbillOrderRequest": [bill]})


def went(scene: ShopScene) -> list[str]:
    """Which routes of the operator's system were asked since the address was read."""
    return [path.removeprefix("/api/") for path, _, _ in scene.shops.asked][1:]


def ended(scene: ShopScene, order: Document, days: float) -> None:
    """Let the order have ended so long ago."""
    at = int(scene.house.clock().timestamp() * 1000 - days * DAY_MS)
    scene.shops.shop.shelf.put("order", order["oid"], order | {"updateTime": at})


def plain_in(said: object, order: Document) -> bool:
    text = json.dumps(said, ensure_ascii=False)
    return any(one in text for one in (order["consignee"], order["mobile"]))


both = pytest.mark.parametrize("api", [SMS, WAYBILL])


@both
@pytest.mark.parametrize("status", [70, 80])
def test_after_the_window_of_decrypting_a_ciphertext_is_not_passed_on_either(
    scene: ShopScene, api: str, status: int
) -> None:
    order = scene.shops.orders(SELLER, status)[0]
    veiled = scene.veiled(order)
    ended(scene, order, rules.WINDOW.days + 0.01)
    found = asked(scene, api, order, veiled)
    assert (found["result"], found["sub_code"]) == (21, "decryption.window")
    assert str(order["oid"]) in found["sub_msg"]
    assert went(scene) == [STANDING]
    assert not plain_in([body.decode() for *_, body in scene.shops.asked], order)


@both
def test_within_the_window_it_goes(scene: ShopScene, api: str) -> None:
    order = scene.shops.orders(SELLER, 70)[0]
    veiled = scene.veiled(order)
    ended(scene, order, rules.WINDOW.days - 0.01)
    assert asked(scene, api, order, veiled)["result"] == 1
    assert went(scene) == [STANDING, api]


def test_one_order_past_its_window_holds_the_whole_batch_back_and_is_named(
    scene: ShopScene,
) -> None:
    fresh, old = paid(scene), scene.shops.orders(SELLER, 70)[0]
    ended(scene, old, 15)
    bills = []
    for number, order in enumerate((fresh, old)):
        veiled = scene.veiled(order)
        contract = {"name": veiled["encryptedConsignee"], "mobile": veiled["encryptedMobile"]}
        bill = parcel({"contract": contract, "address": PLACE}, order["oid"])
        bills.append(bill | {"requestId": f"r-{number}"})
    found = scene.call(WAYBILL, {"getEbillOrderRequest": bills})
    assert found["sub_code"] == "decryption.window"
    assert str(old["oid"]) in found["sub_msg"]
    assert WAYBILL not in went(scene)


@both
def test_an_order_that_the_shop_has_no_more_is_not_passed_on(scene: ShopScene, api: str) -> None:
    order = paid(scene)
    veiled = scene.veiled(order)
    scene.shops.shop.shelf.put("order", order["oid"], order | {"sellerId": SELLER + 1})
    found = asked(scene, api, order, veiled)
    assert (found["result"], found["sub_code"]) == (21, "decryption.order")
    assert went(scene) == [STANDING]


@both
def test_what_the_operator_cannot_tell_is_not_passed_on(scene: ShopScene, api: str) -> None:
    order = paid(scene)
    veiled = scene.veiled(order)
    scene.shops.silent = True
    found = asked(scene, api, order, veiled)
    assert (found["result"], found["sub_code"]) == (11, "decryption.orders-silent")
    assert went(scene) == [STANDING]


@both
def test_a_shop_that_may_not_decrypt_prints_and_texts_all_the_same(
    scene: ShopScene, api: str
) -> None:
    shelf = scene.shops.shop.shelf
    shelf.put("seller", SELLER, (shelf.get("seller", SELLER) or {}) | {"level": 0, "quota": 0})
    order = paid(scene)
    veiled = scene.veiled(order)
    assert asked(scene, api, order, veiled)["result"] == 1
    [row] = scene.opened(DECRYPT, (veiled["encryptedMobile"], order["oid"]))[
        "batchDecryptResultList"
    ]
    assert row["errorMsg"].startswith("[decryption.level]")


@both
def test_when_the_provision_has_ended_nothing_is_passed_on(scene: ShopScene, api: str) -> None:
    order = paid(scene)
    veiled = scene.veiled(order)
    with scene.house.store.begin() as db:
        sharing.end_case(db, oauth.look_up(db, scene.tokens.access).grant)
    found = asked(scene, api, order, veiled)
    assert (found["result"], found["sub_code"]) == (24, "sharing.no-provision")
    assert went(scene) == [STANDING]


@both
def test_for_a_suspended_recipient_nothing_is_passed_on(scene: ShopScene, api: str) -> None:
    order = paid(scene)
    veiled = scene.veiled(order)
    with scene.house.store.begin() as db:
        sharing.set_standing(db, scene.app.app_id, Standing.SUSPENDED)
    found = asked(scene, api, order, veiled)
    assert found["sub_code"] == "sharing.recipient-not-active"
    assert went(scene) == [STANDING]


@both
def test_an_app_that_lost_the_packages_of_orders_has_no_old_ciphertext_passed_on(
    scene: ShopScene, api: str
) -> None:
    order = paid(scene)
    veiled = scene.veiled(order)
    with scene.house.store.begin() as db:
        apps.set_scopes(db, scene.app.app_id, ["merchant_promotion", "merchant_logistics"])
    scene.house.clock.forward(seconds=5)
    scene.gateway.snapshot.forget("")
    found = asked(scene, api, order, veiled)
    assert found["sub_code"] == "gateway.no-package"
    assert "merchant_order" in found["sub_msg"]
    assert went(scene) == []


@both
def test_a_grant_without_orders_passes_no_ciphertext_of_an_earlier_grant_on(
    scene: ShopScene, api: str
) -> None:
    order = paid(scene)
    veiled = scene.veiled(order)
    with scene.house.store.begin() as db:
        merchant = oauth.look_up(db, scene.tokens.access).subject
        assert merchant is not None
        code = authorise(db, merchant, scene.app, "merchant_promotion,merchant_logistics")
        scene.tokens = exchange(db, scene.app, code)
    found = asked(scene, api, order, veiled)
    assert found["sub_code"] == "gateway.no-scope"
    assert went(scene) == []


def test_a_plain_number_asks_nobody_about_orders(scene: ShopScene) -> None:
    scene.veiled(paid(scene))
    text = {"signId": 1, "templateId": 7, "mobile": "19900000001"}
    assert scene.call(SMS, text)["result"] == 1
    assert went(scene) == [SMS]


@both
def test_what_was_passed_on_is_counted_and_released_nowhere(scene: ShopScene, api: str) -> None:
    order = paid(scene)
    veiled = scene.veiled(order)
    with scene.house.store.read() as db:
        before = db.scalar(sa.text("SELECT count(*) FROM data_release"))
    assert asked(scene, api, order, veiled)["result"] == 1
    with scene.house.store.read() as db:
        assert db.scalar(sa.text("SELECT count(*) FROM data_release")) == before
        assert db.scalar(sa.text("SELECT count(*) FROM decryption_order")) == 0
