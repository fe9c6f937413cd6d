"""Buyers' data through the real gateway, before a generated shop: what an app gets, and when."""

import json
import logging
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from shouyue.doors.gateway.service import Gateway
from shouyue.doors.upstreams.service import Upstream
from shouyue.doors.wire.types import Pieces
from shouyue.ground.store.columns import Table
from shouyue.platform.decryption import service as decryption
from shouyue.platform.oauth import service as oauth
from shouyue.privacy.sharing import service as sharing
from shouyue_sandbox.shop import answers, generate
from shouyue_sandbox.shop.life import Shop
from shouyue_sandbox.shop.shelf import Document, Shelf
from tests.callers import SECRET, FakeUpstream, Scene
from tests.house import House
from tests.merchants import authorise, exchange, make_merchant

DETAIL = "open.order.detail"
DECRYPT = "open.order.decrypt.batch"
DESENSITISE = "open.order.desensitise.batch"
ENCRYPT = "open.order.encrypt.batch"
INDEX = "open.order.search.index.batch"
SELLER, OTHER = generate.FIRST_SELLER, generate.FIRST_SELLER + 1


class ShopUpstream(FakeUpstream):
    """The sandbox's shops behind the gateway's wire; what it told is kept by route."""

    def __init__(self, house: House) -> None:
        super().__init__()
        shelf = Shelf(":memory:")
        generate.world(shelf, 7, self._now(house))
        self.shop = Shop(shelf, Random(7), lambda: self._now(house), lambda *_: None)  # noqa: S311
        self.told: list[tuple[str, Any]] = []
        self.silent = False

    async def post(
        self, path: bytes, headers: bytes, body: bytes | Pieces, seconds: float, *, again: bool
    ) -> tuple[int, bytes]:
        """Answer from the shop."""
        assert isinstance(body, bytes)
        route, call = path.decode().removeprefix("/api/"), json.loads(body)
        self.whole = {"result": 1, "data": {"orders": "none"}}
        if not self.silent or route != "order.standing.get":
            self.whole = self._answer(route, call)
        return await super().post(path, headers, body, seconds, again=again)

    def _answer(self, route: str, call: dict[str, Any]) -> dict[str, Any]:
        try:
            data = answers.answer(self.shop, route, call["seller_id"], call["param"])
        except answers.Refused as no:
            return {"result": no.result, "sub_code": no.sub_code, "sub_msg": no.sub_msg}
        self.told.append((route, data))
        return {"result": 1, "data": data}

    def orders(self, seller: int, *statuses: int) -> list[Document]:
        """The orders of a shop in these states."""
        found = self.shop.shelf.all("order")
        return [one for one in found if one["sellerId"] == seller and one["status"] in statuses]

    @staticmethod
    def _now(house: House) -> int:
        return int(house.clock().timestamp() * 1000)


class ShopScene(Scene):
    """A merchant of the generated shops has authorised the app."""

    def __init__(self, house: House, seller: int = SELLER) -> None:
        super().__init__(house)
        self.shops = ShopUpstream(house)
        self.gateway = Gateway(house.store, Upstream(self.shops, SECRET, house.clock))
        with house.store.begin() as db:
            merchant = make_merchant(db, seller)
            self.tokens = exchange(db, self.app, authorise(db, merchant, self.app))

    def veiled(self, order: Document) -> Document:
        """The address of an order as the app reads it."""
        found: Document = self.call(DETAIL, {"oid": order["oid"]})["data"]["orderAddress"]
        return found

    def opened(self, api: str, *items: tuple[str, int]) -> dict[str, Any]:
        """Send ciphertexts with the orders they are said to be of."""
        asked = {DECRYPT: "batchDecryptList", DESENSITISE: "batchDesensitiseList"}[api]
        param = [{"encryptedData": text, "bizId": oid} for text, oid in items]
        return self.call(api, {asked: param})


@pytest.fixture
def scene(house: House) -> ShopScene:
    return ShopScene(house)


def paid(scene: ShopScene) -> Document:
    return scene.shops.orders(SELLER, 30)[0]


@pytest.mark.clause("4.1")
def test_an_app_decrypts_one_field_of_one_order_and_its_release_is_written(
    scene: ShopScene,
) -> None:
    order = paid(scene)
    address = scene.veiled(order)
    assert order["mobile"] not in json.dumps(address)
    found = scene.opened(DECRYPT, (address["encryptedMobile"], order["oid"]))
    [item] = found.pop("batchDecryptResultList")
    assert item == {
        "decryptedData": order["mobile"],
        "encryptedData": address["encryptedMobile"],
        "bizId": order["oid"],
        "errorCode": 1,
        "errorMsg": "SUCCESS",
    }
    assert (found["result"], found["msg"]) == (1, "success")
    assert "data" not in found
    with scene.house.store.read() as db:
        releases = sharing.releases_of_ref(db, sharing.buyer_ref(db.keys, order["buyer"]))
    assert [one.via for one in releases] == [DECRYPT, DETAIL]
    assert releases[0].request == found["requestId"]


