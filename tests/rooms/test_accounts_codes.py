"""Phone codes: one use, five minutes, five tries, and nothing in clear."""

import pytest
import sqlalchemy as sa

from shouyue.ground.store.session import Session
from shouyue.people.accounts import challenges, queries, rules
from shouyue.people.accounts.errors import BadPhone, CodeCapReached, CodeTooSoon, WrongCode
from shouyue.people.accounts.types import Asked, Client
from tests.house import House, plain
from tests.people import CLIENT, OTHER_PHONE, PHONE, sign_up
from tests.rooms.test_races import meet

WRONG = "not-it"


def prove(db: Session, asked: Asked, code: str, phone: str = PHONE) -> str:
    return challenges.prove_phone(db, asked.challenge_id, phone, code).take()


def test_the_right_code_proves_the_phone(db: Session) -> None:
    asked = challenges.ask_code(db, "+86 138 0013 8000", CLIENT)
    assert plain(asked.phone) == "+8613800138000"
    assert len(plain(asked.code)) == 6
    assert prove(db, asked, plain(asked.code))


def test_neither_code_nor_phone_shows_itself(db: Session) -> None:
    asked = challenges.ask_code(db, PHONE, CLIENT)
    assert plain(asked.code) not in repr(asked)
    assert "138" not in repr(asked)


def test_neither_code_nor_phone_nor_address_is_stored(db: Session) -> None:
    asked = challenges.ask_code(db, PHONE, CLIENT)
    stored = str(db.execute(sa.text("SELECT * FROM phone_challenge")).all())
    for secret in (plain(asked.code), PHONE, CLIENT.address):
        assert f"'{secret}'" not in stored
    assert PHONE not in stored


def test_a_code_works_once(db: Session) -> None:
    asked = challenges.ask_code(db, PHONE, CLIENT)
    prove(db, asked, plain(asked.code))
    with pytest.raises(WrongCode):
        prove(db, asked, plain(asked.code))


def test_the_sixth_try_fails_even_with_the_right_code(db: Session) -> None:
    asked = challenges.ask_code(db, PHONE, CLIENT)
    for _ in range(5):
        assert challenges.prove_phone(db, asked.challenge_id, PHONE, WRONG).refusal
    with pytest.raises(WrongCode):
        prove(db, asked, plain(asked.code))


def test_a_wrong_try_stays_counted_after_the_commit(house: House) -> None:
    with house.store.begin() as db:
        asked = challenges.ask_code(db, PHONE, CLIENT)
    with house.store.begin() as db:
        tried = challenges.prove_phone(db, asked.challenge_id, PHONE, WRONG)
    with pytest.raises(WrongCode):
        tried.take()
    with house.store.read() as db:
        assert db.scalar(sa.text("SELECT tries FROM phone_challenge")) == 1


def test_a_code_is_dead_after_five_minutes(house: House) -> None:
    with house.store.begin() as db:
        asked = challenges.ask_code(db, PHONE, CLIENT)
        house.clock.forward(minutes=5)
        with pytest.raises(WrongCode):
            prove(db, asked, plain(asked.code))


def test_a_code_is_bound_to_its_phone(db: Session) -> None:
    asked = challenges.ask_code(db, PHONE, CLIENT)
    with pytest.raises(WrongCode):
        prove(db, asked, plain(asked.code), OTHER_PHONE)


def test_a_new_code_ends_the_one_before(house: House) -> None:
    with house.store.begin() as db:
        first = challenges.ask_code(db, PHONE, CLIENT)
        house.clock.forward(seconds=60)
        second = challenges.ask_code(db, PHONE, CLIENT)
        with pytest.raises(WrongCode):
            prove(db, first, plain(first.code))
        assert prove(db, second, plain(second.code))


def test_the_next_code_waits_a_minute(house: House) -> None:
    with house.store.begin() as db:
        challenges.ask_code(db, PHONE, CLIENT)
        house.clock.forward(seconds=45)
        with pytest.raises(CodeTooSoon) as refused:
            challenges.ask_code(db, PHONE, CLIENT)
    assert "15" in refused.value.say("zh")


def test_a_phone_gets_ten_codes_a_day(house: House) -> None:
    with house.store.begin() as db:
        for _ in range(10):
            challenges.ask_code(db, PHONE, CLIENT)
            house.clock.forward(minutes=2)
        with pytest.raises(CodeCapReached):
            challenges.ask_code(db, PHONE, CLIENT)
        house.clock.forward(hours=24)
        assert challenges.ask_code(db, PHONE, CLIENT)


def test_an_address_gets_fifty_codes_a_day(db: Session) -> None:
    for number in range(50):
        challenges.ask_code(db, f"1380013{number:04d}", CLIENT)
    with pytest.raises(CodeCapReached):
        challenges.ask_code(db, OTHER_PHONE, CLIENT)
    assert challenges.ask_code(db, OTHER_PHONE, Client("198.51.100.1"))


@pytest.mark.parametrize("phone", ["", "12345", "+1 415 555 2671", "010 12345678", "电话"])
def test_only_a_mainland_mobile_number_gets_a_code(db: Session, phone: str) -> None:
    with pytest.raises(BadPhone):
        challenges.ask_code(db, phone, CLIENT)


def test_a_known_phone_gets_the_same_answer_as_an_unknown_one(house: House) -> None:
    with house.store.begin() as db:
        sign_up(db, PHONE)
        house.clock.forward(minutes=2)
        known = challenges.ask_code(db, PHONE, CLIENT)
        unknown = challenges.ask_code(db, OTHER_PHONE, CLIENT)
    assert repr(known).replace(known.challenge_id, "") == repr(unknown).replace(
        unknown.challenge_id, ""
    )


def test_after_a_day_nothing_of_a_code_remains(house: House) -> None:
    with house.store.begin() as db:
        challenges.ask_code(db, PHONE, CLIENT)
        house.clock.forward(hours=24)
        queries.sweep(db, db.clock())
        assert db.scalar(sa.text("SELECT count(*) FROM phone_challenge")) == 0


def ask(db: Session, phone: str = PHONE) -> str:
    """Ask for a code from the one address; return the code of the refusal, if there is one."""
    try:
        challenges.ask_code(db, phone, CLIENT)
    except (CodeCapReached, CodeTooSoon) as no:
        return no.code
    return ""


def test_two_who_ask_at_once_do_not_pass_the_cap_of_their_address(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "CODES_PER_CLIENT", 1)
    both = meet(house, ask, lambda db: ask(db, OTHER_PHONE))
    assert both == ("", CodeCapReached.code)


def test_two_who_ask_at_once_around_a_full_minute_get_one_code(house: House) -> None:
    house.clock.at = house.clock.at.replace(second=59, microsecond=0)

    def later(db: Session) -> str:
        house.clock.forward(seconds=2)
        return ask(db)

    assert meet(house, ask, later) == ("", CodeTooSoon.code)
