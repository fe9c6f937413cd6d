"""The shop counter: see the sandbox's shops, open one's own, move orders and time along."""

from collections.abc import Callable
from random import Random
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from shouyue_sandbox.pages import meets
from shouyue_sandbox.pages.render import BASE, page
from shouyue_sandbox.shop import fields, premises, staff, travel
from shouyue_sandbox.shop.life import NotNow, Shop
from shouyue_sandbox.shop.shelf import Document

_STEPS: dict[str, Callable[[Shop, int], object]] = {
    "pay": Shop.pay,
    "ship": lambda shop, oid: shop.ship(oid, 4, f"SF{oid % 10**12:012d}"),
    "sign": Shop.sign_for,
    "succeed": Shop.succeed,
    "close": Shop.close,
    "refund": Shop.ask_refund,
    "comment": Shop.comment,
    "move": Shop.ask_move,
    "reprice": Shop.reprice,
    "hold": Shop.hold,
    "word": Shop.give_word,
}
_NEXT = {
    10: ("pay", "reprice", "close"),
    30: ("ship", "refund", "move", "word", "hold"),
    40: ("sign", "word"),
    50: ("succeed", "refund", "word"),
    70: ("comment",),
}
_WAITING = {10: "agree", 11: "agree", 30: "send"}
"""What can be done here about a refund in such a state."""

_RANKS = (
    ("full", "正常 · as usual"),
    ("spent", "每天 1 单 · one order a day"),
    ("low", "等级 L0 · level 0"),
)

_SHOWN = 6

_HOURS = (1, 24, 72, 15 * 24)
"""Steps through time that the page offers."""


def next_steps(order: Document) -> list[str]:
    """Return the steps that an order can take now; what could only be refused is not offered."""
    over = {"ship": order.get("held"), "word": order.get("wordTime"), "move": order["audit"]}
    return [step for step in _NEXT.get(int(order["status"]), ()) if not over.get(step)]


