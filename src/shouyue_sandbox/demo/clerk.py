"""A sub-account of the shop lets the app in after its main account, and is taken away again."""

from typing import Any

from shouyue_sandbox.demo import merchant
from shouyue_sandbox.demo.walk import MERCHANT, Stopped, Walk, wait

ACCOUNT = f"{MERCHANT.replace('shop', 'staff')}_1"
_WHO, _SCOPES = "clerk", ("merchant_user", "merchant_order")
_REVOKED = 24


def authorise(walk: Walk) -> str:
    """No more than the main account gave; the token says who works in the shop."""
    address = merchant.authorize_url(walk, _SCOPES)
    page = merchant.come(walk, _WHO, ACCOUNT, address)
    walk.clerk = merchant.tokens(walk, merchant.grant(walk, _WHO, page))["access_token"]
    found = _call(walk)
    if found.get("result") != 1:
        raise Stopped("open.user.seller.get", 200, str(found.get("error_msg")))
    told: dict[str, Any] = found["data"]
    if told["staffInfo"]["openId"] == told["openId"] or told["openId"] != walk.tokens.open_id:
        raise Stopped("open.user.seller.get", 200, "the open ids are not told apart")
    walk.clerk_id = int(told["staffInfo"]["staffId"])
    return f"子账号 sub-account {walk.clerk_id}"


def leave(walk: Walk) -> str:
    """The main account takes the sub-account away; its grant ends with the operator's word."""
    _step(walk, "remove")
    wait(lambda: _call(walk).get("result") == _REVOKED, "the grant of the sub-account goes on")
    _step(walk, "hire")  # the next walk finds the shop as it was
    return "子账号的令牌已作废 its token is void"


def _step(walk: Walk, step: str) -> None:
    page = walk.of("owner").post(f"/sandbox/staff/{walk.clerk_id}/{step}", {})
    if page.status != 200:  # noqa: PLR2004 - HTTP
        raise Stopped(page.url, page.status, page.text[:200])


def _call(walk: Walk) -> dict[str, Any]:
    client = merchant.client_of(walk)
    found = client.call("open.user.seller.get", {}, walk.clerk)
    client.close()
    return found
