"""A developer lets time pass for a test user's grant: everything ends earlier, nothing later."""

from datetime import datetime, timedelta
from functools import partial

import pytest

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.platform.apps.types import Issued
from shouyue.platform.grants import service as grants
from shouyue.platform.grants.types import GrantState
from shouyue.platform.oauth import errors, queries
from shouyue.platform.oauth import service as oauth
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing.types import ProvisionState
from tests.house import House
from tests.merchants import authorise, exchange, make_app, make_merchant
from tests.rooms.test_oauth import refresh
from tests.rooms.test_races import meet

HOURS_48, DAYS_10 = 48 * 60, 10 * 24 * 60


class Trial:
    """An app in development with one test user."""

    def __init__(self, house: House) -> None:
        self.house = house
        with house.store.begin() as db:
            self.owner, self.app = make_app(db, online=False)
            self.merchant = make_merchant(db)
            self.code = authorise(db, self.merchant, self.app)
            [one] = oauth.trials(db, self.owner)
            self.grant = one.id

    def passes(self, minutes: int, owner: SubjectId | None = None) -> None:
        with self.house.store.begin() as db:
            oauth.pass_time(db, owner or self.owner, self.grant, minutes)


@pytest.fixture
def trial(house: House) -> Trial:
    return Trial(house)


def refused(trial: Trial, token: str, app: Issued) -> str:
    with trial.house.store.begin() as db, pytest.raises(errors.AccessDenied) as caught:
        refresh(db, app, token)
    return str(caught.value.facts["cause"])


def test_a_code_is_too_old_after_five_minutes(trial: Trial) -> None:
    trial.passes(5)
    with trial.house.store.begin() as db, pytest.raises(errors.InvalidGrant):
        exchange(db, trial.app, trial.code)


def test_an_access_token_expires_and_a_fresh_one_may_be_had(trial: Trial) -> None:
    with trial.house.store.begin() as db:
        given = exchange(db, trial.app, trial.code)
        assert oauth.look_up(db, given.access).is_test
    trial.passes(HOURS_48)
    with trial.house.store.begin() as db:
        with pytest.raises(errors.TokenExpired):
            oauth.look_up(db, given.access)
        again = refresh(db, trial.app, given.refresh)
        assert oauth.look_up(db, again.access).grant == trial.grant


def test_a_replaced_refresh_token_is_discarded_five_minutes_later(trial: Trial) -> None:
    with trial.house.store.begin() as db:
        given = exchange(db, trial.app, trial.code)
        refresh(db, trial.app, given.refresh)
        refresh(db, trial.app, given.refresh)
    trial.passes(5)
    assert refused(trial, given.refresh, trial.app) == "refreshToken.discarded"


def test_after_ten_days_the_grant_is_over_and_so_is_what_rested_on_it(trial: Trial) -> None:
    with trial.house.store.begin() as db:
        given = exchange(db, trial.app, trial.code)
    trial.passes(DAYS_10)
    with trial.house.store.begin() as db:
        found = grants.get(db, trial.grant)
        assert found is not None
        assert found.state is GrantState.REVOKED
        assert oauth.trials(db, trial.owner) == []
        [provision] = sharing.provisions_of(db, trial.merchant)
        assert provision.state is ProvisionState.ENDED
        with pytest.raises(errors.RefreshExpired):
            refresh(db, trial.app, given.refresh)


def test_it_is_on_record_and_no_end_is_put_off(trial: Trial) -> None:
    before = _until(trial)
    trial.passes(5)
    trial.passes(HOURS_48)
    assert before - _until(trial) == timedelta(minutes=5 + HOURS_48)
    with trial.house.store.read() as db:
        told = [one for one in ledger.about(db, trial.merchant) if one.kind == "oauth.time-passed"]
    assert [one.facts["minutes"] for one in told if one.facts] == [5, HOURS_48]


def test_of_two_who_let_time_pass_at_once_neither_undoes_the_other(trial: Trial) -> None:
    before = _ends(trial)
    passes = [partial(_passes, trial, minutes) for minutes in (5, HOURS_48)]
    meet(trial.house, *passes)
    both = timedelta(minutes=5 + HOURS_48)
    assert _ends(trial) == [end - both for end in before]


def _ends(trial: Trial) -> list[datetime]:
    """When the grant and its code end."""
    with trial.house.store.begin() as db:
        return [_until(trial), *(row.until for row in queries.of_grant(db, trial.grant))]


def _passes(trial: Trial, minutes: int, db: Session) -> None:
    oauth.pass_time(db, trial.owner, trial.grant, minutes)


def test_a_live_apps_grant_and_a_strangers_are_not_touched(trial: Trial) -> None:
    with trial.house.store.begin() as db:
        stranger, live = make_app(db, "云帆客服")
        authorise(db, make_merchant(db, 100_009), live)
        [one] = grants.grants_to(db, live.app_id)
    for owner, grant in ((stranger, trial.grant), (stranger, one.id), (trial.owner, "none")):
        with trial.house.store.begin() as db, pytest.raises(errors.NoTrial):
            oauth.pass_time(db, owner, grant, HOURS_48)


def _until(trial: Trial) -> datetime:
    with trial.house.store.read() as db:
        found = grants.get(db, trial.grant)
    assert found is not None
    return found.until
