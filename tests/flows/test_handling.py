"""What apps tell of their own use (protocol, 5.4): taken whole or not at all, and nobody named."""

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from shouyue.ground.jobs.types import Job
from shouyue.people.staff.types import StaffRole
from shouyue.platform.grants import service as grants
from shouyue.platform.handling import jobs, reading
from shouyue.platform.handling import service as handling
from shouyue.platform.handling.tables import ReportDayRow, ReportRow
from shouyue.platform.handling.types import Kind, Report
from tests.callers import Scene
from tests.house import MONDAY, House
from tests.merchants import SELLER
from tests.staff import Member

LOG = "open.security.log."
SECRETS = ("13800138000", "2632700000001", "SELECT", "wang", "/orders", "203.0.113.7")


@pytest.fixture
def scene(house: House) -> Scene:
    return Scene(house)


def line(scene: Scene, kind: str, **other: Any) -> dict[str, Any]:
    """One record as an app sends it."""
    at = {"time": int(scene.house.clock().timestamp() * 1000)}
    shop = {"openId": scene.tokens.open_id}
    orders = {"url": "https://erp.example/orders?phone=13800138000", "orderIds": ["2632700000001"]}
    whole: dict[str, dict[str, Any]] = {
        "login": shop | {"userIp": "203.0.113.7", "loginResult": "OK", "loginMessage": "wang"},
        "order": shop | orders | {"userIp": "203.0.113.7", "operation": 2},
        "open": shop
        | orders
        | {"clientIp": "203.0.113.7", "sendToUrl": "https://Carrier.example/x"},
        "sql": {"type": 1, "sql": "SELECT * FROM t WHERE mobile = '13800138000'"},
    }
    found = whole[kind] | at | other
    return {name: value for name, value in found.items() if value is not None}


def kept(scene: Scene) -> list[dict[str, Any]]:
    with scene.house.store.read() as db:
        rows = db.execute(sa.select(ReportRow.__table__).order_by(ReportRow.id)).mappings()
        return [dict(row) for row in rows]


def test_each_kind_is_kept_without_anybody(scene: Scene) -> None:
    for kind in Kind:
        found = scene.call(f"{LOG}{kind}", line(scene, kind.value), access_token=None)
        assert (found["result"], "data" in found) == (1, False)
    rows = kept(scene)
    told = [
        (row["kind"], row["client"], row["host"], row["sent_to"], row["orders"]) for row in rows
    ]
    assert told == [
        ("login", "203.0.113.0/24", "", "", 0),
        ("order", "203.0.113.0/24", "erp.example", "", 1),
        ("open", "203.0.113.0/24", "erp.example", "carrier.example", 1),
        ("sql", "", "", "", 0),
    ]
    assert [row["outcome"] for row in rows] == ["ok", "", "", ""]
    assert not [secret for secret in SECRETS if secret in str(rows)]
    assert {row["app"] for row in rows} == {scene.app.app_id}


def test_a_batch_is_taken_whole(scene: Scene) -> None:
    lines = [line(scene, "order", orderTotal=7), line(scene, "order", sellerId=SELLER, openId=None)]
    found = scene.call(f"{LOG}batch", {"method": "order", "data": json.dumps(lines)})
    assert found["result"] == 1
    assert [row["orders"] for row in kept(scene)] == [7, 1]
    with scene.house.store.read() as db:
        [one] = handling.sums(db, timedelta(days=1))
    assert (one.app, one.kind, one.lines, one.orders) == (scene.app.app_id, Kind.ORDER, 2, 8)


