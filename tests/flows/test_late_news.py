"""News of the end of a consent that arrives late, after a crash, undoes no newer yes."""

import pytest
import sqlalchemy as sa

from shouyue.assembly import answers
from shouyue.ground.jobs.tables import JobRow
from shouyue.ground.jobs.types import Job
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.platform.grants import service as grants
from shouyue.platform.grants.types import GrantState
from shouyue.platform.oauth import service as oauth
from shouyue.platform.oauth.errors import TokenRefused
from shouyue.privacy.consent import service as consent
from shouyue.privacy.policy.purposes import Purpose
from tests.house import House
from tests.merchants import CALLBACK, authorise, exchange, make_app, make_merchant


def news(db: Session, merchant: SubjectId, app: str) -> Job:
    args = {"subject": merchant, "purpose": Purpose.P6.value, "event": "E", "recipient": app}
    return Job(db.new_id(), "consent.withdrawn", merchant, args, 1, db.clock())


def live(db: Session, merchant: SubjectId) -> list[str]:
    return [g.id for g in grants.grants_of(db, merchant) if g.state is GrantState.LIVE]


@pytest.mark.clause("6.2.1")
def test_a_withdrawal_ends_the_grant_that_rested_on_it(db: Session) -> None:
    _, app = make_app(db)
    merchant = make_merchant(db)
    authorise(db, merchant, app)
    consent.withdraw(db, merchant, Purpose.P6, app.app_id)
    answers.consent_ended(db, news(db, merchant, app.app_id))
    assert live(db, merchant) == []


def test_late_news_of_a_withdrawal_leaves_a_newer_grant_alone(house: House, db: Session) -> None:
    _, app = make_app(db)
    merchant = make_merchant(db)
    authorise(db, merchant, app)
    grants.revoke(db, merchant, app.app_id)
    house.clock.forward(minutes=5)
    authorise(db, merchant, app)
    answers.consent_ended(db, news(db, merchant, app.app_id))
    assert len(live(db, merchant)) == 1


@pytest.mark.clause("6.2.1")
def test_a_no_to_an_app_that_was_let_in_before_ends_what_was_let_in(db: Session) -> None:
    _, app = make_app(db)
    merchant = make_merchant(db)
    given = exchange(db, app, authorise(db, merchant, app))
    asked = {"app_id": app.appkey, "redirect_uri": CALLBACK, "response_type": "code"}
    notice = consent.show(db, grants.offer(oauth.ask(db, asked), "zh"))
    consent.refuse(db, merchant, notice.token)
    rows = db.scalars(sa.select(JobRow).where(JobRow.name == "consent.withdrawn")).all()
    for row in rows:
        job = Job(row.id, row.name, merchant, row.args, 1, db.clock())
        answers.consent_ended(db, job)
    assert live(db, merchant) == []
    with pytest.raises(TokenRefused):
        oauth.look_up(db, given.access)
