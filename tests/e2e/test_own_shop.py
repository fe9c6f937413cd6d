"""An app's own sandbox shop, through real pages and signed calls: opened, let in, moved in time."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from shouyue_sandbox.demo import merchant
from shouyue_sandbox.demo.walk import Walk
from tests.e2e.conftest import Walked

SCOPES = ("merchant_user", "merchant_order", "merchant_item")
DETAIL, DECRYPT = "open.order.detail", "open.order.decrypt.batch"


class OwnShop:
    """A shop that was opened for the walk's app, and the token that its account gave."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        page = walk.of("owner").post("/sandbox/shops", {"app_key": walk.keys.appkey})
        assert page.status == 200, page.text[:200]
        mine = [s for s in self.state()["sellers"] if s["appKey"] == walk.keys.appkey]
        self.seller, account = int(mine[-1]["sellerId"]), str(mine[-1]["account"])
        who, address = f"own {self.seller}", merchant.authorize_url(walk, SCOPES)
        code = merchant.grant(walk, who, merchant.come(walk, who, account, address))
        self.token = str(merchant.tokens(walk, code)["access_token"])

    def state(self) -> dict[str, Any]:
        return self.walk.json("/sandbox/state.json")

    def status(self, oid: int) -> int:
        return next(int(o["status"]) for o in self.state()["orders"] if o["oid"] == oid)

    def act(self, path: str, **values: str) -> None:
        page = self.walk.of("owner").post(f"/sandbox/{path}", values)
        assert page.status == 200, page.text[:200]

    def call(self, api: str, param: dict[str, Any]) -> dict[str, Any]:
        client = merchant.client_of(self.walk)
        found = client.call(api, param, self.token)
        client.close()
        return found

    def opened(self, oid: int) -> tuple[int, str]:
        """Decrypt the phone of an order: code and refusal."""
        address = self.call(DETAIL, {"oid": oid})["data"]["orderAddress"]
        asked = [{"encryptedData": address["encryptedMobile"], "bizId": oid}]
        [row] = self.call(DECRYPT, {"batchDecryptList": asked})["batchDecryptResultList"]
        return int(row["errorCode"]), str(row["errorMsg"]).partition("]")[0]


def test_an_order_of_ones_own_shop_lives_three_weeks_in_a_minute(walked_sqlite: Walked) -> None:
    own = OwnShop(walked_sqlite.walk)
    try:
        own.act("orders", seller_id=str(own.seller))
        oid = max(int(o["oid"]) for o in own.state()["orders"] if o["sellerId"] == own.seller)
        own.act(f"orders/{oid}/pay")
        own.act(f"orders/{oid}/ship")
        own.act(f"shops/{own.seller}/time", hours="72")
        assert own.status(oid) == 50
        own.act(f"shops/{own.seller}/time", hours="168")
        assert own.status(oid) == 70
        assert own.opened(oid) == (1, "SUCCESS")
        own.act(f"shops/{own.seller}/time", hours=str(15 * 24))
        assert own.opened(oid) == (21, "[decryption.window")
    finally:
        own.act(f"shops/{own.seller}/close")
    assert own.call("open.shop.info.get", {})["result"] != 1


def test_scripts_find_the_orders_of_which_something_particular_is_true(
    walked_sqlite: Walked,
) -> None:
    own = OwnShop(walked_sqlite.walk)
    try:
        orders = [one for one in own.state()["orders"] if one["sellerId"] == own.seller]
        [worded] = [one for one in orders if one["privacyInfoAuthStatus"]]
        [held] = [one for one in orders if one["disableDeliveryReasonCode"]]
        for one in (worded, held):
            base = own.call(DETAIL, {"oid": one["oid"]})["data"]["orderBaseInfo"]
            for name in ("privacyInfoAuthStatus", "disableDeliveryReasonCode"):
                assert base[name] == one[name]
    finally:
        own.act(f"shops/{own.seller}/close")


@pytest.mark.browser
@pytest.mark.parametrize(("width", "lang"), [(1280, "zh"), (375, "en")])
def test_a_developer_finds_the_own_shops_from_the_apps_page(
    chromium: Browser, walked_sqlite: Walked, width: int, lang: str
) -> None:
    walk = walked_sqlite.walk
    said: list[str] = []
    page = chromium.new_page(viewport={"width": width, "height": 800})
    try:
        page.on("console", lambda message: said.append(message.text))
        page.context.add_cookies(
            [
                {"name": name, "value": value, "url": walk.base}
                for name, value in walk.of("developer").cookies.items()
            ]
        )
        page.goto(f"{walk.base}/apps/{walk.keys.app}?lang={lang}")
        page.click("a[href^='/sandbox/?app=']")
        page.click("form[action$='/shops'] button")
        page.click("form:has([name=hours][value='24']) button")
        assert page.locator("[role=status]").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.click("form[action$='/close'] button")
        assert page.locator("form[action$='/close']").count() == 0
    finally:
        page.context.close()
    assert said == []
