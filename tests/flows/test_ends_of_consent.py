"""However a yes ends, it ends on every path at once: no worker has run in any of these tests."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from shouyue.assembly import answers, publishing
from shouyue.ground.jobs.tables import JobRow
from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.people.accounts import sessions
from shouyue.platform.apps import service as apps
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.grants import service as grants
from shouyue.platform.grants import shops
from shouyue.platform.grants.errors import MainFirst, OAuthRefusal
from shouyue.platform.oauth import service as oauth
from shouyue.platform.oauth import standards
from shouyue.platform.oauth.tables import CodeRow
from shouyue.platform.oauth.types import Standing, Tokens
from shouyue.platform.push import deliveries, intake
from shouyue.platform.push.types import IncomingEvent
from shouyue.privacy.consent import service as consents
from shouyue.privacy.editions import service as editions
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from tests.callers import Scene
from tests.editions import edition
from tests.house import House
from tests.merchants import SELLER, authorise, exchange, make_staff
from tests.pushing import REFUND, subscribe
from tests.visitors import Visitor

pytestmark = pytest.mark.clause("6.2.1")
OPEN = "open.item.category"
"""An API that tells of nobody: no release stands in its way."""
SHOP = SELLER + 1


def refund(scene: "Let") -> IncomingEvent:
    """A message that names nobody."""
    info = dict(catalogue.event(REFUND).example)
    return IncomingEvent(
        event_id=f"refund-{scene.house.new_id()}",
        event=REFUND,
        seller_id=SHOP,
        biz_id=int(str(info["refundId"])),
        info=info,
        at=scene.house.clock(),
    )


class Let(Scene):
    """A merchant with a browser has let an app in; a gateway holds the token in memory."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self.browser = Visitor(house).sign_up()
        with house.store.begin() as db:
            editions.adopt(db, policy.active())
            cookie = self.browser.web.cookies["__Host-sy_session"]
            found = sessions.visit(db, cookie)
            assert found is not None
            self.merchant = found.subject
            shops.link_merchant(db, self.merchant, SHOP)
            self.code = authorise(db, self.merchant, self.app)
            self.tokens = exchange(db, self.app, authorise(db, self.merchant, self.app))
            subscribe(db, self.owner, self.app)
        # The next second: what was read in the last one is verified anew.
        self.gateway.snapshot._fresh_for = 0
        assert self.call(OPEN)["result"] == 1

    def renew(self) -> None:
        """Let the app come with fresh tokens."""
        with self.house.store.begin() as db:
            self.tokens = self.refreshed(db)
        assert self.call(OPEN)["result"] == 1

    def refreshed(self, db: Session) -> Tokens:
        """Refresh."""
        return self.asked(db, grant_type="refresh_token", refresh_token=self.tokens.refresh)

    def asked(self, db: Session, **more: str) -> Tokens:
        """Ask the token endpoint."""
        keys = {"app_id": self.app.appkey, "app_secret": self.app.app_secret}
        found = oauth.token(db, keys | more)
        if isinstance(found, OAuthRefusal):
            raise found
        return found


@pytest.fixture
def scene(house: House) -> Iterator[Let]:
    yield Let(house)
    policy.use(policy.load())


class End:
    """How a yes ends: `near` is the last moment before, with fresh tokens; `come` is the end."""

    def near(self, scene: Let) -> None:
        """Nothing has to come first."""

    def come(self, scene: Let) -> None:
        """End it."""
        raise NotImplementedError


class Withdrawn(End):
    """The merchant takes the yes back in the privacy centre."""

    def come(self, scene: Let) -> None:
        with scene.house.store.read() as db:
            yes = [one for one in consents.history(db, scene.merchant) if one.recipient]
        scene.browser.press(f"/privacy/consents/{yes[-1].id}/withdraw")


class Deleted(End):
    """The merchant deletes an item that the app was promised."""

    def come(self, scene: Let) -> None:
        scene.browser.press("/privacy/data/DI-05/delete")


class Stale(End):
    """An edition comes into force that lets apps in on other grounds."""

    def near(self, scene: Let) -> None:
        with scene.house.store.begin() as db:
            purposes = policy.active().purposes
            other = replace(purposes[Purpose.P6], bases=(Basis.SEPARATE_CONSENT,))
            every = {**purposes, Purpose.P6: other}
            coming = edition("1.1.0", db.clock(), 16, purposes=every)
            editions.announce(db, coming)
        policy.use(coming)
        scene.house.clock.forward(days=16)
        scene.renew()

    def come(self, scene: Let) -> None:
        publishing.adopt(scene.house.store)


class Expired(End):
    """The days of the yes have gone by."""

    def near(self, scene: Let) -> None:
        scene.house.clock.forward(days=179, hours=23)
        scene.renew()

    def come(self, scene: Let) -> None:
        scene.house.clock.forward(hours=1)


ENDS = {type(one).__name__: one for one in (Withdrawn(), Deleted(), Stale(), Expired())}


@pytest.fixture(params=sorted(ENDS))
def end(scene: Let, request: pytest.FixtureRequest) -> Callable[[], None]:
    """The end of the merchant's yes, about to come."""
    one = ENDS[request.param]
    one.near(scene)
    return lambda: one.come(scene)


