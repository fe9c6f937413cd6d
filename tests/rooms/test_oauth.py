from datetime import timedelta

import pytest
import sqlalchemy as sa

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.types import AppState, Issued
from shouyue.platform.grants import service as grants
from shouyue.platform.grants.errors import NoMerchant, ShopTaken
from shouyue.platform.grants.types import GrantState
from shouyue.platform.oauth import errors
from shouyue.platform.oauth import service as oauth
from shouyue.platform.oauth.holder import GrantHolder
from shouyue.platform.oauth.tables import CodeRow, TokenRow
from shouyue.platform.oauth.types import TokenKind, Tokens
from shouyue.privacy.consent import service as consent
from shouyue.privacy.consent.errors import ConsentMissing
from shouyue.privacy.consent.types import ConsentState, Control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing.types import ProvisionState
from shouyue.privacy.vault import service as vault
from tests.house import House
from tests.merchants import (
    CALLBACK,
    SELLER,
    authorise,
    exchange,
    make_app,
    make_merchant,
)


def stage(db: Session) -> tuple[SubjectId, Issued, Tokens]:
    _, app = make_app(db)
    merchant = make_merchant(db)
    return merchant, app, exchange(db, app, authorise(db, merchant, app))


def refresh(db: Session, app: Issued, token: str) -> Tokens:
    found = oauth.token(
        db,
        {
            "client_id": app.appkey,
            "client_secret": app.app_secret,
            "grant_type": "refresh_token",
            "refresh_token": token,
        },
    )
    assert isinstance(found, Tokens)
    return found


def asked(app: Issued, **other: str) -> dict[str, str]:
    return {"app_id": app.appkey, "redirect_uri": CALLBACK, "response_type": "code", **other}


@pytest.mark.parametrize("names", [("app_id", "redirect_uri"), ("appId", "redirectUri")])
def test_a_request_is_understood_under_its_older_names(db: Session, names: tuple[str, str]) -> None:
    _, app = make_app(db)
    found = oauth.ask(db, {names[0]: app.appkey, names[1]: CALLBACK, "state": "s"})
    assert (found.app_id, found.state, found.scopes) == (
        app.app_id,
        "s",
        ("user_base", "user_info"),
    )


@pytest.mark.parametrize(
    ("other", "refusal"),
    [
        ({"redirect_uri": "https://erp.example/back"}, errors.CallbackMismatch),
        ({"redirect_uri": ""}, errors.CallbackMismatch),
        ({"app_id": "ks0"}, errors.CallbackMismatch),
        ({"client_id": "ks0"}, errors.CallbackMismatch),
        ({"redirectUri": "https://thief.example/"}, errors.CallbackMismatch),
        ({"response_type": "token"}, errors.UnsupportedResponseType),
        ({"scope": "merchant_order,merchant_cs"}, errors.InvalidScope),
        ({"state": "x" * 1001}, errors.InvalidRequest),
    ],
)
def test_a_wrong_request_is_refused(
    db: Session, other: dict[str, str], refusal: type[Exception]
) -> None:
    _, app = make_app(db)
    with pytest.raises(refusal):
        oauth.ask(db, asked(app, **other))


def test_an_offline_app_cannot_ask(db: Session) -> None:
    _, app = make_app(db)
    apps.set_state(db, app.app_id, AppState.OFFLINE)
    with pytest.raises(errors.UnauthorizedClient):
        oauth.ask(db, asked(app))


def test_a_code_becomes_tokens_with_the_lives_of_the_protocol(db: Session) -> None:
    _, _, tokens = stage(db)
    wire = tokens.wire()
    assert (wire["expires_in"], wire["refresh_token_expires_in"]) == (172800, 15552000)
    assert "error" not in wire
    assert wire["scope"] == ",".join(tokens.scopes)
    assert wire["result"] == 1


def test_a_token_stands_for_the_merchant_the_app_and_the_scopes(db: Session) -> None:
    merchant, app, tokens = stage(db)
    found = oauth.look_up(db, tokens.access)
    assert (found.subject, found.app_id, found.seller_id) == (merchant, app.app_id, SELLER)
    assert found.kind is TokenKind.ACCESS
    assert "merchant_order" in found.scopes
    assert found.open_id == tokens.open_id


def test_only_fingerprints_are_stored(db: Session) -> None:
    _, _, tokens = stage(db)
    stored = set(db.scalars(sa.select(TokenRow.fingerprint)))
    stored |= set(db.scalars(sa.select(CodeRow.fingerprint)))
    assert not stored & {tokens.access, tokens.refresh}


