"""5.4: of a credential in strange hands it is known whom it reached, and with which items."""

import csv
import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from shouyue.ground.kit.calendar import BEIJING
from shouyue.ground.kit.types import SubjectId
from shouyue.people.staff.types import StaffRole
from shouyue.platform.grants import service as grants
from shouyue.privacy.clearance.errors import NotSigned
from shouyue.privacy.ledger.tables import LedgerLeaf
from shouyue.privacy.looks import service as looks
from shouyue.privacy.looks.types import Reader
from shouyue.privacy.oversight import reach
from shouyue.privacy.oversight.errors import NoWindow
from shouyue.privacy.oversight.reach import Hands, Kind
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.vault import service as vault
from tests.callers import Scene
from tests.clearance import prepared
from tests.house import House
from tests.merchants import authorise, exchange, make_app, make_merchant
from tests.staff import Member

pytestmark = pytest.mark.clause("5.4")
ORDER, PERSON = "open.order.detail", "open.user.info.get"
ME = "staff-1"


@pytest.fixture
def scene(house: House) -> Scene:
    with house.store.begin() as db:
        prepared(db, ME)
    return Scene(house)


def order(number: int) -> dict[str, Any]:
    return {
        "orderBaseInfo": {"oid": number, "buyerOpenId": f"buyer-{number}"},
        "orderAddress": {"consignee": "欧阳明月", "mobile": "13812345678"},
    }


def told(scene: Scene, number: int) -> None:
    """The app reads one order."""
    scene.upstream.data = order(number)
    assert scene.call(ORDER, {"oid": number})["result"] == 1


def asked(house: House, hands: Hands, staff_id: str = ME) -> reach.Reach:
    with house.store.begin() as db:
        return reach.reach(db, hands, staff_id)


def hands(scene: Scene, since: datetime, until: datetime, grant: str = "") -> Hands:
    kind = Kind.GRANT if grant else Kind.APP
    return Hands(kind, scene.app.app_id, since, until, grant)


def test_an_apps_window_holds_what_left_in_it_and_nothing_before_or_after(scene: Scene) -> None:
    house = scene.house
    told(scene, 1)
    house.clock.forward(minutes=5)
    begun = house.clock()
    told(scene, 2)
    scene.upstream.data = {"name": "店主", "sex": "F"}
    assert scene.call(PERSON)["result"] == 1
    house.clock.forward(minutes=5)
    ended = house.clock()
    told(scene, 3)

    found = asked(house, hands(scene, begun, ended))
    with house.store.read() as db:
        ref = sharing.buyer_ref(db.keys, "buyer-2").hex()
    assert list(found.buyers) == [ref]
    assert Item.DI_66 in found.buyers[ref]
    assert set(found.people) == {scene.merchant}
    assert (Item.DI_66, 0, 1) in found.counts()
    all_of_it = asked(house, hands(scene, begun - timedelta(hours=1), ended + timedelta(hours=1)))
    assert len(all_of_it.buyers) == 3


def test_another_app_and_another_grant_are_not_in_it(scene: Scene) -> None:
    house = scene.house
    begun = house.clock() - timedelta(minutes=1)
    told(scene, 1)
    with house.store.begin() as db:
        _, other = make_app(db, "另一个应用")
        merchant = make_merchant(db, 100002)
        exchange(db, other, authorise(db, merchant, other))
        mine = exchange(db, scene.app, authorise(db, merchant, scene.app))
        [first] = [one.id for one in grants.grants_of(db, scene.merchant)]
        [second] = [
            one.id for one in grants.grants_of(db, merchant) if one.app_id == scene.app.app_id
        ]
    scene.tokens = mine
    told(scene, 2)
    house.clock.forward(minutes=1)
    now = house.clock()

    assert len(asked(house, hands(scene, begun, now)).buyers) == 2
    both = [asked(house, hands(scene, begun, now, one)).buyers for one in (first, second)]
    assert [len(one) for one in both] == [1, 1]
    assert set(both[0]) != set(both[1])
    strange = Hands(Kind.APP, other.app_id, begun, now)
    assert asked(house, strange) == reach.Reach({}, {})


def test_it_holds_after_the_grant_has_ended_and_the_person_is_gone(scene: Scene) -> None:
    house = scene.house
    begun = house.clock() - timedelta(minutes=1)
    scene.upstream.data = {"name": "店主", "sex": "F"}
    assert scene.call(PERSON)["result"] == 1
    house.clock.forward(minutes=1)
    window = hands(scene, begun, house.clock())
    with house.store.begin() as db:
        grants.revoke(db, scene.merchant, scene.app.app_id)
        vault.shred(db, scene.merchant)
    assert set(asked(house, window).people) == {scene.merchant}


