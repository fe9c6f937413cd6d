"""Apps: registration, callback, permission packages, address lists.

Owns `app`, `app_secret`, `access_version` and `access_change`. The portal and the console change
them, the gateway holds `Credentials` in memory and hears by `access.changed` when they have become
wrong.
Clauses: 1, 2.1.2.b, 2.3.
"""

from collections.abc import Sequence

from shouyue.ground.hazmat import tokens
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.apps import credentials as secret_room
from shouyue.platform.apps import queries, rules
from shouyue.platform.apps.errors import NoApp, ScopeRefused, TooManyApps
from shouyue.platform.apps.tables import AppRow
from shouyue.platform.apps.types import (
    App,
    AppState,
    Certified,
    Changes,
    Credentials,
    Issued,
    NewApp,
    SecretKind,
)
from shouyue.platform.catalogue import service as catalogue
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.types import RecipientKind
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing.types import NewRecipient, Standing

admits = rules.admits
roll_secret = secret_room.roll_secret
pause_secret = secret_room.pause
end_secret = secret_room.end
unfit_secrets = secret_room.unfit
check_signature = secret_room.check_signature
changed = secret_room.changed

_APPKEY_DIGITS = 18
_AGREEMENT = "developer-agreement"


@control(
    Clause.C2_1_2_b,
    says="Only a certified enterprise gets an app, and the app is a registered recipient.",
)
@control(
    Clause.C1,
    says="Whoever offers something through the platform is certified and a registered recipient.",
    lacks="A service with a policy of its own could not yet be told which of the two comes first.",
)
def register(
    db: Session,
    owner: SubjectId,
    form: NewApp,
    *,
    certified: Certified,
    loopback_allowed: bool = False,
) -> Issued:
    """Create an app in development and return its secrets, shown this once.

    `certified` is `onboarding.certified_enterprise`. Raises its refusal, TooManyApps, TitleRefused,
    DescriptionTooLong, CallbackRefused, ScopeRefused. An empty callback may be set later.
    """
    enterprise = certified(db, owner)
    rules.check_words(form.title, form.description)
    if form.callback:
        rules.check_callback(form.callback, loopback_allowed=loopback_allowed)
    queries.take_turn(db, enterprise)
    if queries.count_of_enterprise(db, enterprise) >= rules.MOST_APPS:
        raise TooManyApps(limit=rules.MOST_APPS)
    app = AppRow(
        id=db.new_id(),
        appkey="ks" + tokens.digits(db.dice, _APPKEY_DIGITS),
        owner=owner,
        enterprise=enterprise,
        title=form.title.strip(),
        description=form.description.strip(),
        state=AppState.IN_DEVELOPMENT.value,
        callback=form.callback,
        scopes=_scopes((*catalogue.default_scopes(), *form.scopes)),
        networks=[],
        created=db.clock(),
    )
    db.add(app)
    db.flush()
    sharing.register_recipient(
        db, NewRecipient(RecipientKind.DEVELOPER, enterprise, _AGREEMENT, app.id)
    )
    ledger.append(db, Fact("apps.registered", owner, {"app": app.id}))
    changed(db, app.id)
    secrets = {kind: secret_room.issue(db, app.id, kind) for kind in SecretKind}
    return Issued(
        app.id,
        app.appkey,
        secrets[SecretKind.APP_SECRET],
        secrets[SecretKind.SIGN_SECRET],
        secrets[SecretKind.MESSAGE_KEY],
    )


def set_callback(
    db: Session, owner: SubjectId, app_id: str, url: str, *, loopback_allowed: bool = False
) -> None:
    """Set the one address that codes are sent to. Raises NoApp, CallbackRefused."""
    rules.check_callback(url, loopback_allowed=loopback_allowed)
    _own(db, owner, app_id).callback = url
    db.flush()


def set_networks(db: Session, owner: SubjectId, app_id: str, lines: Sequence[str]) -> None:
    """Set the address list; empty admits every address. Raises NoApp, NetworkRefused."""
    _own(db, owner, app_id).networks = list(rules.networks(lines))
    changed(db, app_id)


def set_scopes(db: Session, app_id: str, scopes: Sequence[str]) -> None:
    """Set the permission packages that staff approved; the default ones stay.

    Tokens given before keep what they had: a merchant must authorise anew (protocol, 2.5).
    """
    row = _get(db, app_id)
    row.scopes = _scopes((*catalogue.default_scopes(), *scopes))
    changed(db, app_id)


def set_state(db: Session, app_id: str, state: AppState) -> None:
    """Take an app online or offline. An offline app neither calls nor receives."""
    _get(db, app_id).state = state.value
    standing = Standing.SUSPENDED if state is AppState.OFFLINE else Standing.ACTIVE
    sharing.set_standing(db, app_id, standing)
    changed(db, app_id)


def hold(db: Session, app_id: str) -> None:
    """Let nobody else count or change what belongs to this app until the unit of work ends."""
    queries.hold(db, app_id)


def mine(db: ReadSession, owner: SubjectId) -> list[App]:
    """Return a person's apps, oldest first, without secrets but with their last characters."""
    return [queries.app(row, queries.secrets(db, row.id)) for row in queries.of_owner(db, owner)]


def everyone(db: ReadSession) -> list[App]:
    """Return all apps, newest first, for the operator's staff."""
    return [queries.app(row, queries.secrets(db, row.id)) for row in queries.everything(db)]


def get(db: ReadSession, app_id: str) -> App:
    """Return an app by id, or raise NoApp."""
    row = _get(db, app_id)
    return queries.app(row, queries.secrets(db, row.id))


def by_appkey(db: ReadSession, appkey: str) -> App:
    """Return an app by its public key, or raise NoApp."""
    row = queries.by_appkey(db, appkey)
    if row is None:
        raise NoApp
    return queries.app(row, queries.secrets(db, row.id))


def credentials(db: ReadSession, appkey: str) -> Credentials:
    """Return what the gateway checks a call with, or raise NoApp."""
    row = queries.by_appkey(db, appkey)
    if row is None:
        raise NoApp
    return Credentials(
        app_id=row.id,
        appkey=row.appkey,
        enterprise=row.enterprise,
        state=AppState(row.state),
        frozen=secret_room.is_frozen(db, row),
        scopes=frozenset(row.scopes),
        networks=tuple(row.networks),
        signing=secret_room.sign_secrets(db, row),
    )


def access_version(db: ReadSession) -> int:
    """Return the number that moves whenever a gateway must forget what it holds."""
    return queries.version(db)


def changes(db: ReadSession, since: int) -> Changes:
    """Return the number as it is now and of which apps it has moved `since`."""
    version = queries.version(db)
    moved = None if since < 0 else queries.changed_apps(db, since, version)
    return Changes(version, moved, queries.appkeys(db, moved))


def _scopes(wanted: Sequence[str]) -> list[str]:
    for scope in wanted:
        if scope not in catalogue.scopes():
            raise ScopeRefused(scope=scope[:40])
    return list(dict.fromkeys(wanted))


def _own(db: Session, owner: SubjectId, app_id: str) -> AppRow:
    row = queries.owned(db, owner, app_id)
    if row is None:
        raise NoApp
    return row


def _get(db: ReadSession, app_id: str) -> AppRow:
    row = db.get(AppRow, app_id)
    if row is None:
        raise NoApp
    return row
