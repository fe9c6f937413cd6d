from datetime import timedelta

import pytest
import sqlalchemy as sa

from shouyue.ground.hazmat import requests
from shouyue.ground.hazmat.requests import SignMethod
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.apps import credentials as secrets
from shouyue.platform.apps import errors, queries
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.holder import AppHolder
from shouyue.platform.apps.tables import AppSecret
from shouyue.platform.apps.types import AppState, NewApp, SecretKind
from shouyue.privacy.policy.types import RecipientKind
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing.types import Standing
from shouyue.privacy.vault import service as vault
from tests.house import House
from tests.merchants import certified, make_app

PARAMS = {"appkey": "ks1", "method": "open.item.get", "timestamp": "1", "signMethod": "MD5"}


class NotCertified(Refusal):
    code = "test.not-certified"


def test_a_new_app_gets_three_different_secrets_and_a_public_key(db: Session) -> None:
    _, app = make_app(db)
    assert app.appkey.startswith("ks")
    assert app.appkey[2:].isdigit()
    assert len({app.app_secret, app.sign_secret, app.message_key}) == 3
    assert len(secrets.message_key(db, app.app_id)) == 16


def test_a_secret_is_never_seen_again(db: Session) -> None:
    owner, app = make_app(db)
    assert app.sign_secret not in repr(app)
    [seen] = apps.mine(db, owner)
    assert app.sign_secret not in repr(seen)
    assert {s.last4 for s in seen.secrets} >= {app.sign_secret[-4:], app.app_secret[-4:]}
    stored = b"".join(db.scalars(sa.select(AppSecret.sealed)))
    assert app.sign_secret.encode() not in stored


def test_an_app_has_the_default_packages_and_what_it_asked_for(db: Session) -> None:
    _, app = make_app(db)
    assert {"user_base", "user_info", "merchant_order"} <= set(apps.get(db, app.app_id).scopes)


def test_a_new_app_is_a_registered_recipient(db: Session) -> None:
    _, app = make_app(db)
    found = sharing.recipient(db, app.app_id)
    assert (found.kind, found.standing) == (RecipientKind.DEVELOPER, Standing.ACTIVE)


@pytest.mark.clause("2.1.2.b")
def test_an_uncertified_enterprise_gets_no_app(db: Session) -> None:
    def nobody(_db: ReadSession, _subject: SubjectId) -> str:
        raise NotCertified

    with pytest.raises(NotCertified):
        apps.register(db, vault.new_subject(db), NewApp("晨星打单"), certified=nobody)


def test_a_developer_has_ten_apps_at_most(db: Session) -> None:
    owner, _ = make_app(db)
    for number in range(9):
        make_app(db, f"应用{number}", owner=owner)
    with pytest.raises(errors.TooManyApps):
        make_app(db, "第十一个", owner=owner)


@pytest.mark.parametrize("title", ["", "a", "快手打单", "官 方助手", "x" * 31, "a\nb"])
def test_a_name_that_misleads_is_refused(db: Session, title: str) -> None:
    with pytest.raises(errors.TitleRefused):
        make_app(db, title)


def test_a_long_description_is_refused(db: Session) -> None:
    form = NewApp("晨星打单", description="x" * 501)
    with pytest.raises(errors.DescriptionTooLong):
        apps.register(db, vault.new_subject(db), form, certified=certified)


def test_an_unknown_package_is_refused(db: Session) -> None:
    form = NewApp("晨星打单", scopes=("merchant_everything",))
    with pytest.raises(errors.ScopeRefused):
        apps.register(db, vault.new_subject(db), form, certified=certified)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://erp.example/back",
        "http://127.0.0.1:9000/back",
        "https://user@erp.example/",
        "https://erp.example/#x",
        "https://",
        "javascript:alert(1)",
        "https://erp.example\\@evil.example/",
        "https://erp.example/ back",
        "https://erp.example:port/",
        "https://erp.example/" + "x" * 500,
        "https://商店.example/",
    ],
)
def test_a_callback_that_is_not_https_is_refused(db: Session, url: str) -> None:
    owner, app = make_app(db)
    with pytest.raises(errors.CallbackRefused):
        apps.set_callback(db, owner, app.app_id, url)


def test_a_loopback_callback_is_for_development_only(db: Session) -> None:
    owner, app = make_app(db)
    apps.set_callback(db, owner, app.app_id, "http://127.0.0.1:9000/back", loopback_allowed=True)
    assert apps.get(db, app.app_id).callback == "http://127.0.0.1:9000/back"


def test_a_stranger_finds_no_app(db: Session) -> None:
    _, app = make_app(db)
    with pytest.raises(errors.NoApp):
        apps.set_callback(db, vault.new_subject(db), app.app_id, "https://evil.example/")


def test_a_rolled_secret_replaces_the_old_one_at_once(db: Session) -> None:
    owner, app = make_app(db)
    fresh = apps.roll_secret(db, owner, app.app_id, SecretKind.SIGN_SECRET)
    assert apps.credentials(db, app.appkey).sign_secrets == (fresh,)


