"""Sessions of people."""

import pytest
import sqlalchemy as sa

from shouyue.ground.store.session import Session
from shouyue.people.accounts import entry, rules, sessions
from shouyue.people.accounts.errors import NotThisPerson, TicketInvalid
from shouyue.people.accounts.holder import AccountsHolder
from shouyue.people.accounts.types import Client, Visit
from tests.house import House
from tests.people import CLIENT, OTHER_PHONE, PHONE, sign_up, ticket_for


def visit(db: Session, token: str) -> Visit:
    found = sessions.visit(db, token)
    assert found is not None
    return found


def test_only_a_fingerprint_is_stored(db: Session) -> None:
    token = sign_up(db).session_token
    assert len(token) >= 43
    stored = str(db.execute(sa.text("SELECT * FROM account_session")).all())
    assert token not in stored
    assert CLIENT.address not in stored
    assert "Chrome / Windows" in stored


def test_twelve_idle_hours_end_a_session(house: House) -> None:
    with house.store.begin() as db:
        token = sign_up(db).session_token
        house.clock.forward(hours=11, minutes=59)
        assert visit(db, token).needs_touch
        sessions.touch(db, token)
        house.clock.forward(hours=11, minutes=59)
        assert sessions.visit(db, token)
        house.clock.forward(minutes=1)
        assert sessions.visit(db, token) is None


def test_seven_days_end_a_session_in_constant_use(house: House) -> None:
    with house.store.begin() as db:
        token = sign_up(db).session_token
        for _ in range(7 * 4 - 1):
            house.clock.forward(hours=6)
            sessions.touch(db, token)
        assert sessions.visit(db, token)
        house.clock.forward(hours=6)
        assert sessions.visit(db, token) is None


def test_looking_does_not_write(house: House) -> None:
    with house.store.begin() as db:
        token = sign_up(db).session_token
    with house.store.read() as reading:
        assert sessions.visit(reading, token)


def test_signing_out_kills_the_token(db: Session) -> None:
    token = sign_up(db).session_token
    sessions.end(db, token)
    assert sessions.visit(db, token) is None


def test_a_new_login_replaces_the_browsers_old_session(house: House) -> None:
    with house.store.begin() as db:
        old = sign_up(db).session_token
        house.clock.forward(minutes=2)
        new = entry.enter(db, ticket_for(db), CLIENT, replaces=old).session_token
        assert sessions.visit(db, old) is None
        assert sessions.visit(db, new)


def test_a_person_sees_and_ends_the_other_devices(house: House) -> None:
    with house.store.begin() as db:
        entered = sign_up(db)
        phone = Client("198.51.100.9", "Mozilla/5.0 (iPhone) Version/18 Safari/605")
        other = sessions.start(db, entered.subject, phone)
        here = visit(db, entered.session_token)
        seen = sessions.devices(db, entered.subject, here.session_id)
        assert {(one.family, one.current) for one in seen} == {
            ("Chrome / Windows", True),
            ("Safari / iPhone", False),
        }
        assert sessions.end_others(db, entered.subject, here.session_id) == 1
        assert sessions.visit(db, other) is None
        assert sessions.visit(db, entered.session_token)


def test_nobody_ends_the_device_of_another(db: Session) -> None:
    mine, theirs = sign_up(db, PHONE), sign_up(db, OTHER_PHONE)
    assert not sessions.end_one(db, mine.subject, visit(db, theirs.session_token).session_id)
    assert sessions.visit(db, theirs.session_token)


def test_a_fresh_code_steps_up_for_ten_minutes_and_changes_the_token(house: House) -> None:
    with house.store.begin() as db:
        token = sign_up(db).session_token
        assert not visit(db, token).stepped_up
        house.clock.forward(minutes=2)
        raised = sessions.step_up(db, token, ticket_for(db))
        assert sessions.visit(db, token) is None
        assert visit(db, raised).stepped_up
        house.clock.forward(minutes=10)
        assert not visit(db, raised).stepped_up


def test_the_code_of_another_phone_steps_nobody_up(db: Session) -> None:
    token = sign_up(db).session_token
    with pytest.raises(NotThisPerson):
        sessions.step_up(db, token, ticket_for(db, OTHER_PHONE))


def test_a_used_proof_steps_nobody_up(house: House) -> None:
    with house.store.begin() as db:
        token = sign_up(db).session_token
        house.clock.forward(minutes=2)
        ticket = ticket_for(db)
        raised = sessions.step_up(db, token, ticket)
        with pytest.raises(TicketInvalid):
            sessions.step_up(db, raised, ticket)


def test_each_session_has_its_own_csrf_token(db: Session) -> None:
    one, two = sign_up(db, PHONE), sign_up(db, OTHER_PHONE)
    assert visit(db, one.session_token).csrf == visit(db, one.session_token).csrf
    assert visit(db, one.session_token).csrf != visit(db, two.session_token).csrf


def test_erasure_signs_out_everywhere(db: Session) -> None:
    entered, holder = sign_up(db), AccountsHolder()
    assert holder.export(db, entered.subject)["state"] == "REGISTERED"
    assert holder.erase(db, entered.subject) == 1
    assert holder.erase(db, entered.subject) == 0
    assert sessions.visit(db, entered.session_token) is None


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        ("", "? / ?"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) Version/18 Safari/605", "Safari / Mac"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537 Edg/130", "Edge / Windows"),
        ("Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0 Chrome/120", "WeChat / Android"),
    ],
)
def test_a_device_is_known_by_family_only(agent: str, family: str) -> None:
    assert rules.family(agent) == family