def test_a_member_of_staff_reached_whom_they_looked_at(house: House) -> None:
    begun = house.clock()
    one, other = SubjectId("0" * 26), SubjectId("1" * 26)
    reader = Reader("staff-2", "support", Purpose.P2, Basis.CONTRACT_SELF)
    strange = Reader("staff-3", "support", Purpose.P2, Basis.CONTRACT_SELF)
    with house.store.begin() as db:
        prepared(db, ME)
        looks.note(db, [(one, ["DI-01"], reader, "leaf", ""), (one, ["DI-05"], reader, "leaf", "")])
        looks.note(db, [(other, ["DI-01"], strange, "leaf", "")])
    house.clock.forward(minutes=1)
    found = asked(house, Hands(Kind.STAFF, "staff-2", begun, house.clock()))
    assert found == reach.Reach({one: frozenset({Item.DI_01, Item.DI_05})}, {})
    house.clock.forward(minutes=1)
    after = Hands(Kind.STAFF, "staff-2", begun + timedelta(seconds=30), house.clock())
    assert asked(house, after) == reach.Reach({}, {})


@pytest.mark.parametrize(("since", "until"), [(0, 0), (5, 0), (120, 180)])
def test_a_window_ends_after_it_begins_and_has_begun(scene: Scene, since: int, until: int) -> None:
    now = scene.house.clock()
    window = hands(scene, now + timedelta(minutes=since), now + timedelta(minutes=until))
    with pytest.raises(NoWindow):
        asked(scene.house, window)


def test_who_has_not_signed_asks_nothing_and_each_question_is_on_record(scene: Scene) -> None:
    now = scene.house.clock()
    window = hands(scene, now - timedelta(hours=1), now)
    with pytest.raises(NotSigned):
        asked(scene.house, window, "staff-9")
    asked(scene.house, window)
    with scene.house.store.read() as db:
        [leaf] = db.scalars(sa.select(LedgerLeaf).where(LedgerLeaf.kind == "oversight.reached"))
    assert leaf.subject is None


# The page.


def local(moment: datetime) -> str:
    """As a browser's own field gives it."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M")


def test_staff_see_counts_and_take_a_list_of_ids_without_a_value(scene: Scene) -> None:
    house = scene.house
    told(scene, 1)
    house.clock.forward(minutes=2)
    member = Member(house, StaffRole.SECURITY)
    with house.store.begin() as db:
        prepared(db, member.staff_id)
    now = house.clock()
    form = {"kind": "app", "who": scene.app.appkey}
    form |= {"since": local(now - timedelta(hours=1)), "until": local(now)}
    assert "/ops/reach" in member.page("/ops")
    page = member.post("/ops/reach?lang=en", **form).text
    assert "People: 0, buyers: 1" in page
    listed = member.post("/ops/reach/list?lang=en", **form)
    with house.store.read() as db:
        ref = sharing.buyer_ref(db.keys, "buyer-1").hex()
    head, *lines = csv.reader(io.StringIO(listed.text.removeprefix("\ufeff")))
    assert head == ["Kind", "Id", "Items"]
    assert [line[:2] for line in lines] == [["buyer", ref]]
    for text in (page, listed.text):
        assert not re.search("欧阳|13812345678|buyer-1", text)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("app", "There is no such appkey."),
        ("grant", "There is no such grant."),
        ("staff", "There is no such login name."),
    ],
)
def test_a_credential_of_nobody_is_said_at_its_field(
    house: House, kind: str, sentence: str
) -> None:
    member = Member(house, StaffRole.PRIVACY)
    with house.store.begin() as db:
        prepared(db, member.staff_id)
    now = house.clock()
    form = {"since": local(now - timedelta(hours=1)), "until": local(now)}
    answer = member.post("/ops/reach?lang=en", kind=kind, who="nobody", **form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert answer.text.count('class="sy-faults"') == 1


def test_who_has_not_signed_is_told_where_to_and_still_in_the_console(house: House) -> None:
    form = {"kind": "staff", "who": "nobody", "since": "2026-11-01T00:00"}
    member = Member(house, StaffRole.PRIVACY)
    form["who"] = member.name
    answer = member.post("/ops/reach?lang=en", until="2026-11-02T00:00", **form)
    assert answer.status_code == 403
    assert 'href="/ops/access/undertaking"' in answer.text
    assert "Console" in answer.text


@pytest.mark.parametrize("since", ["0001-01-01T00:00", "9999-12-31T23:59-23:00"])
def test_a_time_that_is_none_is_said_at_its_field(house: House, since: str) -> None:
    member = Member(house, StaffRole.PRIVACY)
    form = {"kind": "staff", "who": member.name, "since": since}
    answer = member.post("/ops/reach?lang=en", until="2026-11-02T00:00", **form)
    assert answer.status_code == 422
    assert "There is no such time." in answer.text


def test_reviewers_and_support_have_no_such_page(house: House) -> None:
    member = Member(house, StaffRole.REVIEWER, StaffRole.SUPPORT)
    assert "/ops/reach" not in member.page("/ops")
    assert member.web.get("/ops/reach").status_code == 403
