"""The secrets of apps: issue, roll, pause, and check what was proved with them.

A secret is sealed for the house, bound to its row, and shown once. An old one may run on for a
while after a roll, so that a developer can change over without a gap.
"""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta

from shouyue.ground.hazmat import tokens
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.requests import SignMethod
from shouyue.ground.jobs import service as jobs
from shouyue.ground.kit.types import Dice, SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.apps import queries, uses
from shouyue.platform.apps.errors import (
    LastSecret,
    NoApp,
    NoSecret,
    SecretRefused,
    SignatureRefused,
)
from shouyue.platform.apps.tables import AppRow, AppSecret
from shouyue.platform.apps.types import Credentials, Mixed, SecretKind, SecretState, SignSecret
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact

LONGEST_OVERLAP = timedelta(days=30)
_LABEL = "app-secret"
_METHODS = {one.value: one for one in SignMethod}
_MESSAGE_KEY_BYTES = 16  # decoders accept 16, 24 and 32; the shortest is safe with all of them


def issue(db: Session, app_id: str, kind: SecretKind, state: SecretState = SecretState.LIVE) -> str:
    """Make a secret of this kind and return it in plain, once."""
    plain, identity = _fresh(kind, db.dice), db.new_id()
    row = AppSecret(
        id=identity,
        app=app_id,
        kind=kind.value,
        sealed=db.keys.seal_named(_LABEL, plain.encode(), identity.encode()),
        last4=plain.rstrip("=")[-4:],
        state=state.value,
        created=db.clock(),
    )
    db.add(row)
    db.flush()
    return plain


def roll_secret(
    db: Session,
    owner: SubjectId,
    app_id: str,
    kind: SecretKind,
    *,
    overlap: timedelta = timedelta(0),
) -> str:
    """Replace a secret and return the new one, once; the old works on for `overlap` (≤ 30 days).

    Two work at a time and no more: one that was running out already ends at once, and so does
    what was frozen or paused. What takes the place of a frozen one waits frozen for the staff's
    thaw. The door asks for a second factor first. Raises NoApp.
    """
    row = queries.owned(db, owner, app_id)
    if row is None:
        raise NoApp
    queries.hold(db, app_id)
    until = db.clock() + min(max(overlap, timedelta(0)), LONGEST_OVERLAP)
    olds = queries.secrets(db, app_id, kind)
    for old in olds:
        works = old.state == SecretState.LIVE and not old.paused and old.until is None
        if overlap and works:
            old.until = until
        else:
            old.state = SecretState.ENDED.value
    plain = issue(db, app_id, kind, SecretState.FROZEN if row.frozen else SecretState.LIVE)
    changed(db, app_id)
    ledger.append(db, Fact("apps.rolled", owner, {"app": app_id, "kind": kind.value}))
    return plain


def pause(db: Session, owner: SubjectId, app_id: str, secret_id: str, *, paused: bool) -> None:
    """Stop one secret, or let it work again, at the developer's wish. Raises NoApp, NoSecret.

    What the operator's staff froze stays frozen all the same.
    """
    secret = _own(db, owner, app_id, secret_id)
    if secret.paused is paused:
        return
    secret.paused = paused
    _told(db, owner, secret, "paused" if paused else "resumed")


def end(db: Session, owner: SubjectId, app_id: str, secret_id: str) -> None:
    """End one of two secrets at once. Raises NoApp, NoSecret, LastSecret."""
    secret = _own(db, owner, app_id, secret_id)
    others = [
        one for one in queries.secrets(db, app_id, SecretKind(secret.kind)) if _lives(db, one)
    ]
    if all(one.id == secret.id for one in others):
        raise LastSecret
    secret.state = SecretState.ENDED.value
    _told(db, owner, secret, "ended")


def authenticate(db: Session, appkey: str, app_secret: str) -> str:
    """Return the app's id if this is its app secret; raise SecretRefused otherwise."""
    row = queries.by_appkey(db, appkey)
    for secret in _live(db, row, SecretKind.APP_SECRET):
        if tokens.same(_opened(db, secret), app_secret):
            uses.write(db, {secret.id: db.clock()})
            return secret.app
    raise SecretRefused


