"""What a buyer's field is opened for, how often, and what is left of it."""

import json
import logging
from datetime import timedelta
from typing import Any
from unicodedata import normalize

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from shouyue.ground.kit.errors import Refusal
from shouyue.ground.store.columns import Table
from shouyue.ground.store.session import Session
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.decryption import jobs, rules, service, standing
from shouyue.platform.decryption.errors import (
    CipherUnknown,
    IndexSpent,
    LevelTooLow,
    OrdersSilent,
    OrderUnknown,
    QuotaSpent,
    RateExceeded,
    WindowOver,
)
from shouyue.platform.decryption.types import Caller, Cipher, Kind, Order, Told, Value
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing import veils
from shouyue.privacy.sharing.errors import NoProvision
from tests.house import House
from tests.rooms.test_sharing import provide

NAME, PHONE, STREET = "欧阳明月", "13812345678", "文一西路969号3幢"
SELLER, OTHER_SELLER = 100001, 100002
VIA = "open.order.decrypt.batch"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


def caller(db: Session, app: str = "A", seller: int = SELLER) -> Caller:
    provision = provide(db, None, until=db.clock() + timedelta(days=90))
    return Caller(app, seller, provision, VIA, f"request-{app}")


def told(count: int = 1, *, quota: int = 100, shipped: int = 10_000, **order: Any) -> Told:
    """A shop with the orders `1`…`count`, all alike but for their buyers."""
    orders = {
        str(n): Order(**{"buyer": f"b{n}", "status": 30, **order}) for n in range(1, count + 1)
    }
    return Told(level=3, quota=quota, shipped=shipped, orders=orders)


def cipher(db: Session, who: Caller, order: str = "1", plain: str = PHONE) -> Cipher:
    return Cipher(veils.veil(db, "phone", plain, order=order, scope=who.scope).cipher, order)


def batch(db: Session, who: Caller, *orders: int) -> list[Cipher]:
    return [cipher(db, who, str(order)) for order in orders]


def kinds(outcomes: list[str | Refusal]) -> list[object]:
    return [type(one) if isinstance(one, Refusal) else one for one in outcomes]


def alarms(db: Session) -> list[tuple[str, str, str]]:
    rows = db.execute(sa.text("SELECT args FROM job WHERE name = 'alarm.raised' ORDER BY id"))
    found = []
    for (args,) in rows:
        said = args if isinstance(args, dict) else json.loads(args)
        found.append((said["kind"], said["where"], said["about"]))
    return found


@pytest.mark.clause("4.1")
def test_a_field_opens_for_its_shop_app_and_order_and_the_release_stands_beside_it(
    db: Session,
) -> None:
    who = caller(db)
    found = service.decrypt(db, who, batch(db, who, 1), told())
    assert found == [PHONE]
    [release] = sharing.releases_of_ref(db, sharing.buyer_ref(db.keys, "b1"))
    assert (release.via, release.request, release.provision) == (VIA, who.request, who.provision)


@pytest.mark.parametrize("stranger", [("A", OTHER_SELLER), ("B", SELLER)])
def test_a_field_opens_for_no_other_shop_or_app(db: Session, stranger: tuple[str, int]) -> None:
    mine, other = caller(db), caller(db, *stranger)
    found = service.decrypt(db, other, batch(db, mine, 1), told())
    assert kinds(found) == [CipherUnknown]
    assert service.uses(db, other.app) == []
    assert sharing.releases_of_ref(db, sharing.buyer_ref(db.keys, "b1")) == []


def test_a_field_opens_under_no_other_order(db: Session) -> None:
    who = caller(db)
    moved = Cipher(cipher(db, who, "1").text, "2")
    assert kinds(service.decrypt(db, who, [moved], told(2))) == [CipherUnknown]


def test_an_order_that_is_not_the_shops_stays_closed_in_every_verb(db: Session) -> None:
    who, nothing = caller(db), told(0)
    sealed, value = batch(db, who, 1), [Value(PHONE, Kind.PHONE, "1")]
    assert kinds(service.decrypt(db, who, sealed, nothing)) == [OrderUnknown]
    assert kinds(service.desensitise(db, who, sealed, nothing)) == [OrderUnknown]
    assert kinds(service.encrypt(db, who, value, nothing)) == [OrderUnknown]


def test_one_bad_item_leaves_the_others_alone(db: Session) -> None:
    who = caller(db)
    items = [Cipher("13812345678", "1"), cipher(db, who, "2"), cipher(db, who, "9")]
    assert kinds(service.decrypt(db, who, items, told(2))) == [CipherUnknown, PHONE, OrderUnknown]


