"""What happens in a sandbox shop reaches an app that the merchant let in, each kind of message."""

import json
from datetime import UTC, datetime
from random import Random
from typing import Any

from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.push.types import IncomingEvent
from shouyue_sandbox.shop import generate
from shouyue_sandbox.shop.answers import answer
from shouyue_sandbox.shop.life import Shop
from shouyue_sandbox.shop.shelf import Shelf
from tests.house import MONDAY, House
from tests.merchants import SELLER
from tests.pushing import Stage, stage, subscribe

NOW_MS = int(MONDAY.timestamp() * 1000)


def sandbox() -> tuple[Shop, list[IncomingEvent]]:
    """A shop, and what it tells, as the platform's intake reads it."""
    told: list[IncomingEvent] = []

    def tell(event: str, seller: int, number: int, info: dict[str, Any]) -> None:
        mark = f"{seller}_{number}_{len(told)}"
        at = datetime.fromtimestamp(NOW_MS / 1000, UTC)
        told.append(IncomingEvent(mark, event, seller, number, info, at, ()))

    shelf, dice = Shelf(":memory:"), Random(7)  # noqa: S311 - invented shops need no secrecy
    generate.furnish(shelf, dice, generate.seller_named(dice, SELLER, "青禾茶铺"), NOW_MS)
    return Shop(shelf, dice, lambda: NOW_MS, tell), told


def changed(shop: Shop) -> int:
    """An order whose price, note, address and the buyer's wish for another all change."""
    oid = int(shop.place(SELLER)["oid"])
    shop.reprice(oid)
    shop.pay(oid)
    note = {"orderId": oid, "note": "电话 13800000000 联系", "flag": 1}
    answer(shop, "open.seller.order.note.add", SELLER, note)
    shop.ask_move(oid)
    answer(shop, "open.order.address.audit.approve", SELLER, {"oid": oid})
    return oid


def arrived(house: House, told: list[IncomingEvent]) -> tuple[Stage, list[dict[str, Any]]]:
    scene = stage(house, subscribed=False)
    with house.store.begin() as db:
        subscribe(db, scene.owner, scene.app, *catalogue.events())
    for event in told:
        scene.take(event)
    while scene.worker.run_once():
        pass
    return scene, scene.envelopes()


def test_each_change_of_an_order_arrives_and_names_the_buyer_for_this_app(house: House) -> None:
    shop, told = sandbox()
    oid = changed(shop)
    _, got = arrived(house, told)
    assert sorted(one["event"].removeprefix("kwaishop_order_") for one in got) == [
        "addNote",
        "addOrder",
        "addressChange",
        *["addressUpdateAudit"] * 2,
        "paySuccess",
        "totalFeeChange",
    ]
    assert {one["bizId"] for one in got} == {oid}
    own = shop.shelf.get("order", oid)
    assert own is not None
    infos = {one["event"].removeprefix("kwaishop_order_"): json.loads(one["info"]) for one in got}
    for kind, info in infos.items():
        if kind != "addNote":
            assert info["buyerOpenId"] not in {"", own["buyer"]}, kind
    assert len({info.get("buyerOpenId") for info in infos.values()} - {None}) == 1
    assert infos["addressChange"]["seller_id"] == SELLER
    fee = infos["totalFeeChange"]
    assert fee["totalFee"] < fee["beforeTotalFee"]


def test_no_message_holds_a_note_a_name_or_an_address(house: House) -> None:
    shop, told = sandbox()
    oid = changed(shop)
    own = shop.shelf.get("order", oid)
    assert own is not None
    _, got = arrived(house, told)
    assert "kwaishop_order_addNote" in {one["event"] for one in got}
    said = json.dumps(got, ensure_ascii=False)
    for value in (own["consignee"], own["mobile"], own["place"]["street"], "13800000000"):
        assert value not in said
