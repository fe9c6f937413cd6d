"""The shop counter: see the sandbox's shops and move their orders along."""

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from shouyue_sandbox.pages.render import BASE, page
from shouyue_sandbox.shop import staff
from shouyue_sandbox.shop.life import NotNow, Shop

_STEPS = {"pay", "ship", "sign", "succeed", "close", "refund", "comment", "move"}
_NEXT = {
    10: ("pay", "close"),
    30: ("ship", "refund", "move"),
    40: ("sign",),
    50: ("succeed", "refund"),
    70: ("comment",),
}
_WAITING = {10: "agree", 11: "agree", 30: "send"}
"""What can be done here about a refund in such a state."""


class Counter:
    """Places orders and takes their steps, as buyers and sellers would."""

    def __init__(self, shop: Shop) -> None:
        """Act on one shop world."""
        self._shop = shop

    async def show(self, _request: Request) -> Response:
        """GET /: sellers with their newest orders and what can be done."""
        shelf = self._shop.shelf
        orders = sorted(shelf.all("order"), key=lambda order: -int(order["updateTime"]))
        shops = [
            {
                "seller": seller,
                "orders": [o for o in orders if o["sellerId"] == seller["sellerId"]][:6],
                "refunds": [
                    r
                    for r in shelf.all("refund")
                    if r["sellerId"] == seller["sellerId"] and r["status"] in _WAITING
                ],
                "staff": [
                    one for one in shelf.all("staff") if one["sellerId"] == seller["sellerId"]
                ],
            }
            for seller in shelf.all("seller")
        ]
        titles = {item["itemId"]: item["title"] for item in shelf.all("item")}
        return page("counter.html", shops=shops, titles=titles, next_steps=_NEXT, waiting=_WAITING)

    async def state(self, _request: Request) -> Response:
        """GET /state.json: ids for scripts; no buyer's values."""
        shelf = self._shop.shelf
        return JSONResponse(
            {
                "sellers": [
                    {field: s[field] for field in ("sellerId", "shopName", "account")}
                    for s in shelf.all("seller")
                ],
                "items": [
                    {field: i[field] for field in ("itemId", "sellerId")} for i in shelf.all("item")
                ],
                "orders": [
                    {field: o[field] for field in ("oid", "sellerId", "status", "updateTime")}
                    for o in shelf.all("order")
                ],
            }
        )

    async def place(self, request: Request) -> Response:
        """POST /orders: a generated buyer orders from `seller_id`."""
        form = await request.form()
        try:
            order = self._shop.place(int(str(form["seller_id"])))
        except (KeyError, ValueError, NotNow):
            return page("refused.html", status=400)
        return self._done(request, {"oid": order["oid"], "status": order["status"]})

    async def step(self, request: Request) -> Response:
        """POST /orders/{oid}/{step}."""
        step, oid = request.path_params["step"], request.path_params["oid"]
        if step not in _STEPS:
            return page("refused.html", status=404)
        try:
            self._take(step, oid)
        except NotNow:
            return page("refused.html", status=409)
        order = self._shop.shelf.get("order", oid) or {}
        return self._done(request, {"oid": oid, "status": order["status"]})

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
        return self._done(request, {"refundId": refund["refundId"], "status": refund["status"]})

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
        return self._done(request, {"staffId": one["staffId"], "sellerId": one["sellerId"]})

    def _take(self, step: str, oid: int) -> None:
        if step == "ship":
            self._shop.ship(oid, 4, f"SF{oid % 10**12:012d}")
        else:
            steps = {
                "pay": self._shop.pay,
                "sign": self._shop.sign_for,
                "succeed": self._shop.succeed,
                "close": self._shop.close,
                "refund": self._shop.ask_refund,
                "comment": self._shop.comment,
                "move": self._shop.ask_move,
            }
            steps[step](oid)

    def _done(self, request: Request, facts: dict[str, int]) -> Response:
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse(facts)
        return RedirectResponse(f"{BASE}/", 303)