@pytest.mark.clause("5.1.2")
def test_the_operator_tells_of_orders_without_a_name_phone_or_address(scene: ShopScene) -> None:
    order = paid(scene)
    scene.opened(DECRYPT, (scene.veiled(order)["encryptedMobile"], order["oid"]))
    route, told = scene.shops.told[-1]
    assert route == "order.standing.get"
    text = json.dumps(told, ensure_ascii=False)
    for plain in (order["mobile"], order["consignee"], order["place"]["street"]):
        assert plain not in text


def test_each_item_fails_for_itself(scene: ShopScene) -> None:
    order, closed = paid(scene), scene.shops.orders(OTHER, 30)[0]
    text = scene.veiled(order)["encryptedConsignee"]
    found = scene.opened(
        DECRYPT, (text, order["oid"]), (text, closed["oid"]), ("#x#y#1##", order["oid"]), (text, 0)
    )
    assert found["result"] == 1
    rows = found["batchDecryptResultList"]
    assert [row["errorCode"] for row in rows] == [1, 21, 13, 13]
    assert [row["decryptedData"] for row in rows] == [order["consignee"], "", "", ""]
    codes = [row["errorMsg"].partition("]")[0] for row in rows[1:]]
    assert codes == ["[decryption.order", "[decryption.cipher", "[decryption.item"]


def test_a_refused_item_counts_nothing_and_releases_nothing(scene: ShopScene) -> None:
    foreign = scene.shops.orders(OTHER, 30)[0]
    text = scene.veiled(paid(scene))["encryptedMobile"]
    scene.opened(DECRYPT, (text, foreign["oid"]))
    with scene.house.store.read() as db:
        assert sharing.releases_of_ref(db, sharing.buyer_ref(db.keys, foreign["buyer"])) == []


def test_a_field_may_be_searched_masked_and_made_without_decrypting(scene: ShopScene) -> None:
    order = paid(scene)
    address = scene.veiled(order)
    asked = {"indexParamList": [{"plainText": order["mobile"], "type": 3}]}
    [item] = scene.call(INDEX, asked)["indexResultList"]
    assert item["plainText"] == order["mobile"]
    assert address["encryptedMobile"].split("$")[1] == item["searchIndex"]

    found = scene.opened(DESENSITISE, (address["encryptedMobile"], order["oid"]))
    [masked] = found["batchDesensitiseResultList"]
    assert masked["desensitisedData"] == address["desensitiseMobile"]

    value = {"decryptedData": "19900000001", "bizId": str(order["oid"]), "type": 3}
    [made] = scene.call(ENCRYPT, {"batchEncryptList": [value]})["batchEncryptResultList"]
    found = scene.opened(DECRYPT, (made["encryptedData"], order["oid"]))
    assert found["batchDecryptResultList"][0]["decryptedData"] == "19900000001"


def test_an_order_that_ended_long_ago_stays_closed(scene: ShopScene) -> None:
    order = scene.shops.orders(SELLER, 70)[0]
    text = scene.veiled(order)["encryptedMobile"]
    order |= {"updateTime": 1}
    scene.shops.shop.shelf.put("order", order["oid"], order)
    [row] = scene.opened(DECRYPT, (text, order["oid"]))["batchDecryptResultList"]
    assert (row["errorCode"], row["errorMsg"].partition("]")[0]) == (21, "[decryption.window")


def test_a_refund_that_runs_is_free(scene: ShopScene) -> None:
    shelf = scene.shops.shop.shelf
    shelf.put("seller", SELLER, (shelf.get("seller", SELLER) or {}) | {"quota": 0})
    order = paid(scene)
    text = scene.veiled(order)["encryptedMobile"]
    [row] = scene.opened(DECRYPT, (text, order["oid"]))["batchDecryptResultList"]
    assert (row["errorCode"], row["decryptedData"]) == (1017, "")
    scene.shops.shop.ask_refund(order["oid"])
    [row] = scene.opened(DECRYPT, (text, order["oid"]))["batchDecryptResultList"]
    assert row["decryptedData"] == order["mobile"]


def test_what_the_operator_cannot_tell_is_not_opened(scene: ShopScene) -> None:
    order = paid(scene)
    text = scene.veiled(order)["encryptedMobile"]
    scene.shops.silent = True
    found = scene.opened(DECRYPT, (text, order["oid"]))
    assert (found["result"], found["sub_code"]) == (11, "decryption.orders-silent")
    assert "batchDecryptResultList" not in found