def test_without_a_provision_nothing_is_opened_or_counted(house: House) -> None:
    with house.store.begin() as db:
        who = caller(db)
        sharing.end_case(db, "CASE1")
        sealed = batch(db, who, 1)
    with pytest.raises(NoProvision), house.store.begin() as db:
        service.decrypt(db, who, sealed, told())
    with house.store.read() as db:
        assert service.uses(db, "A") == []


@pytest.mark.parametrize("status", [70, 80])
def test_an_ended_order_may_be_opened_for_fourteen_days(
    house: House, db: Session, status: int
) -> None:
    who, ended = caller(db), house.clock()
    house.clock.forward(days=14)
    assert service.decrypt(db, who, batch(db, who, 1), told(status=status, ended=ended)) == [PHONE]
    house.clock.forward(seconds=1)
    found = service.decrypt(db, who, batch(db, who, 1), told(status=status, ended=ended))
    assert kinds(found) == [WindowOver]


def test_a_shop_of_the_lowest_level_decrypts_nothing_but_sees_masks(db: Session) -> None:
    who = caller(db)
    low = Told(0, 100, 10_000, told().orders)
    assert kinds(service.decrypt(db, who, batch(db, who, 1), low)) == [LevelTooLow]
    assert service.desensitise(db, who, batch(db, who, 1), low) == ["138****5678"]


@pytest.mark.clause("5.1.2")
def test_the_quota_is_the_shops_and_one_order_counts_once(db: Session) -> None:
    who, other = caller(db), caller(db, "B")
    shop = told(5, quota=3)
    assert service.decrypt(db, who, batch(db, who, 1, 1, 2), shop) == [PHONE] * 3
    assert service.decrypt(db, who, batch(db, who, 2), shop) == [PHONE]
    found = service.decrypt(db, other, batch(db, other, 2, 3, 4), shop)
    assert kinds(found) == [PHONE, PHONE, QuotaSpent]
    assert service.decrypt(db, who, batch(db, who, 3), shop) == [PHONE]
    assert [(one.used, one.quota, one.opened) for one in service.uses(db, "A")] == [(3, 3, 3)]
    assert [(one.used, one.quota, one.opened) for one in service.uses(db, "B")] == [(3, 3, 2)]


def test_the_quota_starts_anew_at_midnight_in_beijing_and_grows_when_the_operator_says(
    house: House, db: Session
) -> None:
    who = caller(db)
    assert kinds(service.decrypt(db, who, batch(db, who, 1, 2), told(2, quota=1))) == [
        PHONE,
        QuotaSpent,
    ]
    assert service.decrypt(db, who, batch(db, who, 2), told(2, quota=2)) == [PHONE]
    house.clock.forward(hours=14)  # ten in the morning and fourteen more
    assert service.decrypt(db, who, batch(db, who, 3), told(3, quota=1)) == [PHONE]


@pytest.mark.parametrize(
    ("free", "order"),
    [
        (True, {"refunding": True, "status": 70}),
        (True, {"authorised": True, "status": 30}),
        (True, {"authorised": True, "status": 40}),
        (False, {"authorised": True, "status": 50}),
        (False, {"status": 30}),
    ],
)
def test_a_running_refund_and_the_buyers_own_word_cost_nothing(
    db: Session, *, free: bool, order: dict[str, Any]
) -> None:
    who = caller(db)
    found = service.decrypt(db, who, batch(db, who, 1), told(quota=0, **order))
    assert kinds(found) == [PHONE if free else QuotaSpent]
    assert len(sharing.releases_of_ref(db, sharing.buyer_ref(db.keys, "b1"))) == int(free)


def test_an_app_opens_five_of_a_hundred_shipped_orders_and_no_more(
    house: House, db: Session
) -> None:
    who, other = caller(db), caller(db, "B")
    shop = told(31, shipped=600)
    found = service.decrypt(db, who, batch(db, who, *range(1, 32)), shop)
    assert kinds(found) == [PHONE] * 30 + [RateExceeded]
    assert ("decryption.rate", str(SELLER), "A") in alarms(db)
    assert service.decrypt(db, who, batch(db, who, 30), shop) == [PHONE]
    assert service.decrypt(db, other, batch(db, other, 31), shop) == [PHONE]
    house.clock.forward(days=29)
    assert kinds(service.decrypt(db, who, batch(db, who, 31), shop)) == [RateExceeded]
    house.clock.forward(days=1)
    assert service.decrypt(db, who, batch(db, who, 31), shop) == [PHONE]