def test_a_token_that_a_gateway_holds_opens_nothing(scene: Let, end: Callable[[], None]) -> None:
    end()
    asked = len(scene.upstream.asked)
    found = scene.call(OPEN)
    assert found["sub_code"] in {"oauth.token-revoked", "oauth.token-expired"}
    assert len(scene.upstream.asked) == asked


def test_a_refresh_token_gives_nothing(scene: Let, end: Callable[[], None]) -> None:
    end()
    with scene.house.store.begin() as db, pytest.raises(OAuthRefusal):
        scene.refreshed(db)


def test_a_code_gives_nothing(scene: Let, end: Callable[[], None]) -> None:
    with scene.house.store.begin() as db:
        code = db.get_one(CodeRow, oauth.fingerprint(scene.code))
        code.until = db.clock() + timedelta(days=1)
    end()
    with scene.house.store.begin() as db, pytest.raises(OAuthRefusal) as no:
        scene.asked(db, grant_type="code", code=scene.code)
    assert no.value.facts["cause"] == "code.revokedAuthorization"


def test_who_looks_at_the_token_reads_that_it_is_over(scene: Let, end: Callable[[], None]) -> None:
    end()
    keys = {"app_id": scene.app.appkey, "app_secret": scene.app.app_secret}
    with scene.house.store.begin() as db:
        assert standards.introspect(db, keys | {"token": scene.tokens.access}) is None
        seen = oauth.inspect(db, scene.tokens.access)
    assert seen is not None
    assert seen.state is not Standing.LIVE


def test_no_event_is_taken_for_the_app(scene: Let, end: Callable[[], None]) -> None:
    end()
    with scene.house.store.begin() as db:
        assert intake.take(db, refund(scene), grants.apps_for) == 0


def test_a_message_that_waits_is_not_sent(scene: Let, end: Callable[[], None]) -> None:
    with scene.house.store.begin() as db:
        assert intake.take(db, refund(scene), grants.apps_for) == 1
        found = deliveries.log(db, scene.owner, scene.app.app_id).rows[0]
    end()
    with scene.house.store.begin() as db:
        assert deliveries.prepare(db, found.id, grants.apps_for) is None


def test_what_a_sub_account_let_in_ends_with_the_main_accounts_yes(
    scene: Let, end: Callable[[], None]
) -> None:
    with scene.house.store.begin() as db:
        clerk = make_staff(db, SHOP)
        scene.tokens = exchange(db, scene.app, authorise(db, clerk, scene.app))
    assert scene.call(OPEN)["result"] == 1
    end()
    assert scene.call(OPEN)["sub_code"] in {"oauth.token-revoked", "oauth.token-expired"}
    with scene.house.store.begin() as db, pytest.raises(OAuthRefusal):
        scene.refreshed(db)
    with scene.house.store.begin() as db, pytest.raises(MainFirst):
        authorise(db, make_staff(db, SHOP, 8), scene.app)


def test_a_new_yes_lets_the_app_in_again(scene: Let, end: Callable[[], None]) -> None:
    end()
    with scene.house.store.begin() as db:
        scene.tokens = exchange(db, scene.app, authorise(db, scene.merchant, scene.app))
    assert scene.call(OPEN)["result"] == 1


def test_an_end_that_a_server_takes_note_of_twice_troubles_the_gateways_once(scene: Let) -> None:
    stale = ENDS["Stale"]
    stale.near(scene)
    stale.come(scene)
    with scene.house.store.read() as db:
        before = apps.access_version(db)
    publishing.adopt(scene.house.store)
    with scene.house.store.read() as db:
        assert apps.access_version(db) == before


def test_a_newer_yes_to_less_does_not_bring_what_was_before_back(
    scene: Let, end: Callable[[], None]
) -> None:
    end()
    with scene.house.store.begin() as db:
        code = authorise(db, scene.merchant, scene.app, "merchant_order")
        fresh = exchange(db, scene.app, code)
    assert scene.call(OPEN)["sub_code"] in {"oauth.token-revoked", "oauth.token-expired"}
    with scene.house.store.begin() as db, pytest.raises(OAuthRefusal):
        scene.refreshed(db)
    with scene.house.store.begin() as db:
        assert intake.take(db, refund(scene), grants.apps_for) == 0
    news(scene)
    with scene.house.store.read() as db:
        found = grants.grants_of(db, scene.merchant)
        [live] = [one for one in found if one.state == "live" and db.clock() < one.until]
        assert "merchant_item" not in live.scopes
        assert oauth.look_up(db, fresh.access).grant == live.id


def news(scene: Let) -> None:
    """What the worker hears of the ends, late."""
    with scene.house.store.begin() as db:
        for row in db.scalars(
            sa.select(JobRow).where(JobRow.name.in_(tuple(answers._ENDED)))
        ).all():
            args = {name: str(value) for name, value in row.args.items()}
            answers.consent_ended(db, Job(row.id, row.name, scene.merchant, args, 1, db.clock()))
