"""3.1, the server's side: what an authentication cookie carries, and when it stops to work."""

import pytest
import sqlalchemy as sa

from shouyue.ground.store.session import Session
from shouyue.people.accounts import entry, sessions, standing
from shouyue.people.accounts.types import AccountState
from tests.house import House
from tests.people import CLIENT, sign_up, ticket_for

pytestmark = pytest.mark.clause("3.1")


def test_the_cookie_value_means_nothing_and_is_not_stored(db: Session) -> None:
    entered = sign_up(db)
    assert entered.subject not in entered.session_token
    stored = str(db.execute(sa.text("SELECT * FROM account_session")).all())
    assert entered.session_token not in stored


def test_every_log_in_changes_the_token(house: House) -> None:
    with house.store.begin() as db:
        first = sign_up(db).session_token
        house.clock.forward(minutes=2)
        second = entry.enter(db, ticket_for(db), CLIENT, replaces=first).session_token
        assert second != first
        assert sessions.visit(db, first) is None


def test_a_step_up_changes_the_token(house: House) -> None:
    with house.store.begin() as db:
        first = sign_up(db).session_token
        house.clock.forward(minutes=2)
        assert sessions.step_up(db, first, ticket_for(db)) != first
        assert sessions.visit(db, first) is None


def test_twelve_idle_hours_sign_out(house: House) -> None:
    with house.store.begin() as db:
        token = sign_up(db).session_token
        house.clock.forward(hours=12)
        assert sessions.visit(db, token) is None


def test_a_barred_account_is_signed_out_at_once(db: Session) -> None:
    entered = sign_up(db)
    standing.move(db, entered.subject, AccountState.FROZEN_ID_THEFT, "misuse-proven")
    assert sessions.visit(db, entered.session_token) is None