def test_a_small_shop_may_have_twenty_orders_opened_whatever_the_share(db: Session) -> None:
    who = caller(db)
    found = service.decrypt(db, who, batch(db, who, *range(1, 22)), told(21, shipped=3))
    assert kinds(found) == [PHONE] * 20 + [RateExceeded]


def test_staff_hear_once_when_nine_tenths_are_used(db: Session) -> None:
    who, shop = caller(db), told(10, quota=10)
    service.decrypt(db, who, batch(db, who, *range(1, 9)), shop)
    assert alarms(db) == []
    service.decrypt(db, who, batch(db, who, 9), shop)
    service.decrypt(db, who, batch(db, who, 10), shop)
    assert alarms(db) == [("decryption.quota-near", str(SELLER), "A")]


def test_masks_cost_nothing_and_are_recorded(db: Session) -> None:
    who = caller(db)
    assert service.desensitise(db, who, batch(db, who, 1), told(quota=0)) == ["138****5678"]
    assert len(sharing.releases_of_ref(db, sharing.buyer_ref(db.keys, "b1"))) == 1
    assert service.uses(db, "A") == []


@given(TEXT, TEXT, st.sampled_from(Kind))
@example("\N{CJK COMPATIBILITY IDEOGRAPH-2F800}", "丽", Kind.NAME)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_value_has_one_index_and_a_new_cipher_for_each_order(
    db: Session, plain: str, other: str, kind: Kind
) -> None:
    who = Caller("A", SELLER, "", VIA, "request")
    values = [Value(plain, kind, "1"), Value(plain, kind, "2"), Value(other, kind, "1")]
    one, two, third = service.encrypt(db, who, values, told(2))
    [mark] = service.index(db, who, [Value(plain, kind)])
    assert isinstance(one, str)
    assert isinstance(two, str)
    assert isinstance(third, str)
    d = {Kind.NAME: "#", Kind.PHONE: "$", Kind.ADDRESS: "~"}[kind]
    empty, index, sealed, version, *rest = one.split(d)
    assert (empty, index, version, rest) == ("", mark, "1", ["", ""])
    assert sealed != two.split(d)[2]
    assert two.split(d)[1] == mark
    assert (third.split(d)[1] == mark) == (normalize("NFC", plain) == normalize("NFC", other))
    assert veils.unveil(db, one, scope=who.scope).plain == plain
    other_app = Caller("B", SELLER, "", VIA, "request")
    assert service.index(db, other_app, [Value(plain, kind)]) != [mark]


def phones(count: int, first: int = 13800000000) -> list[Value]:
    return [Value(str(first + n), Kind.PHONE, "1") for n in range(count)]


def metered(most: int, app: str = "A", seller: int = SELLER) -> Caller:
    return Caller(app, seller, "", VIA, "request", most)


@pytest.mark.clause("5.1.2")
@pytest.mark.clause("2.3")
def test_an_app_cannot_try_all_phone_numbers_against_the_indexes_of_a_shop(
    house: House, db: Session
) -> None:
    who = metered(10)
    assert IndexSpent not in kinds(service.index(db, who, phones(6)))
    found = kinds(service.index(db, who, phones(6, 13900000000)))
    assert [one is IndexSpent for one in found] == [False] * 4 + [True] * 2
    assert kinds(service.index(db, who, phones(1))) == [IndexSpent]
    assert IndexSpent not in kinds(service.index(db, metered(10, "B"), phones(10)))
    other_shop = metered(10, seller=OTHER_SELLER)
    assert IndexSpent not in kinds(service.index(db, other_shop, phones(10)))
    house.clock.forward(hours=14)  # ten in the morning and fourteen more
    assert IndexSpent not in kinds(service.index(db, who, phones(10)))


@pytest.mark.clause("5.1.2")
def test_a_ciphertext_of_a_plain_value_counts_as_an_index_because_it_begins_with_it(
    db: Session,
) -> None:
    who = metered(3)
    assert kinds(service.encrypt(db, who, phones(2), told(0))) == [OrderUnknown] * 2
    assert service.indexed(db, "A") == []
    assert IndexSpent not in kinds(service.encrypt(db, who, phones(2), told()))
    assert kinds(service.index(db, who, phones(2)))[1] is IndexSpent
    assert [(one.seller_id, one.asked) for one in service.indexed(db, "A")] == [(SELLER, 4)]


