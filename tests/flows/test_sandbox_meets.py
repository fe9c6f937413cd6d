"""What an app meets in the sandbox's shops by the real gateway: refusals and permissions."""

from typing import Any

import pytest

from shouyue_sandbox.shop.generate import FIRST_SELLER
from shouyue_sandbox.shop.shelf import Document
from tests.flows.test_buyer_data import DECRYPT, DETAIL, ShopScene
from tests.house import House

SPENT, LOW = FIRST_SELLER + 2, FIRST_SELLER + 3


def opened(scene: ShopScene, order: Document) -> tuple[int, str]:
    """Decrypt the phone of an order: code and refusal."""
    text = scene.veiled(order)["encryptedMobile"]
    [row] = scene.opened(DECRYPT, (text, order["oid"]))["batchDecryptResultList"]
    return int(row["errorCode"]), str(row["errorMsg"]).partition("]")[0]


def ordinary(scene: ShopScene, seller: int) -> list[Document]:
    """Orders to be shipped of which nothing particular is true."""
    for _ in range(2):
        scene.shops.shop.pay(int(scene.shops.shop.place(seller)["oid"]))
    found = scene.shops.orders(seller, 30)
    return [one for one in found if not one.get("wordTime") and not one.get("held")]


def special(scene: ShopScene, seller: int, fact: str) -> Document:
    [found] = [one for one in scene.shops.orders(seller, 30) if one.get(fact)]
    return found


def test_a_quota_is_spent_by_one_order_and_a_buyers_word_costs_none(house: House) -> None:
    scene = ShopScene(house, SPENT)
    first, second, *_ = ordinary(scene, SPENT)
    worded = special(scene, SPENT, "wordTime")
    base = scene.call(DETAIL, {"oid": worded["oid"]})["data"]["orderBaseInfo"]
    assert base["privacyInfoAuthStatus"] == 10
    assert opened(scene, worded) == (1, "SUCCESS")
    assert opened(scene, first) == (1, "SUCCESS")
    assert opened(scene, second) == (1017, "[decryption.quota")
    assert opened(scene, first) == (1, "SUCCESS")
    assert opened(scene, worded) == (1, "SUCCESS")


def test_a_shop_of_level_none_opens_nothing(house: House) -> None:
    scene = ShopScene(house, LOW)
    for order in (ordinary(scene, LOW)[0], special(scene, LOW, "wordTime")):
        assert opened(scene, order) == (22, "[decryption.level")


@pytest.mark.parametrize("seller", [FIRST_SELLER, LOW])
def test_an_order_on_hold_is_empty_for_an_app_and_stays(house: House, seller: int) -> None:
    scene = ShopScene(house, seller)
    held = special(scene, seller, "held")
    whole: Any = scene.call(DETAIL, {"oid": held["oid"]})["data"]
    assert whole["orderBaseInfo"]["disableDeliveryReasonCode"] == [2]
    assert not any(whole["orderAddress"].values())
    parcel = {"orderId": held["oid"], "expressCode": 4, "expressNo": "SF1"}
    refused = scene.call("open.seller.order.goods.deliver", parcel)
    assert (refused["result"], refused["sub_code"]) == (21, "order.on-hold")
    assert "disableDeliveryReasonCode" in refused["sub_msg"]
