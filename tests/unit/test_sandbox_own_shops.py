"""An app's own shops in the sandbox: opened for it, closed by it, moved through time by it."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shouyue_sandbox.provider.accounts import Accounts
from shouyue_sandbox.shop import premises, staff, travel
from shouyue_sandbox.shop.answers import answer
from shouyue_sandbox.shop.generate import FIRST_SELLER, world
from shouyue_sandbox.shop.life import CLOSED, DONE, SHIPPED, SIGNED, SUCCESS, NotNow, Shop
from shouyue_sandbox.shop.shelf import Shelf

NOW = 1_795_449_600_000
HOUR = 3_600_000
APP = "ks700000000000000001"


class Market:
    """The sandbox with a clock that stands still, and what it has told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int, int, dict[str, Any]]] = []
        self.shelf = Shelf(":memory:")
        world(self.shelf, 7, NOW)
        staff.hire(self.shelf, 7)
        self.dice = Random(7)  # noqa: S311 - invented shops need no secrecy
        told = self.told
        self.shop = Shop(self.shelf, self.dice, lambda: NOW, lambda *one: told.append(one))

    def opened(self, app: str = APP) -> int:
        return int(premises.open_for(self.shop, self.dice, app)["sellerId"])

    def all_of(self, seller: int, kind: str) -> list[dict[str, Any]]:
        return [one for _, one in self.shelf.of(kind, seller)]

    def order(self, oid: int) -> dict[str, Any]:
        found = self.shelf.get("order", oid)
        assert found is not None
        return found

    def of_everybody(self) -> list[dict[str, Any]]:
        """All documents of the shops that are everybody's."""
        mine = {int(one["sellerId"]) for one in premises.of(self.shop, APP)}
        kinds = ("seller", *premises.THEIRS)
        every = [one for kind in kinds for one in self.shelf.all(kind)]
        return [one for one in every if one.get("sellerId") not in mine]


@pytest.fixture
def market() -> Market:
    return Market()


def quiet(market: Market) -> int:
    """A shop of one's own where nothing is due by itself."""
    seller = market.opened()
    for kind in ("order", "refund"):
        market.shelf.clear(kind, seller)
    return seller


def shipped(market: Market, seller: int) -> int:
    oid = int(market.shop.place(seller)["oid"])
    market.shop.pay(oid)
    market.shop.ship(oid, 4, "SF1")
    return oid


def test_a_shop_of_ones_own_has_all_that_a_shop_has(market: Market) -> None:
    seller = market.opened()
    for kind in ("item", "order", "address", "service", "staff"):
        assert market.all_of(seller, kind)
    assert answer(market.shop, "open.shop.info.get", seller, {})
    account = f"ks_shop_{seller}"
    assert answer(market.shop, "seller.directory.get", 0, {"open_id": account})
    known = Accounts(market.shelf, 7, lambda: NOW).known()
    assert {account, f"ks_staff_{seller}_1"} <= known.keys()


def test_an_app_has_five_shops_at_most_each_with_a_name_of_its_own(market: Market) -> None:
    for _ in range(premises.MOST):
        market.opened()
    with pytest.raises(NotNow):
        market.opened()
    names = [one["shopName"] for one in premises.of(market.shop, APP)]
    assert len(set(names)) == premises.MOST
    market.opened("anotherapp")


@pytest.mark.parametrize("key", ["", "ks 1", "a" * 65, "<b>app</b>"])
def test_a_shop_is_opened_for_the_key_of_an_app_alone(market: Market, key: str) -> None:
    with pytest.raises(NotNow):
        market.opened(key)


def test_a_closed_shop_leaves_nothing_and_its_numbers_are_not_given_again(market: Market) -> None:
    before = market.of_everybody()
    seller = market.opened()
    orders = {one["oid"] for one in market.all_of(seller, "order")}
    premises.close(market.shop, seller)
    assert market.of_everybody() == before
    gone = [one[2] for one in market.told if one[0] == staff.REMOVED]
    assert gone == [seller * 10 + 1, seller * 10 + 2]
    again = market.opened()
    assert again != seller
    assert orders.isdisjoint(one["oid"] for one in market.all_of(again, "order"))


