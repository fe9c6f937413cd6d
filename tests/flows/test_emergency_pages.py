"""Emergencies and the register on the console: two people, one look, and nobody's value listed."""

import csv
import io
import re

import pytest
import sqlalchemy as sa

from shouyue.people.accounts import standing
from shouyue.people.staff.types import StaffRole
from shouyue.privacy.ledger.tables import LedgerLeaf
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.vault import service as vault
from tests.clearance import prepared
from tests.house import House
from tests.people import PHONE, sign_up
from tests.staff import NAME, Member

SHOWN = PHONE


def member(house: House, *roles: StaffRole, name: str = NAME) -> Member:
    """One who has signed the undertaking and passed the course."""
    hired = Member(house, *roles, name=name)
    with house.store.begin() as db:
        prepared(db, hired.staff_id)
    return hired


def account(house: House) -> str:
    with house.store.begin() as db:
        subject = sign_up(db, chosen=[Purpose.P5]).subject
        return standing.account(db, subject).public_id


def test_one_asks_another_confirms_both_look_and_anybody_ends_it(house: House) -> None:
    number = account(house)
    one = member(house, StaffRole.PRIVACY)
    asked = one.press("/ops/emergencies", account=number, danger="life", items="DI-01")
    assert asked == "/ops/emergencies?done=asked"
    page = one.page("/ops/emergencies?lang=en")
    assert "/confirm" not in page  # who asked cannot confirm
    other = member(house, StaffRole.SECURITY, name="wang-watch")
    found = re.search(r"/ops/emergencies/\w+/confirm", other.page("/ops/emergencies"))
    assert found
    confirm = found.group()
    assert one.post(confirm, hours="4").status_code == 403
    assert other.press(confirm, hours="4") == "/ops/emergencies?done=confirmed"
    look = confirm.replace("/confirm", "/look")
    answer = one.post(look, item="DI-01")
    assert answer.status_code == 200
    assert SHOWN in answer.text
    assert SHOWN not in one.page("/ops/emergencies")
    third = member(house, StaffRole.PRIVACY, name="zhao-third")
    assert "/look" not in third.page("/ops/emergencies")
    assert third.post(look, item="DI-01").status_code == 403
    assert third.press(confirm.replace("/confirm", "/end")) == "/ops/emergencies?done=ended"
    assert one.post(look, item="DI-01").status_code == 403


def test_what_is_not_held_and_who_does_not_exist_are_refused(house: House) -> None:
    number = account(house)
    one = member(house, StaffRole.PRIVACY)
    nick = one.post("/ops/emergencies", account=number, danger="life", items="DI-05")
    assert nick.status_code == 409
    nobody = one.post("/ops/emergencies", account="ABCDEFGH", danger="life", items="DI-01")
    assert nobody.status_code == 404


def test_who_has_not_signed_and_learnt_asks_for_nothing_and_is_told_why(house: House) -> None:
    number = account(house)
    one = Member(house, StaffRole.PRIVACY)
    answer = one.post("/ops/emergencies", account=number, danger="life", items="DI-01")
    assert answer.status_code == 403
    assert "保密承诺书" in answer.text


def test_the_register_shows_grounds_and_no_value(house: House) -> None:
    account(house)
    page = Member(house, StaffRole.PRIVACY).page("/ops/purposes?lang=en")
    assert "DI-01" in page
    assert SHOWN not in page
    assert "138****" not in page


@pytest.mark.clause("5.1.2")
def test_privacy_staff_take_the_list_of_a_purpose_without_a_value_and_on_record(
    house: House,
) -> None:
    account(house)
    one = member(house, StaffRole.PRIVACY)
    assert 'action="/ops/purposes/list"' in one.page("/ops/purposes?lang=en")
    answer = one.post("/ops/purposes/list", purpose="P1")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    head, *lines = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    with house.store.read() as db:
        who = vault.find(db, Item.DI_01, PHONE)
        (leaf,) = db.scalars(sa.select(LedgerLeaf).where(LedgerLeaf.kind == "oversight.listed"))
        assert leaf.subject is None
    assert head[0] == "Person's id"
    assert [line[:2] for line in lines] == [[who, "DI-01"]]
    assert SHOWN not in answer.text
    assert "138****" not in answer.text


def test_who_has_not_signed_and_learnt_takes_no_list_and_security_staff_neither(
    house: House,
) -> None:
    account(house)
    refused = Member(house, StaffRole.PRIVACY).post("/ops/purposes/list", purpose="P1")
    assert refused.status_code == 403
    assert "保密承诺书" in refused.text
    other = member(house, StaffRole.SECURITY, name="wang-watch")
    assert "/ops/purposes/list" not in other.page("/ops/purposes")
    assert other.post("/ops/purposes/list", purpose="P1").status_code == 403


def test_reviewers_see_neither(house: House) -> None:
    member = Member(house, StaffRole.REVIEWER)
    assert "/ops/emergencies" not in member.page("/ops")
    assert member.web.get("/ops/emergencies").status_code == 403
    assert member.web.get("/ops/purposes").status_code == 403


@pytest.mark.clause("2.0")
def test_a_field_that_a_form_does_not_declare_is_refused_and_noticed(house: House) -> None:
    member = Member(house, StaffRole.PRIVACY)
    extra = member.post("/ops/emergencies", account="ABCDEFGH", danger="life", hobby="chess")
    assert extra.status_code == 422
    assert ("form.undeclared", "stewards.AskForm", "hobby") in house.notes.take()