@pytest.mark.clause("5.1.2")
def test_staff_hear_at_nine_tenths_and_at_the_end_which_is_evidence(db: Session) -> None:
    who = metered(10)
    service.index(db, who, phones(8))
    assert alarms(db) == []
    service.index(db, who, phones(1))
    service.index(db, who, phones(1))
    near = ("decryption.index-near", str(SELLER), "A")
    assert alarms(db) == [near]
    service.index(db, who, phones(1))
    service.index(db, who, phones(5))
    assert alarms(db) == [near, ("decryption.index-spent", str(SELLER), "A")]
    told_of = db.scalars(sa.text("SELECT kind FROM ledger_leaf"))
    assert list(told_of).count("decryption.index-spent") == 1


def test_both_apis_that_index_a_plain_value_have_the_limit_and_no_other_has_one() -> None:
    limited = {api.name: api.values_day for api in catalogue.apis().values() if api.values_day}
    assert limited == {
        "open.order.encrypt.batch": 1000,
        "open.order.search.index.batch": 1000,
    }


@pytest.mark.clause("5.1.2")
def test_no_plain_value_and_no_order_number_is_left_in_tables_jobs_or_logs(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    order = "2632700000001"
    shop = Told(3, 1, 10_000, {order: Order("open-buyer-77", 30)})
    with capture_logs() as lines, house.store.begin() as db:
        who = caller(db)
        for plain, kind in ((NAME, Kind.NAME), (PHONE, Kind.PHONE), (STREET, Kind.ADDRESS)):
            [sealed] = service.encrypt(db, who, [Value(plain, kind, order)], shop)
            assert isinstance(sealed, str)
            assert service.decrypt(db, who, [Cipher(sealed, order)], shop) == [plain]
            service.index(db, metered(1), [Value(plain, kind)])
    with house.store.read() as db:
        rows = [
            repr(tuple(row))
            for table in Table.metadata.sorted_tables
            for row in db.execute(sa.select(table))
        ]
    assert any("decryption.quota-near" in row for row in rows)
    for canary in (NAME, PHONE, STREET, order, "open-buyer-77"):
        assert canary not in caplog.text + repr(lines)
        assert not [row for row in rows if canary in row]


def test_what_the_rate_rule_no_longer_looks_at_is_deleted(house: House, db: Session) -> None:
    who = caller(db)
    service.decrypt(db, who, batch(db, who, 1), told())
    service.index(db, metered(10), phones(1))
    house.clock.forward(days=29)
    jobs.expire(db, None)  # type: ignore[arg-type] # the day has no arguments
    assert len(service.uses(db, "A")) == 1
    house.clock.forward(days=1)
    jobs.expire(db, None)  # type: ignore[arg-type] # the day has no arguments
    for table in ("decryption_day", "decryption_order", "decryption_index"):
        assert db.scalar(sa.select(sa.func.count()).select_from(Table.metadata.tables[table])) == 0


def test_the_operators_word_is_read_and_anything_else_opens_nothing() -> None:
    one = {
        "oid": 7,
        "buyerOpenId": "b",
        "status": 70,
        "endTime": 1795399200000,
        "refunding": True,
        "privacyInfoAuthStatus": 10,
    }
    said = {"level": 3, "quota": 5, "shipped": 9, "orders": [one]}
    found = standing.read(said)
    assert (found.level, found.quota, found.shipped) == (3, 5, 9)
    order = found.orders["7"]
    assert (order.buyer, order.status, order.refunding, order.authorised) == ("b", 70, True, True)
    assert order.ended is not None
    assert int(order.ended.timestamp() * 1000) == 1795399200000
    spoilt: list[Any] = [None, [], {}, {**said, "orders": [{}]}, {**said, "quota": -1}]
    spoilt += [{**said, "shipped": 2**31}, {**said, "orders": [{**one, "buyerOpenId": ""}]}]
    spoilt += [{**said, "orders": [{**one, "refunding": "no"}]}]
    spoilt += [{**said, "orders": [{**one, "endTime": 10**30}]}, {**said, "level": "high"}]
    for content in spoilt:
        with pytest.raises(OrdersSilent):
            standing.read(content)


def test_the_window_and_the_rate_are_those_of_the_protocol() -> None:
    assert (timedelta(days=14), 5) == (rules.WINDOW, rules.RATE_PERCENT)
    assert [rules.most_by_rate(shipped) for shipped in (0, 399, 419, 420)] == [20, 20, 20, 21]
