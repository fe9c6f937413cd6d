"""Refused looks through the doors: the no is unchanged, the trace stands apart, auditors see it."""

import re

import pytest

from shouyue.doors.console import pages as console
from shouyue.doors.stewards import pages as stewards
from shouyue.ground.kit.types import SubjectId
from shouyue.people.staff.types import StaffRole
from shouyue.privacy.custody import service as custody
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.looks import refused
from shouyue.privacy.looks.types import Refused
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.types import Anchor
from shouyue.privacy.vault import service as vault
from tests.clauses.test_5_7 import HONG_KONG
from tests.clearance import prepared
from tests.flows.test_access_pages import deed, person, support, wish
from tests.holding import ANN, NAME, name
from tests.house import House
from tests.rooms.test_no_act_without_evidence import broken_sink
from tests.staff import Member
from tests.visitors import Visitor

__all__ = ["person", "support"]
pytestmark = pytest.mark.clause("5.1.2")
READ = {"need": "authority", "ground": "OTM-31"}


def lines(house: House) -> list[Refused]:
    with house.store.read() as db:
        return refused.listed(db)


@pytest.fixture
def officer(house: House) -> Member:
    member = Member(house, StaffRole.PRIVACY, name="wang-privacy")
    with house.store.begin() as db:
        prepared(db, member.staff_id)
    return member


@pytest.fixture
def kept(house: House) -> str:
    with house.store.begin() as db:
        name(db)
        return custody.erase(db, ANN, event=Anchor.EXIT).kept[0].id


def test_a_refused_read_is_written_down_although_it_is_undone(
    house: House, officer: Member, kept: str
) -> None:
    answer = officer.post(f"/ops/holds/values/{kept}/read", **READ)
    assert answer.status_code == 403
    assert NAME not in answer.text
    (line,) = lines(house)
    assert (line.actor, line.items, line.purpose) == (officer.staff_id, (Item.DI_13,), "P12")
    assert (line.case, line.code, line.times) == ("OTM-31", "clearance.no-grant", 1)
    with house.store.read() as db:
        assert ledger.about(db, ANN)[-1].kind == "looks.refused"
        assert vault.accesses(db, ANN) == []


def test_the_auditor_sees_refused_looks_beside_the_grants(
    house: House, officer: Member, kept: str
) -> None:
    assert "没有被拒绝的查看" in officer.page("/ops/access/register?lang=zh")
    for _ in range(refused.OFTEN + 3):
        officer.post(f"/ops/holds/values/{kept}/read", **READ)
    page = officer.page("/ops/access/register?lang=en").split("Refused looks")[1]
    assert page.count("clearance.no-grant") == refused.OFTEN
    assert "wang-privacy" in page
    assert "Legal person&#39;s real name" in page or "Legal person's real name" in page
    assert re.search(r">\s*4\s*<", page)  # the tenth, and three that were only counted
    assert re.search(rf">\s*{refused.OFTEN + 3}\s*<", page)  # of that day
    assert ANN not in page
    other = Member(house, StaffRole.SUPPORT, name="he-desk")
    assert other.web.get("/ops/access/register").status_code == 403


def test_the_no_is_the_same_where_its_trace_cannot_be_written(
    house: House, officer: Member, kept: str
) -> None:
    path = f"/ops/holds/values/{kept}/read"
    said = officer.post(path, **READ)
    with broken_sink(house):
        again = officer.post(path, **READ)
    assert (said.status_code, again.status_code) == (403, 403)
    assert shorn(said.text) == shorn(again.text)
    assert len(lines(house)) == 1
    assert house.notes.take() == {("looks.untraced", "stewards", officer.staff_id): 1}


def shorn(page: str) -> str:
    """A page without what differs from one answer to the next."""
    return re.sub(r'(nonce|value|content)="[^"]*"|[0-9A-HJKMNP-TV-Z]{26}', "", page)


def test_who_opens_the_page_of_anothers_grant_is_written_down(
    house: House, support: Member, officer: Member, person: SubjectId
) -> None:
    assert support.press("/ops/access/asks", **wish(person)) == "/ops/access?done=asked"
    officer.press(deed(officer.page("/ops/access"), "approve"))
    found = re.search(r'href="(/ops/access/\w{26})"', support.page("/ops/access"))
    assert found
    assert support.web.get(found.group(1)).status_code == 200
    assert lines(house) == []
    assert officer.web.get(found.group(1)).status_code == 403
    seen = officer.post(f"{found.group(1)}/see", person=person, item="DI-01")
    assert seen.status_code == 403
    assert [line.actor for line in lines(house)] == [officer.staff_id] * 2


def test_a_look_from_abroad_is_written_down_with_nothing_of_what_was_wanted(
    house: House, officer: Member, kept: str
) -> None:
    outside = Visitor(house, address=HONG_KONG).web
    cookie = str(officer.web.cookies.get("__Host-sy_staff"))
    outside.cookies.set("__Host-sy_staff", cookie, domain="open.example.com")
    assert outside.get("/ops").status_code == 403  # opens nothing, at home or abroad
    assert lines(house) == []
    answer = outside.post(f"/ops/holds/values/{kept}/read", data=READ)
    assert (answer.status_code, "door.abroad" in answer.text) == (403, True)
    (line,) = lines(house)
    assert (line.actor, line.code) == (officer.staff_id, "door.abroad")
    assert (line.items, line.purpose, line.case) == ((), "", "")


def test_a_stranger_from_abroad_leaves_no_row(house: House, kept: str) -> None:
    outside = Visitor(house, address=HONG_KONG).web
    assert outside.post(f"/ops/holds/values/{kept}/read", data=READ).status_code == 403
    assert lines(house) == []


def test_every_page_that_opens_a_value_for_staff_says_so() -> None:
    opening = {page.path for page in (*console.PAGES, *stewards.PAGES) if page.opens}
    assert opening == {
        "/ops/access/{id}",
        "/ops/access/{id}/see",
        "/ops/reviews/{id}/see",
        "/ops/holds/values/{id}/read",
        "/ops/emergencies/{id}/look",
    }
