"""Staff stop all secrets of an app: who may, what follows at once, what its developer hears."""

import pytest

from shouyue.people.notices import service as notices
from shouyue.people.staff.types import StaffRole
from shouyue.platform.apps import credentials, freezing
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.errors import FrozenAlready, NoApp, NotFrozen
from shouyue.platform.apps.types import FreezeReason, Issued, SecretKind
from tests.callers import Scene
from tests.house import House
from tests.merchants import make_app
from tests.staff import Member

SHOP = "open.shop.info.get"
pytestmark = pytest.mark.clause("5.4")


@pytest.fixture
def scene(house: House) -> Scene:
    found = Scene(house)
    found.upstream.data = {"shopName": "晨星小店"}
    return found


def state(house: House, app: Issued) -> set[str]:
    with house.store.read() as db:
        return {one.state.value for one in apps.get(db, app.app_id).secrets}


def test_security_staff_freeze_and_thaw_and_the_gateway_follows(scene: Scene) -> None:
    member = Member(scene.house, StaffRole.SECURITY)
    assert "/ops/apps" in member.page("/ops")
    assert scene.call(SHOP)["result"] == 1
    page = member.page(f"/ops/apps?appkey={scene.app.appkey}&lang=en")
    assert "Freeze all secrets" in page
    done = member.post("/ops/apps/freeze", app=scene.app.app_id, reason="leak")
    assert done.headers["location"] == f"/ops/apps?appkey={scene.app.appkey}&done=frozen"
    assert state(scene.house, scene.app) == {"frozen"}
    scene.gateway.snapshot.forget(scene.app.app_id)
    assert scene.call(SHOP)["sub_code"] == "gateway.app-frozen"
    page = member.page("/ops/apps?lang=en")
    assert scene.app.appkey in page
    assert "a secret may have leaked" in page
    member.post("/ops/apps/thaw", app=scene.app.app_id)
    scene.gateway.snapshot.forget(scene.app.app_id)
    assert scene.call(SHOP)["result"] == 1
    assert "No app is frozen" in member.page("/ops/apps?lang=en")


def test_its_developer_hears_why_and_that_it_is_over(scene: Scene) -> None:
    with scene.house.store.begin() as db:
        freezing.freeze(db, scene.app.app_id, FreezeReason.ORDER, "staff-1")
        freezing.thaw(db, scene.app.app_id, "staff-2")
    with scene.house.store.read() as db:
        newest = [item.text for item in notices.inbox(db, scene.owner, "zh")][:2]
    assert "密钥已恢复使用" in newest[0]
    assert "主管部门或司法机关要求" in newest[1]


@pytest.mark.parametrize("role", [StaffRole.PRIVACY, StaffRole.REVIEWER, StaffRole.SUPPORT])
def test_nobody_else_freezes(scene: Scene, role: StaffRole) -> None:
    member = Member(scene.house, role)
    answer = member.post("/ops/apps/freeze", app=scene.app.app_id, reason="leak")
    assert answer.status_code == 403
    assert state(scene.house, scene.app) == {"live"}
    if role is StaffRole.PRIVACY:
        page = member.page(f"/ops/apps?appkey={scene.app.appkey}&lang=en")
        assert scene.app.appkey in page
        assert "Freeze all secrets" not in page


def test_a_leaked_secret_that_was_rolled_does_not_come_back(scene: Scene) -> None:
    with scene.house.store.begin() as db:
        freezing.freeze(db, scene.app.app_id, FreezeReason.LEAK, "staff-1")
        credentials.roll_secret(db, scene.owner, scene.app.app_id, SecretKind.SIGN_SECRET)
    with scene.house.store.begin() as db:
        freezing.thaw(db, scene.app.app_id, "staff-1")
    scene.gateway.snapshot.forget()
    assert scene.call(SHOP)["sub_code"] == "apps.signature"


def test_frozen_is_frozen_once(scene: Scene) -> None:
    with scene.house.store.begin() as db:
        freezing.freeze(db, scene.app.app_id, FreezeReason.LEAK, "staff-1")
        with pytest.raises(FrozenAlready):
            freezing.freeze(db, scene.app.app_id, FreezeReason.ABUSE, "staff-1")
        freezing.thaw(db, scene.app.app_id, "staff-1")
        with pytest.raises(NotFrozen):
            freezing.thaw(db, scene.app.app_id, "staff-1")
        with pytest.raises(NoApp):
            freezing.freeze(db, "none", FreezeReason.LEAK, "staff-1")
        _, other = make_app(db, "云帆客服")
    assert state(scene.house, other) == {"live"}
