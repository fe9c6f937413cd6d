"""Signed calls, with both signatures; then a sale, and the message that tells of it."""

import base64
import json
import time
from functools import partial
from typing import Any

from shouyue_sandbox.demo import papers
from shouyue_sandbox.demo.merchant import client_of
from shouyue_sandbox.demo.page import Page
from shouyue_sandbox.demo.walk import MERCHANT, Stopped, Walk, wait
from shouyue_sandbox.demo.workshop import ADDED, PAID

_DAY_MS = 86_400_000
_VEILED = ("#", "$", "~")


def list_orders(walk: Walk) -> str:
    """open.order.cursor.list, signed with MD5 and with HMAC_SHA256."""
    state = walk.json("/sandbox/state.json")
    walk.seller = next(s["sellerId"] for s in state["sellers"] if s["account"] == MERCHANT)
    walk.items = [i["itemId"] for i in state["items"] if i["sellerId"] == walk.seller]
    now = time.time_ns() // 1_000_000
    window = {"beginTime": now - 6 * _DAY_MS, "endTime": now + _DAY_MS, "cursor": ""}
    param = {"orderViewStatus": 1, "pageSize": 20, "sort": 1, "queryType": 1, **window}
    orders: list[dict[str, Any]] = []
    for method in ("MD5", "HMAC_SHA256"):
        orders = _call(walk, "open.order.cursor.list", param, method)["orderList"]
    found = [order["orderBaseInfo"] for order in orders]
    # Of one that may not be shipped for now nobody is told where it goes.
    walk.orders = [int(one["oid"]) for one in found if not one["disableDeliveryReasonCode"]]
    return f"MD5, HMAC_SHA256 · {len(orders)} 单 orders"


def read_order(walk: Walk) -> str:
    """open.order.detail: the buyer's name, phone and address arrive as ciphertext and mask."""
    if not walk.orders:
        place_order(walk)
    order = _call(walk, "open.order.detail", {"oid": walk.orders[0]})
    address = order["orderAddress"]
    veiled = str(address["encryptedConsignee"])
    if not veiled.startswith(_VEILED) or "consignee" in address:
        raise Stopped("open.order.detail", 200, "the buyer's name is not veiled")
    return f"{address['desensitiseConsignee']} {address['desensitiseMobile']} · {veiled[:18]}…"


def read_item(walk: Walk) -> str:
    """open.item.get."""
    item = _call(walk, "open.item.get", {"kwaiItemId": walk.items[0]}, "MD5")
    return str(item["title"])


def upload_image(walk: Walk) -> str:
    """open.item.image.upload: multipart, the file is not signed."""
    picture = papers.photo("商品主图 Item", ("示例 sample",), "#eef4ea")
    files = {"imgBytes": ("item.jpg", picture, "image/jpeg")}
    client = client_of(walk)
    param = {"imgUrl": "", "uploadType": 1}
    answer = client.call("open.item.image.upload", param, walk.tokens.access, files=files)
    client.close()
    return str(_data("open.item.image.upload", answer)["kwaiImgUrl"])


def place_order(walk: Walk) -> str:
    """A generated buyer orders and pays in the sandbox shop."""
    placed = walk.of("buyer").post("/sandbox/orders", {"seller_id": str(walk.seller)})
    oid = int(_json(placed)["oid"])
    paid = walk.of("buyer").post(f"/sandbox/orders/{oid}/pay", {})
    walk.orders.insert(0, oid)
    return f"{oid} · 状态 status {_json(paid)['status']}"


def receive_message(walk: Walk) -> str:
    """The message arrives encrypted, and the developer's machine opens it."""
    oid = walk.orders[0]
    for event in (ADDED, PAID):
        wait(partial(walk.receiver.about, oid, event), f"{event} did not arrive")
    body = walk.receiver.bodies[-1]
    if len(base64.b64decode(body)) % 16:
        raise Stopped(walk.receiver.url, 200, "not a whole number of cipher blocks")
    message = walk.receiver.about(oid, PAID) or {}
    return f"{body[:16].decode()}… → {message['event']} {message['info'][:60]}…"


def read_log(walk: Walk) -> str:
    """The developer's push log knows the deliveries, without ids of people."""
    event = str((walk.receiver.about(walk.orders[0], PAID) or {})["eventId"])

    def logged() -> str:
        page = walk.open("developer", f"/apps/{walk.keys.app}/messages/log")
        return next((row for row in page.text.split("<tr>") if event in row and "200" in row), "")

    wait(logged, f"{event} is not in the log")
    return event


def _call(walk: Walk, api: str, param: dict[str, Any], method: str = "HMAC_SHA256") -> Any:
    client = client_of(walk)
    answer = client.call(api, param, walk.tokens.access, method)
    client.close()
    return _data(api, answer)


def _json(page: Page) -> dict[str, Any]:
    if page.status != 200:  # noqa: PLR2004 - HTTP
        raise Stopped(page.url, page.status, page.text[:200])
    found: dict[str, Any] = json.loads(page.text)
    return found


def _data(api: str, answer: dict[str, Any]) -> Any:
    if answer.get("result") != 1:
        raise Stopped(api, 200, f"{answer.get('result')} {answer.get('error_msg')}")
    return answer["data"]
