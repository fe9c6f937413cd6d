"""A clock that is put back: nothing ended lives again, nothing in line moves, work goes on."""

from datetime import timedelta

import pytest

from shouyue.ground.jobs.service import Worker
from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.people.accounts import sessions
from shouyue.people.accounts.errors import TicketInvalid
from shouyue.platform.grants import service as grants
from shouyue.platform.oauth import service as oauth
from shouyue.platform.oauth.errors import InvalidGrant, TokenRefused
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger import walk
from shouyue.privacy.ledger.types import Fact
from tests.house import House
from tests.merchants import authorise, exchange, make_app, make_merchant
from tests.people import sign_up, ticket_for


def back(house: House) -> None:
    house.clock.forward(hours=-3)


def test_evidence_keeps_its_line_and_its_own_times(house: House, db: Session) -> None:
    ids = []
    for _ in range(3):
        ids += [ledger.append(db, Fact("account.registered", None, {})) for _ in range(2)]
        ledger.integrate(db)
        back(house)
    proved = [ledger.verify(ledger.receipt(db, leaf)) for leaf in ids]
    assert [one.index for one in proved] == list(range(6))
    assert proved[0].leaf.at - proved[-1].leaf.at == timedelta(hours=6)
    assert list(walk.check(db)) == []


def test_leaves_written_around_a_jump_are_all_put_in_line_once(house: House, db: Session) -> None:
    ids = []
    for _ in range(4):
        ids.append(ledger.append(db, Fact("account.registered", None, {})))
        back(house)
    assert [ledger.integrate(db, 3) for _ in range(3)] == [3, 1, 0]
    places = [ledger.verify(ledger.receipt(db, leaf)).index for leaf in ids]
    assert sorted(places) == [0, 1, 2, 3]


def test_a_session_that_was_ended_stays_ended(house: House, db: Session) -> None:
    token = sign_up(db).session_token
    sessions.end(db, token)
    back(house)
    assert sessions.visit(db, token) is None


def test_ten_minutes_of_a_fresh_code_do_not_grow(house: House, db: Session) -> None:
    token = sign_up(db).session_token
    house.clock.forward(minutes=2)
    ticket = ticket_for(db)
    raised = sessions.step_up(db, token, ticket)
    house.clock.forward(minutes=-1)
    seen = sessions.visit(db, raised)
    assert seen is not None
    assert not seen.stepped_up
    with pytest.raises(TicketInvalid):
        sessions.step_up(db, raised, ticket)


def test_a_code_or_token_that_is_spent_or_revoked_is_so_for_good(house: House, db: Session) -> None:
    _, app = make_app(db)
    merchant = make_merchant(db)
    code = authorise(db, merchant, app)
    tokens = exchange(db, app, code)
    assert oauth.look_up(db, tokens.access)
    given = {"app_id": app.appkey, "app_secret": app.app_secret, "grant_type": "code"}
    grants.revoke(db, merchant, app.app_id)
    for _ in range(2):
        back(house)
        with pytest.raises(TokenRefused):
            oauth.look_up(db, tokens.access)
        assert isinstance(oauth.token(db, {**given, "code": code}), InvalidGrant)


def test_periodic_work_does_not_wait_for_the_clock_to_catch_up(house: House) -> None:
    ran: list[str] = []

    def note(_db: Session, job: Job) -> None:
        ran.append(job.name)

    worker = Worker(house.store, {"a.b": note}, {"a.b": timedelta(minutes=1)})
    for _ in range(2):
        worker.plan()
        worker.run_once()
    assert len(ran) == 1
    back(house)
    worker.plan()
    worker.run_once()
    assert len(ran) == 2
    worker.plan()
    worker.run_once()
    assert len(ran) == 2
