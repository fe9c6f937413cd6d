"""Staff: two factors, one answer for every failure, short sessions."""

import base64
import json

import pytest

from shouyue.ground.hazmat import otp
from shouyue.ground.store.session import Session
from shouyue.people.staff import passkeys
from shouyue.people.staff import service as staff
from shouyue.people.staff.errors import BadStaff, StaffRefused
from shouyue.people.staff.types import Asking, Assertion, Enrolled, StaffRole
from tests.house import House
from tests.unit.test_hazmat_passkeys import PARTY, SoftAuthenticator

LOGIN = "li-review"
PASSWORD = "correct horse battery"
ROLES = (StaffRole.REVIEWER,)


def hire(db: Session) -> Enrolled:
    return staff.create_staff(db, LOGIN, PASSWORD, ROLES)


def come_in(db: Session, hired: Enrolled) -> str:
    return staff.sign_in(db, LOGIN, PASSWORD, otp.code_at(hired.secret, db.clock())).take()


def challenge(asking: Asking) -> bytes:
    text: str = json.loads(asking.options)["challenge"]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def with_key(db: Session, hired: Enrolled) -> SoftAuthenticator:
    soft = SoftAuthenticator()
    asking = passkeys.begin_registration(db, PARTY, hired.staff_id)
    answer = soft.create(challenge(asking))
    passkeys.register(db, PARTY, hired.staff_id, asking.sealed, answer)
    return soft


def test_two_factors_open_the_console(db: Session) -> None:
    hired = hire(db)
    seen = staff.visit(db, come_in(db, hired))
    assert seen is not None
    assert (seen.staff_id, seen.name, seen.roles) == (hired.staff_id, LOGIN, frozenset(ROLES))
    assert LOGIN in hired.uri


def test_every_failure_gets_the_same_answer(db: Session) -> None:
    hired = hire(db)
    code = otp.code_at(hired.secret, db.clock())
    tries = [("nobody-here", PASSWORD, code), (LOGIN, "wrong", code), (LOGIN, PASSWORD, "abc")]
    said = {repr(staff.sign_in(db, *one).refusal) for one in tries}
    assert said == {repr(StaffRefused())}


def test_a_code_is_taken_once(db: Session) -> None:
    hired = hire(db)
    come_in(db, hired)
    with pytest.raises(StaffRefused):
        come_in(db, hired)


def test_five_failures_lock_for_a_quarter_of_an_hour(house: House) -> None:
    with house.store.begin() as db:
        hired = hire(db)
        for _ in range(5):
            staff.sign_in(db, LOGIN, "wrong", "000000")
        with pytest.raises(StaffRefused):
            come_in(db, hired)
        house.clock.forward(minutes=15)
        assert come_in(db, hired)


def test_thirty_idle_minutes_end_a_staff_session(house: House) -> None:
    with house.store.begin() as db:
        token = come_in(db, hire(db))
        house.clock.forward(minutes=29)
        staff.touch(db, token)
        house.clock.forward(minutes=29)
        assert staff.visit(db, token)
        house.clock.forward(minutes=1)
        assert staff.visit(db, token) is None


def test_eight_hours_end_a_staff_session_in_constant_use(house: House) -> None:
    with house.store.begin() as db:
        token = come_in(db, hire(db))
        for _ in range(31):
            house.clock.forward(minutes=15)
            staff.touch(db, token)
        assert staff.visit(db, token)
        house.clock.forward(minutes=15)
        assert staff.visit(db, token) is None


def test_signing_out_and_leaving_end_sessions_at_once(house: House) -> None:
    with house.store.begin() as db:
        hired = hire(db)
        first = come_in(db, hired)
        staff.end(db, first)
        assert staff.visit(db, first) is None
        house.clock.forward(minutes=1)
        second = come_in(db, hired)
        staff.deactivate(db, hired.staff_id)
        assert staff.visit(db, second) is None
        with pytest.raises(StaffRefused):
            come_in(db, hired)


def test_a_role_taken_away_is_gone_at_the_next_page(db: Session) -> None:
    hired = hire(db)
    token = come_in(db, hired)
    staff.set_roles(db, hired.staff_id, [StaffRole.SUPPORT])
    seen = staff.visit(db, token)
    assert seen is not None
    assert seen.roles == {StaffRole.SUPPORT}
    assert [member.name for member in staff.everybody(db)] == [LOGIN]


@pytest.mark.parametrize(
    ("login", "password", "roles"),
    [("Li Wei", PASSWORD, ROLES), ("ok-name", "short", ROLES), ("ok-name", PASSWORD, ())],
)
def test_an_unfit_member_is_not_created(
    db: Session, login: str, password: str, roles: tuple[StaffRole, ...]
) -> None:
    with pytest.raises(BadStaff):
        staff.create_staff(db, login, password, roles)


def test_a_login_name_is_taken_once(db: Session) -> None:
    hire(db)
    with pytest.raises(BadStaff):
        hire(db)


def test_a_passkey_is_a_second_factor_once_per_challenge(db: Session) -> None:
    soft = with_key(db, hire(db))
    asking = passkeys.begin_sign_in(db, PARTY)
    answer = Assertion(PARTY, asking.sealed, soft.get(challenge(asking)))
    token = staff.sign_in(db, LOGIN, PASSWORD, answer).take()
    assert staff.visit(db, token)
    with pytest.raises(StaffRefused):
        staff.sign_in(db, LOGIN, PASSWORD, answer).take()


def test_the_passkey_of_another_member_is_no_factor(db: Session) -> None:
    soft = with_key(db, hire(db))
    staff.create_staff(db, "wang-audit", PASSWORD, ROLES)
    asking = passkeys.begin_sign_in(db, PARTY)
    answer = Assertion(PARTY, asking.sealed, soft.get(challenge(asking)))
    with pytest.raises(StaffRefused):
        staff.sign_in(db, "wang-audit", PASSWORD, answer).take()


@pytest.mark.parametrize("answer", ["", "[]", "{}", '{"id":"a2V5LTE"}'])
def test_a_broken_passkey_answer_is_refused(db: Session, answer: str) -> None:
    hired = hire(db)
    asking = passkeys.begin_sign_in(db, PARTY)
    with pytest.raises(StaffRefused):
        staff.sign_in(db, LOGIN, PASSWORD, Assertion(PARTY, asking.sealed, answer)).take()
    with pytest.raises(StaffRefused):
        passkeys.register(db, PARTY, hired.staff_id, asking.sealed, answer)


def test_a_passkey_challenge_lasts_five_minutes(house: House) -> None:
    with house.store.begin() as db:
        soft = with_key(db, hire(db))
        asking = passkeys.begin_sign_in(db, PARTY)
        answer = Assertion(PARTY, asking.sealed, soft.get(challenge(asking)))
        house.clock.forward(minutes=5)
        with pytest.raises(StaffRefused):
            staff.sign_in(db, LOGIN, PASSWORD, answer).take()
        for sealed in ("forged", "中文"):
            with pytest.raises(StaffRefused):
                staff.sign_in(db, LOGIN, PASSWORD, Assertion(PARTY, sealed, "{}")).take()