def test_after_the_merchant_takes_the_grant_back_nothing_is_opened(scene: ShopScene) -> None:
    order = paid(scene)
    text = scene.veiled(order)["encryptedMobile"]
    with scene.house.store.begin() as db:
        sharing.end_case(db, oauth.look_up(db, scene.tokens.access).grant)
    found = scene.opened(DECRYPT, (text, order["oid"]))
    assert (found["result"], found["sub_code"]) == (24, "sharing.no-provision")
    assert order["mobile"] not in json.dumps(found)


@pytest.mark.parametrize(
    "items", [[], "x", [1], [{}] * 101, None], ids=["none", "text", "number", "many", "absent"]
)
def test_a_batch_holds_one_to_a_hundred_objects(scene: ShopScene, items: Any) -> None:
    found = scene.call(DECRYPT, {"batchDecryptList": items} if items is not None else {})
    assert found["result"] == (12 if items is None else 13)


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"encryptedData": 1, "bizId": "1"},
        {"encryptedData": "x" * 4001, "bizId": "1"},
        {"encryptedData": "x", "bizId": "01"},
        {"encryptedData": "x", "bizId": True},
        {"encryptedData": "x", "bizId": 2**63},
        {"encryptedData": "x", "bizId": -1},
        {"encryptedData": "x", "bizId": ["1"]},
        {"encryptedData": "x", "bizId": "１２"},
    ],
)
def test_a_malformed_item_is_told_so_and_asks_nobody(scene: ShopScene, item: Any) -> None:
    found = scene.call(DECRYPT, {"batchDecryptList": [item]})
    assert [row["errorCode"] for row in found["batchDecryptResultList"]] == [13]
    assert scene.shops.told == []


def test_half_a_character_makes_the_whole_call_malformed(scene: ShopScene) -> None:
    item = {"encryptedData": "x\ud800", "bizId": "1"}
    assert scene.call(DECRYPT, {"batchDecryptList": [item]})["result"] == 13
    assert scene.shops.told == []


@pytest.mark.parametrize("kind", [0, 4, "1 ", None, True, 1.0])
def test_a_kind_that_there_is_not_is_told_so(scene: ShopScene, kind: Any) -> None:
    found = scene.call(INDEX, {"indexParamList": [{"plainText": "x", "type": kind}]})
    assert [row["errorCode"] for row in found["indexResultList"]] == [13]


def passed_on(scene: ShopScene) -> dict[str, Any]:
    """The parameters that the operator's system was asked with last."""
    param: dict[str, Any] = json.loads(scene.shops.asked[-1][2])["param"]
    return param


def sent(scene: ShopScene, mobile: str) -> dict[str, Any]:
    """Text a buyer."""
    return scene.call("open.sms.send", {"signId": 1, "templateId": 7, "mobile": mobile})


@pytest.mark.clause("5.1.2")
def test_a_text_message_takes_the_ciphertext_and_costs_no_quota(scene: ShopScene) -> None:
    order = paid(scene)
    found = sent(scene, scene.veiled(order)["encryptedMobile"])
    assert (found["result"], len(scene.shops.shop.shelf.all("message"))) == (1, 1)
    assert order["mobile"] not in json.dumps(found)
    assert passed_on(scene)["mobile"] == order["mobile"]
    with scene.house.store.read() as db:
        assert decryption.uses(db, scene.app.app_id) == []


def test_a_plain_number_that_the_app_knows_is_passed_as_it_is(scene: ShopScene) -> None:
    assert sent(scene, "19900000001")["result"] == 1
    assert passed_on(scene)["mobile"] == "19900000001"


def test_a_ciphertext_of_another_shop_is_not_passed_on(scene: ShopScene) -> None:
    mine, order = scene.tokens, scene.shops.orders(OTHER, 30)[0]
    with scene.house.store.begin() as db:
        merchant = make_merchant(db, OTHER)
        scene.tokens = exchange(db, scene.app, authorise(db, merchant, scene.app))
    text = scene.veiled(order)["encryptedMobile"]
    scene.tokens = mine
    found = sent(scene, text)
    assert (found["result"], found["sub_code"]) == (13, "decryption.cipher")
    assert scene.shops.shop.shelf.all("message") == []


def parcel(receiver: Any, order: int = 1) -> dict[str, Any]:
    """What a waybill is asked for with."""
    place = {"provinceName": "浙江", "cityName": "杭州", "detailAddress": "仓库路1号"}
    sender = {"contract": {"name": "仓库", "mobile": "19900000001"}, "address": place}
    to = {"receiverContract": receiver, "senderContract": sender}
    return {"requestId": "r-1", "orderId": order, "expressCompanyCode": "SF", **to}


