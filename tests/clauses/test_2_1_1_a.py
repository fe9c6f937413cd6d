"""2.1.1.a and INV-32: an account by phone and code, neither of them in clear."""

import pytest
import sqlalchemy as sa

from shouyue.ground.store.columns import Table
from shouyue.ground.store.session import Session
from shouyue.people.accounts import challenges, entry, standing
from shouyue.people.accounts.errors import WrongCode
from shouyue.people.accounts.types import AccountState
from shouyue.privacy.policy.items import Item
from shouyue.privacy.vault import service as vault
from tests.house import House, plain
from tests.people import CLIENT, PHONE, sign_up, ticket_for

pytestmark = pytest.mark.clause("2.1.1.a")


def test_a_phone_and_its_code_make_an_account(db: Session) -> None:
    subject = sign_up(db).subject
    assert standing.account(db, subject).state is AccountState.REGISTERED
    assert vault.find(db, Item.DI_01, PHONE) == subject


def test_the_phone_stands_in_no_table_in_clear(db: Session) -> None:
    sign_up(db)
    for table in Table.metadata.sorted_tables:
        assert PHONE not in str(db.execute(sa.select(table)).all()), table.name


def test_the_code_stands_in_no_table_in_clear(db: Session) -> None:
    asked = challenges.ask_code(db, PHONE, CLIENT)
    for table in Table.metadata.sorted_tables:
        for row in db.execute(sa.select(table)):
            assert plain(asked.code) not in row, table.name


def test_a_code_works_once_within_five_minutes(house: House) -> None:
    with house.store.begin() as db:
        asked = challenges.ask_code(db, PHONE, CLIENT)
        code = plain(asked.code)
        house.clock.forward(minutes=4, seconds=59)
        assert challenges.prove_phone(db, asked.challenge_id, PHONE, code).take()
        with pytest.raises(WrongCode):
            challenges.prove_phone(db, asked.challenge_id, PHONE, code).take()


def test_the_same_phone_is_the_same_person(house: House) -> None:
    with house.store.begin() as db:
        first = sign_up(db)
        house.clock.forward(minutes=2)
        assert entry.enter(db, ticket_for(db), CLIENT).subject == first.subject