class Counter:
    """Places orders and takes their steps, as buyers and sellers would."""

    def __init__(self, shop: Shop, dice: Random) -> None:
        """Act on one shop world; `dice` furnish new shops."""
        self._shop = shop
        self._dice = dice

    async def show(self, request: Request) -> Response:
        """GET /?app=: an app's own shops, or everybody's, with their newest orders."""
        app, happened = request.query_params.get("app", ""), request.query_params.get("happened")
        shelf = self._shop.shelf
        shops = premises.of(self._shop, app)
        orders = [one for s in shops for _, one in shelf.of("order", int(s["sellerId"]))]
        return page(
            "counter.html",
            met=meets.of(shops, orders),
            app=app,
            most=premises.MOST,
            hours=_HOURS,
            happened=happened if happened and happened.isdecimal() else None,
            shops=[self._shown(seller) for seller in shops],
            titles={item["itemId"]: item["title"] for item in shelf.all("item")},
            next_steps=next_steps,
            waiting=_WAITING,
            ranks=_RANKS,
        )

    def _shown(self, seller: Document) -> Document:
        of = {
            kind: [one for _, one in self._shop.shelf.of(kind, int(seller["sellerId"]))]
            for kind in ("order", "refund", "staff")
        }
        newest = sorted(of["order"], key=lambda order: -int(order["updateTime"]))
        waiting = [refund for refund in of["refund"] if refund["status"] in _WAITING]
        special = [one for one in newest[_SHOWN:] if one.get("held") or one.get("wordTime")]
        orders = newest[:_SHOWN] + special[:_SHOWN]
        return {"seller": seller, "orders": orders, "refunds": waiting, "staff": of["staff"]}

    async def state(self, _request: Request) -> Response:
        """GET /state.json: ids for scripts; no buyer's values."""
        shelf = self._shop.shelf
        return JSONResponse(
            {
                "sellers": [
                    {
                        field: s.get(field, "")
                        for field in ("sellerId", "shopName", "account", "appKey")
                    }
                    for s in shelf.all("seller")
                ],
                "items": [
                    {field: i[field] for field in ("itemId", "sellerId")} for i in shelf.all("item")
                ],
                "orders": [
                    {field: o[field] for field in ("oid", "sellerId", "status", "updateTime")}
                    | {"privacyInfoAuthStatus": fields.word(o)}
                    | {"disableDeliveryReasonCode": o.get("held", [])}
                    for o in shelf.all("order")
                ],
            }
        )

    async def open(self, request: Request) -> Response:
        """POST /shops: a furnished shop for the app with `app_key`, which no other app may have."""
        form = await request.form()
        try:
            seller = premises.open_for(self._shop, self._dice, str(form.get("app_key", "")))
        except NotNow:
            return page("refused.html", status=400)
        return self._done(request, {name: seller[name] for name in ("sellerId", "account")}, seller)

    async def shut(self, request: Request) -> Response:
        """POST /shops/{seller_id}/close: an app's own shop is cleared away."""
        try:
            seller = premises.close(self._shop, request.path_params["seller_id"])
        except NotNow:
            return page("refused.html", status=409)
        return self._done(request, {"sellerId": seller["sellerId"]}, seller)

    async def rank(self, request: Request) -> Response:
        """POST /shops/{seller_id}/rank: what an own shop may open of buyers, and how much a day."""
        form = await request.form()
        try:
            seller = premises.rank(self._shop, request.path_params["seller_id"], str(form["rank"]))
        except (KeyError, NotNow):
            return page("refused.html", status=400)
        return self._done(request, {name: seller[name] for name in ("level", "quota")}, seller)

    async def pass_time(self, request: Request) -> Response:
        """POST /shops/{seller_id}/time: `hours` pass in an app's own shop."""
        seller_id, form = request.path_params["seller_id"], await request.form()
        try:
            happened = travel.pass_time(self._shop, seller_id, int(str(form.get("hours", ""))))
            seller = premises.own(self._shop, seller_id)
        except (ValueError, NotNow):
            return page("refused.html", status=400)
        return self._done(request, {"happened": happened}, seller, happened=str(happened))

    async def place(self, request: Request) -> Response:
        """POST /orders: a generated buyer orders from `seller_id`."""
        form = await request.form()
        try:
            order = self._shop.place(int(str(form["seller_id"])))
        except (KeyError, ValueError, NotNow):
            return page("refused.html", status=400)
        facts = {"oid": order["oid"], "status": order["status"]}
        return self._done(request, facts, self._owner(order))

    async def step(self, request: Request) -> Response:
        """POST /orders/{oid}/{step}."""
        step, oid = request.path_params["step"], request.path_params["oid"]
        if step not in _STEPS:
            return page("refused.html", status=404)
        try:
            _STEPS[step](self._shop, oid)
        except NotNow:
            return page("refused.html", status=409)
        order = self._shop.shelf.get("order", oid) or {}
        return self._done(request, {"oid": oid, "status": order["status"]}, self._owner(order))

    async def refund(self, request: Request) -> Response:
        """POST /refunds/{refund_id}/{step}: the seller agrees, or the buyer sends it back."""
        steps = {"agree": self._shop.refund, "send": self._shop.send_back}
        step = steps.get(request.path_params["step"])
        if step is None:
            return page("refused.html", status=404)
        try:
            refund = step(request.path_params["refund_id"])
        except NotNow:
            return page("refused.html", status=409)
        facts = {"refundId": refund["refundId"], "status": refund["status"]}
        return self._done(request, facts, self._owner(refund))

    async def staff(self, request: Request) -> Response:
        """POST /staff/{staff_id}/{step}: the main account removes somebody, or takes them back."""
        steps = {"remove": staff.remove, "hire": staff.hire_again}
        step = steps.get(request.path_params["step"])
        if step is None:
            return page("refused.html", status=404)
        try:
            one = step(self._shop, request.path_params["staff_id"])
        except NotNow:
            return page("refused.html", status=409)
        facts = {"staffId": one["staffId"], "sellerId": one["sellerId"]}
        return self._done(request, facts, self._owner(one))

    def _owner(self, document: Document) -> Document:
        return self._shop.shelf.get("seller", int(document["sellerId"])) or {}

    def _done(self, request: Request, facts: Document, seller: Document, **more: str) -> Response:
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse(facts)
        asked = {"app": seller["appKey"]} if seller.get("appKey") else {}
        query = urlencode(asked | more)
        return RedirectResponse(f"{BASE}/?{query}" if query else f"{BASE}/", 303)