def test_nobody_closes_or_ages_a_shop_of_everybodys(market: Market) -> None:
    before = market.of_everybody()
    for act in (
        lambda: premises.close(market.shop, FIRST_SELLER),
        lambda: travel.pass_time(market.shop, FIRST_SELLER, 24),
        lambda: premises.close(market.shop, 1),
    ):
        with pytest.raises(NotNow):
            act()
    assert market.of_everybody() == before


@pytest.mark.parametrize("hours", [0, -1, travel.MOST_HOURS + 1])
def test_time_passes_forward_and_a_year_at_most(market: Market, hours: int) -> None:
    with pytest.raises(NotNow):
        travel.pass_time(market.shop, market.opened(), hours)


def test_what_is_due_happens_at_its_own_moment_and_is_told(market: Market) -> None:
    seller = quiet(market)
    unpaid, oid = int(market.shop.place(seller)["oid"]), shipped(market, seller)
    market.told.clear()
    assert travel.pass_time(market.shop, seller, 24 * 4) == 2
    left = NOW - 24 * 4 * HOUR
    closed, signed = market.order(unpaid), market.order(oid)
    assert (closed["status"], closed["updateTime"]) == (CLOSED, left + 24 * HOUR)
    assert (signed["status"], signed["recvTime"]) == (SIGNED, left + 72 * HOUR)
    assert signed["createTime"] == left
    assert [(name, number) for name, _, number, _ in market.told] == [
        ("kwaishop_order_orderFail", unpaid),
        ("kwaishop_order_deliverySuccess", oid),
    ]
    assert travel.pass_time(market.shop, seller, 24 * 6) == 1
    done = market.order(oid)
    assert (done["status"], done["recvTime"]) == (SUCCESS, left + 72 * HOUR - 144 * HOUR)


def test_a_refund_that_nobody_answers_is_agreed_to(market: Market) -> None:
    seller = quiet(market)
    oid = int(market.shop.place(seller)["oid"])
    market.shop.pay(oid)
    refund = market.shop.ask_refund(oid)["refundId"]
    assert travel.pass_time(market.shop, seller, 47) == 0
    assert travel.pass_time(market.shop, seller, 1) == 1
    found = market.shelf.get("refund", refund)
    assert found is not None
    assert found["status"] == DONE
    assert market.order(oid)["status"] == CLOSED


def test_what_somebody_must_do_waits_however_long(market: Market) -> None:
    seller = quiet(market)
    oid = int(market.shop.place(seller)["oid"])
    market.shop.pay(oid)
    assert travel.pass_time(market.shop, seller, 24 * 60) == 0
    market.shop.ship(oid, 4, "SF1")
    assert market.order(oid)["status"] == SHIPPED


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 24 * 40), min_size=1, max_size=4))
def test_nothing_comes_from_the_future_and_no_other_shop_ages(spans: list[int]) -> None:
    market = Market()
    seller, before = market.opened(), market.of_everybody()
    for span in spans:
        travel.pass_time(market.shop, seller, span)
    mine = [one for kind in premises.THEIRS for one in market.all_of(seller, kind)]
    assert all(moment <= NOW for one in mine for moment in moments(one))
    assert market.of_everybody() == before
    order = market.all_of(seller, "order")[0]
    assert order["createTime"] <= NOW - sum(spans) * HOUR


def moments(value: Any, name: str = "") -> list[int]:
    if isinstance(value, dict):
        return [one for key, inside in value.items() for one in moments(inside, key)]
    if isinstance(value, list):
        return [one for inside in value for one in moments(inside)]
    return [value] if name.endswith("Time") and isinstance(value, int) else []
