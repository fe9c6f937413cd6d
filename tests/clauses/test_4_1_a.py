"""4.1.a: a recipient gets data by a yes to exactly this recipient, checked again at the sending."""

import pytest

from shouyue.ground.store.session import Session
from shouyue.platform.grants import service as grants
from shouyue.platform.oauth import service as oauth
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.errors import ConsentMissing
from shouyue.privacy.consent.types import ConsentState, Control
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.sharing import errors
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing.types import ProvisionState, Release
from tests.callers import Scene
from tests.house import House
from tests.merchants import CALLBACK, authorise, make_app, make_merchant

pytestmark = pytest.mark.clause("4.1.a")
PERSON = "open.user.info.get"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_question_names_recipient_contact_purpose_and_kinds(db: Session, lang: str) -> None:
    _, app = make_app(db)
    given = {"app_id": app.appkey, "redirect_uri": CALLBACK, "response_type": "code"}
    offer = grants.offer(oauth.ask(db, given), lang)
    html = consents.show(db, offer).html
    assert "晨星打单" in html
    assert policy.active().operator["support_email"].say(lang) in html
    assert policy.purpose(Purpose.P6).name.say(lang) in html
    for item in offer.items:
        assert policy.item(item).name.say(lang) in html
    assert offer.separate


def test_without_a_yes_to_this_recipient_nothing_is_provided(db: Session) -> None:
    _, one = make_app(db)
    _, other = make_app(db, "云帆客服")
    merchant = make_merchant(db)
    given = {"redirect_uri": CALLBACK, "response_type": "code"}
    shown = consents.show(db, grants.offer(oauth.ask(db, {**given, "app_id": one.appkey}), "zh"))
    request = oauth.ask(db, {**given, "app_id": other.appkey})
    with pytest.raises(ConsentMissing):
        oauth.grant(db, merchant, request, shown.token, control=Control.BUTTON)
    assert sharing.provisions_of(db, merchant) == []
    assert consents.state(db, merchant, Purpose.P6, other.app_id) is ConsentState.NONE


@pytest.mark.parametrize("how", ["withdraw", "void", "expire", "refuse"])
def test_the_provision_ends_in_the_same_write_as_the_yes(house: House, how: str) -> None:
    with house.store.begin() as db:
        _, app = make_app(db)
        merchant = make_merchant(db)
        authorise(db, merchant, app)
        [provision] = sharing.provisions_of(db, merchant)
        release = Release(provision.id, provision.items, PERSON, "R1", (merchant,))
        assert sharing.record(db, release)
        if how == "withdraw":
            consents.withdraw(db, merchant, Purpose.P6, app.app_id)
        elif how == "void":
            consents.void(db, merchant, Purpose.P6, app.app_id)
        elif how == "expire":
            house.clock.at = provision.until
            consents.expire(db)
        else:
            given = {"app_id": app.appkey, "redirect_uri": CALLBACK, "response_type": "code"}
            asked = consents.show(db, grants.offer(oauth.ask(db, given), "zh"))
            consents.refuse(db, merchant, asked.token)
        [ended] = sharing.provisions_of(db, merchant)
        assert ended.state is ProvisionState.ENDED
        with pytest.raises(errors.NoProvision):
            sharing.record(db, release)


def test_who_withdraws_between_two_calls_is_not_in_the_second_answer(house: House) -> None:
    scene = Scene(house)
    scene.upstream.data = {"name": "店主", "sex": "F", "head": "h", "bigHead": "b"}
    assert "店主" in str(scene.call(PERSON))
    with house.store.begin() as db:  # the worker has not heard of it yet
        consents.withdraw(db, scene.merchant, Purpose.P6, scene.app.app_id)
    found = scene.call(PERSON)
    assert found["result"] != 1
    assert "店主" not in str(found)


def test_one_recipient_ends_and_the_other_goes_on(db: Session) -> None:
    _, one = make_app(db)
    _, other = make_app(db, "云帆客服")
    merchant = make_merchant(db)
    authorise(db, merchant, one)
    authorise(db, merchant, other)
    consents.withdraw(db, merchant, Purpose.P6, one.app_id)
    states = {had.recipient: had.state for had in sharing.provisions_of(db, merchant)}
    assert states == {one.app_id: ProvisionState.ENDED, other.app_id: ProvisionState.ACTIVE}
