"""Apps live with their owner's certification."""

import pytest

from shouyue.ground.jobs.types import Job
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.accounts.tables import AccountRow
from shouyue.people.accounts.types import AccountState
from shouyue.platform.apps import jobs, service
from shouyue.platform.apps.types import AppState
from tests.merchants import make_app


def moved(
    db: Session, owner: SubjectId, state: AccountState, told: AccountState | None = None
) -> None:
    """The account stands at `state`; the news says so too, or what was `told` before."""
    db.merge(
        AccountRow(subject=owner, public_id=owner[-16:], state=state.value, made_at=db.clock())
    )
    db.flush()
    args = {"subject": owner, "state": (told or state).value}
    jobs.owner_moved(db, Job(db.new_id(), "account.moved", owner, args, 1, db.clock()))


@pytest.mark.clause("2.1.2.b")
@pytest.mark.parametrize("state", [AccountState.LIMITED, AccountState.SUSPENDED])
def test_an_app_goes_offline_with_its_owners_certification(
    db: Session, state: AccountState
) -> None:
    owner, app = make_app(db)
    moved(db, owner, state)
    assert service.get(db, app.app_id).state is AppState.OFFLINE


def test_a_certified_owner_gets_the_apps_back_in_development(db: Session) -> None:
    owner, app = make_app(db)
    moved(db, owner, AccountState.LIMITED)
    moved(db, owner, AccountState.ACTIVE)
    assert service.get(db, app.app_id).state is AppState.IN_DEVELOPMENT


def test_news_that_comes_late_does_not_undo_what_came_after(db: Session) -> None:
    owner, app = make_app(db)
    moved(db, owner, AccountState.ACTIVE, told=AccountState.CERTIFYING)
    assert service.get(db, app.app_id).state is AppState.ONLINE


def test_other_peoples_apps_are_not_touched(db: Session) -> None:
    owner, _ = make_app(db)
    _, other = make_app(db, "别家应用")
    moved(db, owner, AccountState.LIMITED)
    assert service.get(db, other.app_id).state is AppState.ONLINE