Wrong = tuple[str, dict[str, Any], int, str, str]
WRONG: list[Wrong] = [
    ("order", {"openId": None}, 12, "catalogue.param-missing", "openId"),
    ("order", {"openId": "strange"}, 13, "handling.shop", "openId"),
    ("order", {"openId": None, "sellerId": 99}, 13, "handling.shop", "sellerId"),
    ("order", {"orderIds": None}, 12, "catalogue.param-missing", "orderIds"),
    ("order", {"orderIds": None, "data": "{}"}, 13, "handling.lines", "data"),
    ("order", {"orderIds": ["1"] * 101}, 13, "catalogue.param-invalid", "orderIds"),
    ("order", {"url": "erp.example"}, 13, "handling.address", "url"),
    ("order", {"url": "http://[x"}, 13, "handling.address", "url"),
    ("open", {"sendToUrl": "ftp://x.example"}, 13, "handling.address", "sendToUrl"),
    ("open", {"sendToUrl": "https://王.example"}, 13, "handling.address", "sendToUrl"),
    ("login", {"userIp": "wang"}, 13, "handling.client", "userIp"),
    ("login", {"time": 1}, 13, "handling.time", "time"),
    ("login", {"time": 4_000_000_000_000}, 13, "handling.time", "time"),
    ("login", {"loginResult": None}, 12, "catalogue.param-missing", "loginResult"),
    ("sql", {"sql": None}, 12, "catalogue.param-missing", "sql"),
]


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("is_batch", [False, True])
def test_a_wrong_line_is_named_and_nothing_is_taken(
    scene: Scene, case: Wrong, *, is_batch: bool
) -> None:
    kind, wrong, result, sub_code, name = case
    api, param, place = f"{LOG}{kind}", line(scene, kind, **wrong), name
    if is_batch:
        api, place = f"{LOG}batch", f"data[1].{name}"
        param = {"method": kind, "data": json.dumps([line(scene, kind), param])}
    found = scene.call(api, param)
    assert (found["result"], found["sub_code"]) == (result, sub_code)
    assert place in found["msg"]
    assert kept(scene) == []


@pytest.mark.parametrize(
    ("param", "sub_code"),
    [
        ({"method": "order", "data": "{}"}, "handling.lines"),
        ({"method": "order", "data": "[]"}, "handling.lines"),
        ({"method": "order", "data": "[3]"}, "handling.lines"),
        ({"method": "order", "data": "[" * 5000}, "handling.lines"),
        ({"method": "sql", "data": json.dumps([{}] * 101)}, "handling.lines"),
        ({"method": "batch", "data": "[{}]"}, "catalogue.param-invalid"),
    ],
)
def test_a_batch_that_is_none_is_refused(scene: Scene, param: Any, sub_code: str) -> None:
    assert scene.call(f"{LOG}batch", param)["sub_code"] == sub_code


def test_a_shop_that_ended_its_grant_may_still_be_told_of(scene: Scene) -> None:
    with scene.house.store.begin() as db:
        grants.revoke(db, scene.merchant, scene.app.app_id)
    found = scene.call(f"{LOG}order", line(scene, "order"), access_token=None)
    assert found["result"] == 1


@pytest.mark.parametrize(
    ("word", "stored"), [("Success", "success"), ("401", "401"), ("13800138000", "other")]
)
def test_what_may_be_more_than_a_code_is_not_kept(word: str, stored: str) -> None:
    assert reading.outcome(word) == stored


def test_staff_see_who_received_and_tells_nothing_and_to_whom_orders_went(scene: Scene) -> None:
    scene.upstream.data = {"orderBaseInfo": {"oid": 1, "buyerOpenId": "b-1"}}
    assert scene.call("open.order.detail", {"oid": 1})["result"] == 1
    scene.logged()
    member = Member(scene.house, StaffRole.PRIVACY)
    assert "/ops/handling" in member.page("/ops")
    page = member.page("/ops/handling?lang=en")
    assert scene.app.appkey in page
    assert "data received, none reported" in page
    for kind in ("order", "open"):
        scene.call(f"{LOG}{kind}", line(scene, kind, orderTotal=1234))
    page = member.page("/ops/handling?lang=en")
    assert "data received, none reported" not in page
    assert "carrier.example" in page
    assert "1,234" in page
    assert not [secret for secret in SECRETS if secret in page]


def test_reviewers_and_support_have_no_such_page(house: House) -> None:
    member = Member(house, StaffRole.REVIEWER, StaffRole.SUPPORT)
    assert "/ops/handling" not in member.page("/ops")
    assert member.web.get("/ops/handling").status_code == 403


def test_a_line_stays_a_year(house: House) -> None:
    with house.store.begin() as db:
        handling.record(db, "app-1", [Report(Kind.SQL, MONDAY)])
    house.clock.forward(days=366)
    for moved, left in ((0.0, 1), (2.0, 0)):
        house.clock.forward(days=moved)
        with house.store.begin() as db:
            jobs.expire(db, Job("job", jobs.EXPIRE, "", {}, 1, MONDAY))
        with house.store.read() as db:
            counts = [len(db.execute(sa.select(t)).all()) for t in (ReportRow, ReportDayRow)]
        assert counts == [left, left]