def sign_secrets(db: ReadSession, row: AppRow) -> tuple[SignSecret, ...]:
    """Return the sign secrets in force, newest first."""
    found = _live(db, row, SecretKind.SIGN_SECRET)
    return tuple(SignSecret(one.id, _opened(db, one), one.until) for one in found)


def unfit(db: ReadSession, app_id: str) -> list[tuple[Mixed, str]]:
    """Return the secrets that an app might sign with by mistake, and what each is.

    For the debugger of the app's owner, who has them all.
    """
    found = []
    for one in queries.every_secret(db, app_id):
        kind = SecretKind(one.kind)
        if kind is not SecretKind.SIGN_SECRET:
            found.append((Mixed(kind.value), _opened(db, one)))
        elif not _lives(db, one):
            is_over = one.state == SecretState.ENDED or bool(one.until and one.until <= db.clock())
            found.append((Mixed.OVER if is_over else Mixed.STOPPED, _opened(db, one)))
    return found


def is_frozen(db: ReadSession, row: AppRow) -> bool:
    """Tell whether no sign secret is in force because they are frozen or paused."""
    found = queries.secrets(db, row.id, SecretKind.SIGN_SECRET)
    stopped = any(one.state == SecretState.FROZEN or one.paused for one in found)
    return stopped and not _live(db, row, SecretKind.SIGN_SECRET)


def message_key(db: ReadSession, app_id: str) -> bytes:
    """Return the newest key of pushed messages, or raise NoApp."""
    for secret in _live(db, db.get(AppRow, app_id), SecretKind.MESSAGE_KEY):
        return base64.b64decode(_opened(db, secret))
    raise NoApp


def check_signature(
    credentials: Credentials, params: Mapping[str, str], method: str, sign: str, at: datetime
) -> str:
    """Return the id of the secret that made the signature; raise SignatureRefused for none.

    `params` are the values as received and decoded; nothing is written anew (protocol, 1.3).
    A secret that ran out by `at` counts no more, however long it has been held in memory.
    """
    for secret, verifier in zip(credentials.signing, credentials.verifiers, strict=True):
        if secret.until is not None and secret.until <= at:
            continue
        try:
            verifier.verify(_METHODS[method], params, sign)
        except NotAuthentic:
            continue
        return secret.id
    raise SignatureRefused


def changed(db: Session, app_id: str = "") -> None:
    """Say that what gateways hold has become wrong: here by bell, elsewhere by the version.

    Of one app, or of every app where none is told.
    """
    queries.move_version(db, app_id)
    jobs.enqueue(db, "access.changed", {"app": app_id})


def _live(db: ReadSession, row: AppRow | None, kind: SecretKind) -> list[AppSecret]:
    if row is None:
        return []
    return [secret for secret in queries.secrets(db, row.id, kind) if _lives(db, secret)]


def _lives(db: ReadSession, secret: AppSecret) -> bool:
    in_time = secret.until is None or db.clock() < secret.until
    return secret.state == SecretState.LIVE and not secret.paused and in_time


def _own(db: Session, owner: SubjectId, app_id: str, secret_id: str) -> AppSecret:
    if queries.owned(db, owner, app_id) is None:
        raise NoApp
    queries.hold(db, app_id)
    for secret in queries.secrets(db, app_id):
        if secret.id == secret_id and (secret.until is None or db.clock() < secret.until):
            return secret
    raise NoSecret


def _told(db: Session, owner: SubjectId, secret: AppSecret, deed: str) -> None:
    db.flush()
    changed(db, secret.app)
    facts = {"app": secret.app, "kind": secret.kind, "secret": secret.id, "deed": deed}
    ledger.append(db, Fact("apps.secret", owner, facts))


def _opened(db: ReadSession, secret: AppSecret) -> str:
    return db.keys.unseal_named(_LABEL, secret.sealed, secret.id.encode()).decode()


def _fresh(kind: SecretKind, dice: Dice) -> str:
    if kind is SecretKind.MESSAGE_KEY:
        return base64.b64encode(dice(_MESSAGE_KEY_BYTES)).decode()
    return tokens.mint(dice)