def test_a_grant_is_consent_provision_and_grant_together(db: Session) -> None:
    merchant, app, _ = stage(db)
    assert consent.state(db, merchant, Purpose.P6, app.app_id) is ConsentState.GIVEN
    [provision] = sharing.provisions_of(db, merchant)
    assert provision.recipient == app.app_id
    assert Item.DI_66 in provision.items
    [grant] = grants.grants_of(db, merchant)
    assert (grant.state, provision.case) == (GrantState.LIVE, grant.id)


@pytest.mark.clause("4.1.a")
def test_a_yes_to_one_app_is_no_yes_to_another(db: Session) -> None:
    _, one = make_app(db)
    _, other = make_app(db, "云帆客服")
    merchant = make_merchant(db)
    notice = consent.show(db, grants.offer(oauth.ask(db, asked(one)), "zh"))
    request = oauth.ask(db, asked(other))
    with pytest.raises(ConsentMissing):
        oauth.grant(db, merchant, request, notice.token, control=Control.BUTTON)


def test_who_has_no_shop_cannot_authorise(db: Session) -> None:
    _, app = make_app(db)
    with pytest.raises(NoMerchant):
        authorise(db, vault.new_subject(db), app)


def test_a_shop_belongs_to_one_account(db: Session) -> None:
    make_merchant(db)
    with pytest.raises(ShopTaken):
        make_merchant(db)


def test_a_code_lives_two_minutes(house: House, db: Session) -> None:
    _, app = make_app(db)
    code = authorise(db, make_merchant(db), app)
    house.clock.forward(minutes=2)
    assert refused(db, app, code) == "code.expired"


def test_a_code_of_another_app_is_refused(db: Session) -> None:
    _, app = make_app(db)
    _, thief = make_app(db, "云帆客服")
    code = authorise(db, make_merchant(db), app)
    assert refused(db, thief, code) == refused(db, thief, "made-up") == "code.unknown"


def test_a_code_says_why_it_gives_no_token(db: Session) -> None:
    _, app = make_app(db)
    merchant = make_merchant(db)
    code = authorise(db, merchant, app)
    assert refused(db, app, code, redirect_uri="https://else.example/") == "code.redirectUri"
    assert refused(db, app, code, code_verifier="x" * 43) == "code.verifier"
    grants.revoke(db, merchant, app.app_id)
    assert refused(db, app, code) == "code.revokedAuthorization"


def refused(db: Session, app: Issued, code: str, **more: str) -> str:
    """Why a code gives no token."""
    keys = {"app_id": app.appkey, "app_secret": app.app_secret, "grant_type": "code"}
    with pytest.raises(errors.InvalidGrant) as caught:
        oauth.token(db, {**keys, "code": code, **more})
    return str(caught.value.facts["cause"])


def test_a_code_used_twice_takes_back_what_it_gave(db: Session) -> None:
    _, app = make_app(db)
    code = authorise(db, make_merchant(db), app)
    tokens = exchange(db, app, code)
    given = {"app_id": app.appkey, "app_secret": app.app_secret, "code": code}
    again = oauth.token(db, {**given, "grant_type": "authorization_code"})
    assert isinstance(again, errors.InvalidGrant)
    assert again.facts["cause"] == "code.used"
    with pytest.raises(errors.TokenRefused):
        oauth.look_up(db, tokens.access)
    with pytest.raises(errors.AccessDenied):
        refresh(db, app, tokens.refresh)


def test_an_access_token_ends_after_48_hours(house: House, db: Session) -> None:
    _, _, tokens = stage(db)
    house.clock.forward(hours=48)
    with pytest.raises(errors.TokenExpired):
        oauth.look_up(db, tokens.access)


def test_refreshing_does_not_make_the_grant_longer(house: House, db: Session) -> None:
    _, app, tokens = stage(db)
    house.clock.forward(days=100)
    fresh = refresh(db, app, tokens.refresh)
    assert fresh.refresh_expires_in == int(timedelta(days=80).total_seconds())


def test_an_old_access_token_outlives_a_refresh(db: Session) -> None:
    _, app, tokens = stage(db)
    refresh(db, app, tokens.refresh)
    assert oauth.look_up(db, tokens.access)


def test_an_old_refresh_token_works_five_minutes_more(house: House, db: Session) -> None:
    _, app, tokens = stage(db)
    refresh(db, app, tokens.refresh)
    house.clock.forward(minutes=4)
    assert refresh(db, app, tokens.refresh).access
    house.clock.forward(minutes=1)
    with pytest.raises(errors.AccessDenied) as caught:
        refresh(db, app, tokens.refresh)
    assert caught.value.facts["cause"] == "refreshToken.discarded"


def test_after_180_days_the_merchant_must_authorise_again(house: House, db: Session) -> None:
    _, app, tokens = stage(db)
    house.clock.forward(days=180)
    with pytest.raises(errors.RefreshExpired):
        refresh(db, app, tokens.refresh)


