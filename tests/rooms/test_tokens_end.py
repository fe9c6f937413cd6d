"""Codes and tokens go thirty days after their end; what the protocol promises of them stays."""

import pytest
import sqlalchemy as sa

from shouyue.assembly.answers import SCHEDULE
from shouyue.ground.jobs.service import Worker
from shouyue.ground.store.session import Session
from shouyue.platform.apps.types import Issued
from shouyue.platform.grants import service as grants
from shouyue.platform.oauth import errors, jobs, rules, standards
from shouyue.platform.oauth import service as oauth
from shouyue.platform.oauth.tables import CodeRow, TokenRow
from shouyue.platform.oauth.types import Standing, Tokens
from tests.house import House
from tests.merchants import authorise, exchange, make_app, make_merchant
from tests.rooms.test_oauth import refresh


@pytest.fixture
def app(house: House) -> Issued:
    with house.store.begin() as db:
        return make_app(db)[1]


@pytest.fixture
def given(house: House, app: Issued) -> Tokens:
    with house.store.begin() as db:
        return exchange(db, app, authorise(db, make_merchant(db), app))


def sweep(house: House) -> None:
    """Let the worker do the daily job, and what it asks for after a breath."""
    worker = Worker(house.store, {jobs.EXPIRE: jobs.expire}, {jobs.EXPIRE: SCHEDULE[jobs.EXPIRE]})
    worker.plan()
    while worker.run_once():
        house.clock.forward(seconds=1)


def rows(house: House, table: type[TokenRow] | type[CodeRow] = TokenRow) -> int:
    with house.store.read() as db:
        return db.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def discarded(db: Session, app: Issued, token: str) -> str:
    with pytest.raises(errors.AccessDenied) as caught:
        refresh(db, app, token)
    return str(caught.value.facts["cause"])


def test_an_access_token_is_known_as_expired_for_thirty_days_and_then_unknown(
    house: House, app: Issued, given: Tokens
) -> None:
    house.clock.forward(days=32)
    house.clock.forward(seconds=-1)
    sweep(house)
    with house.store.read() as db:
        assert oauth.inspect(db, given.access).state is Standing.EXPIRED  # type: ignore[union-attr]
    house.clock.forward(days=1)
    sweep(house)
    keys = {"app_id": app.appkey, "app_secret": app.app_secret}
    with house.store.begin() as db:
        assert oauth.inspect(db, given.access) is None
        with pytest.raises(errors.TokenRefused) as caught:
            oauth.look_up(db, given.access)
        assert type(caught.value) is errors.TokenRefused
        assert standards.introspect(db, keys | {"token": given.access}) is None
        assert oauth.revoke_token(db, keys | {"token": given.access}) == app.app_id
        assert refresh(db, app, given.refresh).access


def test_a_replaced_refresh_token_is_discarded_as_long_as_its_grant_holds(
    house: House, app: Issued, given: Tokens
) -> None:
    with house.store.begin() as db:
        newest = refresh(db, app, given.refresh)
    house.clock.forward(days=179)
    sweep(house)
    with house.store.begin() as db:
        assert discarded(db, app, given.refresh) == "refreshToken.discarded"
        assert oauth.inspect(db, newest.refresh).state is Standing.LIVE  # type: ignore[union-attr]
    house.clock.forward(days=1)
    for token in (given.refresh, newest.refresh):
        with house.store.begin() as db, pytest.raises(errors.RefreshExpired):
            refresh(db, app, token)


def test_thirty_days_after_the_grant_every_token_of_it_is_gone(
    house: House, app: Issued, given: Tokens
) -> None:
    with house.store.begin() as db:
        newest = refresh(db, app, given.refresh)
    house.clock.forward(days=210)
    sweep(house)
    assert rows(house) == 2  # to the second, both refresh tokens are still known
    house.clock.forward(days=1)
    sweep(house)
    sweep(house)
    house.clock.forward(days=1)
    sweep(house)
    assert rows(house) == 0
    with house.store.begin() as db:
        assert discarded(db, app, newest.refresh) == "refreshToken.unknown"


def test_the_end_of_the_consent_does_not_change_what_an_old_refresh_token_is_told(
    house: House, app: Issued, given: Tokens
) -> None:
    house.clock.forward(days=180)
    with house.store.begin() as db:
        for one in grants.grants_to(db, app.app_id):
            grants.revoke(db, one.subject, app.app_id)
        with pytest.raises(errors.RefreshExpired):
            refresh(db, app, given.refresh)


def test_a_code_takes_back_what_it_gave_for_thirty_days(house: House, app: Issued) -> None:
    with house.store.begin() as db:
        code = authorise(db, make_merchant(db), app)
        tokens = exchange(db, app, code)
    keys = {"app_id": app.appkey, "app_secret": app.app_secret, "grant_type": "code", "code": code}
    house.clock.forward(days=30)
    sweep(house)
    with house.store.begin() as db:
        assert isinstance(oauth.token(db, keys), errors.InvalidGrant)
        with pytest.raises(errors.AccessDenied):
            refresh(db, app, tokens.refresh)
    house.clock.forward(days=1)
    sweep(house)
    assert rows(house, CodeRow) == 0
    with house.store.begin() as db, pytest.raises(errors.InvalidGrant):
        oauth.token(db, keys)


def test_tokens_of_apps_alone_and_of_test_users_go_too(house: House) -> None:
    with house.store.begin() as db:
        _, app = make_app(db, online=False)
        exchange(db, app, authorise(db, make_merchant(db), app))
        keys = {"app_id": app.appkey, "app_secret": app.app_secret}
        oauth.token(db, keys | {"grant_type": "client_credentials"})
    assert rows(house) == 3
    house.clock.forward(days=33)
    sweep(house)
    assert rows(house) == 1  # the refresh token of ten days
    house.clock.forward(days=8)
    sweep(house)
    assert rows(house) == 0


def test_many_go_in_batches_and_a_death_between_two_loses_nothing(
    house: House, app: Issued, given: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "AT_ONCE", 3)
    keys = {"app_id": app.appkey, "app_secret": app.app_secret}
    with house.store.begin() as db:
        for _ in range(7):
            oauth.token(db, keys | {"grant_type": "client_credentials"})
    house.clock.forward(days=33)
    with pytest.raises(RuntimeError), house.store.begin() as db:
        assert oauth.expire(db)
        raise RuntimeError
    with house.store.begin() as db:
        assert oauth.expire(db)
    assert rows(house) == 6
    sweep(house)
    assert rows(house) == 1
    with house.store.begin() as db:
        assert refresh(db, app, given.refresh).access