def test_an_old_secret_may_run_on_for_a_while(house: House, db: Session) -> None:
    owner, app = make_app(db)
    house.clock.forward(seconds=1)
    overlap = timedelta(hours=1)
    fresh = apps.roll_secret(db, owner, app.app_id, SecretKind.SIGN_SECRET, overlap=overlap)
    assert apps.credentials(db, app.appkey).sign_secrets == (fresh, app.sign_secret)
    house.clock.forward(hours=1)
    assert apps.credentials(db, app.appkey).sign_secrets == (fresh,)


def test_a_frozen_app_proves_nothing_until_it_is_thawed(db: Session) -> None:
    _, app = make_app(db)
    secrets.freeze(db, app.app_id)
    assert apps.credentials(db, app.appkey).frozen
    with pytest.raises(errors.SecretRefused):
        secrets.authenticate(db, app.appkey, app.app_secret)
    secrets.thaw(db, app.app_id)
    assert secrets.authenticate(db, app.appkey, app.app_secret) == app.app_id


@pytest.mark.parametrize("method", list(SignMethod))
def test_a_signature_with_the_sign_secret_fits(db: Session, method: SignMethod) -> None:
    _, app = make_app(db)
    sign = requests.sign(method, PARAMS, app.sign_secret)
    used = apps.check_signature(apps.credentials(db, app.appkey), PARAMS, method, sign, db.clock())
    assert used in {one.id for one in apps.get(db, app.app_id).secrets}


def test_a_signature_with_the_app_secret_does_not_fit(db: Session) -> None:
    _, app = make_app(db)
    sign = requests.sign(SignMethod.MD5, PARAMS, app.app_secret)
    with pytest.raises(errors.SignatureRefused):
        apps.check_signature(apps.credentials(db, app.appkey), PARAMS, "MD5", sign, db.clock())


def test_an_offline_app_is_a_suspended_recipient(db: Session) -> None:
    _, app = make_app(db)
    apps.set_state(db, app.app_id, AppState.OFFLINE)
    assert sharing.recipient(db, app.app_id).standing is Standing.SUSPENDED


def test_every_change_of_access_moves_the_version(db: Session) -> None:
    owner, app = make_app(db)
    seen = [apps.access_version(db)]
    apps.set_networks(db, owner, app.app_id, ["203.0.113.0/24"])
    seen.append(apps.access_version(db))
    secrets.freeze(db, app.app_id)
    seen.append(apps.access_version(db))
    assert seen == sorted(set(seen))


def test_a_gateway_learns_for_which_apps_the_version_moved(db: Session) -> None:
    _, one = make_app(db)
    _, other = make_app(db, "另一个")
    since = apps.access_version(db)
    secrets.freeze(db, one.app_id)
    secrets.freeze(db, other.app_id)
    told = apps.changes(db, since)
    assert sorted(told.apps or ()) == sorted([one.app_id, other.app_id])
    assert told.version == since + 2
    assert sorted(told.appkeys) == sorted([one.appkey, other.appkey])
    assert apps.changes(db, told.version).apps == []


def test_who_knows_nothing_or_too_little_must_forget_everything(
    db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_CHANGES", 2)
    _, app = make_app(db)
    since = apps.access_version(db)
    for _ in range(3):
        apps.changed(db, app.app_id)
    assert apps.changes(db, -1).apps is None
    assert apps.changes(db, since).apps is None
    assert apps.changes(db, since + 1).apps == [app.app_id] * 2
    assert apps.changes(db, since + 9).apps is None  # an older database was put in its place


@pytest.mark.parametrize(
    ("client", "admitted"),
    [
        ("203.0.113.9", True),
        ("::ffff:203.0.113.9", True),
        ("198.51.100.1", False),
        ("2001:db8::1", True),
        ("", False),
        ("nonsense", False),
        ("198.51.100.7", True),
        ("::ffff:198.51.100.7", True),
        ("198.51.100.8", False),
    ],
)
def test_an_address_list_admits_its_ranges_only(
    db: Session, client: str, *, admitted: bool
) -> None:
    owner, app = make_app(db)
    lines = [" 203.0.113.7/24 ", "2001:db8::1", "::ffff:198.51.100.7"]
    apps.set_networks(db, owner, app.app_id, lines)
    assert apps.admits(apps.credentials(db, app.appkey).networks, client) is admitted


def test_a_bad_line_of_an_address_list_is_named(db: Session) -> None:
    owner, app = make_app(db)
    with pytest.raises(errors.NetworkRefused) as caught:
        apps.set_networks(db, owner, app.app_id, ["203.0.113.7", "x"])
    assert caught.value.facts["line"] == 2


def test_a_person_who_goes_leaves_no_secret_and_no_calling_app(db: Session) -> None:
    owner, app = make_app(db)
    assert AppHolder().export(db, owner)["apps"]
    assert AppHolder().erase(db, owner) == 3
    assert apps.credentials(db, app.appkey).sign_secrets == ()
    assert apps.get(db, app.app_id).state is AppState.OFFLINE
    assert AppHolder().erase(db, owner) == 0