def test_an_access_token_does_not_refresh(db: Session) -> None:
    _, app, tokens = stage(db)
    with pytest.raises(errors.AccessDenied):
        refresh(db, app, tokens.access)


def test_a_refresh_token_does_not_open_the_api(db: Session) -> None:
    _, _, tokens = stage(db)
    with pytest.raises(errors.TokenRefused):
        oauth.look_up(db, tokens.refresh)


def test_an_app_token_stands_for_the_app_alone(db: Session) -> None:
    _, app = make_app(db)
    given = {"app_id": app.appkey, "app_secret": app.app_secret}
    tokens = oauth.token(db, {**given, "grant_type": "client_credentials"})
    assert isinstance(tokens, Tokens)
    assert tokens.refresh == ""
    found = oauth.look_up(db, tokens.access)
    assert (found.kind, found.subject, found.provision) == (TokenKind.APP, None, "")


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({}, errors.InvalidRequest),
        ({"grant_type": "password"}, errors.UnsupportedGrantType),
        ({"grant_type": "code"}, errors.InvalidRequest),
        ({"grant_type": "code", "code": "x" * 501}, errors.InvalidRequest),
        ({"grant_type": "code", "code": "x"}, errors.InvalidGrant),
        ({"grant_type": "code", "code": "x", "app_secret": "no"}, errors.UnauthorizedClient),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, errors.AccessDenied),
        ({"grant_type": "client_credentials", "app_id": "ks0"}, errors.UnauthorizedClient),
        ({"grant_type": "client_credentials", "app_secret": ""}, errors.InvalidRequest),
    ],
)
def test_a_wrong_token_request_is_refused(
    db: Session, given: dict[str, str], refusal: type[Exception]
) -> None:
    _, app = make_app(db)
    with pytest.raises(refusal):
        oauth.token(db, {"app_id": app.appkey, "app_secret": app.app_secret, **given})


@pytest.mark.clause("6.2.1")
def test_a_revocation_ends_tokens_provision_and_consent_at_once(db: Session) -> None:
    merchant, app, tokens = stage(db)
    version = apps.access_version(db)
    assert grants.revoke(db, merchant, app.app_id) == 1
    with pytest.raises(errors.TokenRevoked):
        oauth.look_up(db, tokens.access)
    [provision] = sharing.provisions_of(db, merchant)
    assert provision.state is ProvisionState.ENDED
    assert consent.state(db, merchant, Purpose.P6, app.app_id) is ConsentState.WITHDRAWN
    assert apps.access_version(db) > version


def test_a_second_revocation_changes_nothing(db: Session) -> None:
    merchant, app, _ = stage(db)
    grants.revoke(db, merchant, app.app_id)
    assert grants.revoke(db, merchant, app.app_id) == 0


def test_an_app_may_give_a_token_back(db: Session) -> None:
    _, app, tokens = stage(db)
    given = {"client_id": app.appkey, "client_secret": app.app_secret}
    oauth.revoke_token(db, {**given, "token": tokens.refresh})
    with pytest.raises(errors.TokenRefused):
        oauth.look_up(db, tokens.access)


def test_an_app_cannot_give_back_the_token_of_another(db: Session) -> None:
    _, _, tokens = stage(db)
    _, other = make_app(db, "云帆客服")
    given = {"client_id": other.appkey, "client_secret": other.app_secret}
    oauth.revoke_token(db, {**given, "token": tokens.access})
    assert oauth.look_up(db, tokens.access)


def test_a_later_wider_grant_leaves_an_older_token_as_narrow_as_it_was(db: Session) -> None:
    _, app = make_app(db)
    merchant = make_merchant(db)
    narrow = exchange(db, app, authorise(db, merchant, app, "user_info"))
    exchange(db, app, authorise(db, merchant, app))
    assert oauth.look_up(db, narrow.access).scopes == frozenset({"user_info"})


def test_two_developers_see_two_open_ids_of_one_seller_and_one_developer_one(db: Session) -> None:
    owner, one = make_app(db)
    _, sister = make_app(db, "晨星报表", owner=owner)
    _, stranger = make_app(db, "云帆客服")
    merchant = make_merchant(db)
    seen = [
        exchange(db, app, authorise(db, merchant, app)).open_id for app in (one, sister, stranger)
    ]
    assert seen[0] == seen[1] != seen[2]


def test_a_merchant_who_goes_leaves_no_grant_and_no_token(db: Session) -> None:
    merchant, _, tokens = stage(db)
    assert GrantHolder().export(db, merchant)["seller_id"] == SELLER
    assert GrantHolder().erase(db, merchant) == 5
    with pytest.raises(errors.TokenRefused):
        oauth.look_up(db, tokens.access)
    [provision] = sharing.provisions_of(db, merchant)
    assert provision.state is ProvisionState.ENDED
    assert GrantHolder().erase(db, merchant) == 0