def test_a_waybill_takes_the_ciphertexts_of_a_parcel(scene: ShopScene) -> None:
    order = paid(scene)
    veiled = scene.veiled(order)
    receiver = {
        "contract": {"name": veiled["encryptedConsignee"], "mobile": veiled["encryptedMobile"]},
        "address": {
            "provinceName": veiled["encryptedConsignee"][:50],
            "cityName": "杭州",
            "detailAddress": veiled["encryptedAddress"],
        },
    }
    asked = parcel(receiver, order["oid"])
    found = scene.call("open.express.ebill.get", {"getEbillOrderRequest": [asked]})
    assert [one["baseResponse"]["result"] for one in found["data"]] == [1]
    to = passed_on(scene)["getEbillOrderRequest"][0]["receiverContract"]
    assert to["contract"] == {"name": order["consignee"], "mobile": order["mobile"]}
    assert to["address"]["detailAddress"] == order["place"]["street"]
    told = json.dumps(found, ensure_ascii=False)
    for plain in (order["consignee"], order["mobile"], order["place"]["street"]):
        assert plain not in told
    # Only the named parameters are opened.
    assert to["address"]["provinceName"] == receiver["address"]["provinceName"]


@pytest.mark.clause("5.1.2")
def test_what_was_opened_on_the_way_does_not_come_back_in_words_of_the_operator(
    scene: ShopScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = paid(scene)
    veiled = scene.veiled(order)

    answered = scene.shops._answer

    def no(route: str, call: dict[str, Any]) -> dict[str, Any]:
        if route == "order.standing.get":
            return answered(route, call)
        said = f"号码{call['param']['mobile']}已停机"
        return {"result": 300001, "sub_code": call["param"]["mobile"], "sub_msg": said}

    def yes(route: str, call: dict[str, Any]) -> dict[str, Any]:
        if route == "order.standing.get":
            return answered(route, call)
        to = call["param"]["getEbillOrderRequest"][0]["receiverContract"]["contract"]
        said = {
            "result": 2,
            "success": False,
            "message": f"{to['name']} +86{to['mobile']} 不在服务区",
        }
        return {"result": 1, "data": [{"requestId": "r-1", "baseResponse": said, "data": []}]}

    monkeypatch.setattr(scene.shops, "_answer", no)
    refused = sent(scene, veiled["encryptedMobile"])
    assert refused["result"] == 300001
    assert f"号码{order['mobile'][:3]}****{order['mobile'][-4:]}已停机" in refused["sub_msg"]
    monkeypatch.setattr(scene.shops, "_answer", yes)
    contract = {"name": veiled["encryptedConsignee"], "mobile": veiled["encryptedMobile"]}
    place = {"provinceName": "浙江", "cityName": "杭州", "detailAddress": "滨江"}
    asked = parcel({"contract": contract, "address": place}, order["oid"])
    told = scene.call("open.express.ebill.get", {"getEbillOrderRequest": [asked]})
    assert "不在服务区" in told["data"][0]["baseResponse"]["message"]
    for plain in (order["consignee"], order["mobile"]):
        assert plain not in json.dumps([refused, told], ensure_ascii=False)
    assert order["mobile"] not in repr(scene.logged())


@pytest.mark.parametrize("odd", [None, 7, [], [["x"]], {"contract": []}, {"contract": {"a": "b"}}])
def test_an_odd_parcel_is_refused_before_anybody_is_asked(scene: ShopScene, odd: Any) -> None:
    found = scene.call("open.express.ebill.get", {"getEbillOrderRequest": [parcel(odd)]})
    assert found["result"] in {12, 13}
    assert scene.shops.asked == []


@pytest.mark.clause("5.1.2")
def test_no_buyer_is_left_in_tables_jobs_or_logs(
    scene: ShopScene, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    order = paid(scene)
    address = scene.veiled(order)
    fields = ("encryptedConsignee", "encryptedMobile", "encryptedAddress")
    with capture_logs() as lines:
        found = scene.opened(DECRYPT, *((address[name], order["oid"]) for name in fields))
        scene.opened(DECRYPT, ("13812345678", order["oid"]))
    plain = [row["decryptedData"] for row in found["batchDecryptResultList"]]
    assert plain == [order["consignee"], order["mobile"], order["place"]["street"]]
    assert any(line.api == DECRYPT for line in scene.logged())
    with scene.house.store.read() as db:
        rows = [
            repr(tuple(row))
            for table in Table.metadata.sorted_tables
            for row in db.execute(sa.select(table))
        ]
    for canary in (*plain, order["buyer"], str(order["oid"])):
        assert canary not in caplog.text + repr(lines)
        assert not [row for row in rows if canary in row]
