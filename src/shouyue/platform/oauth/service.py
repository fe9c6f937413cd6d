"""The token endpoint and what an access token stands for.

Owns `oauth_code` and `oauth_token`, as fingerprints only. Endings that must survive (a code used
twice) are returned as refusals, not raised, because a raised one would undo them.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from shouyue.ground.hazmat import tokens
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.types import App
from shouyue.platform.oauth import clients, grants, queries, rules
from shouyue.platform.oauth.errors import (
    AccessDenied,
    InvalidGrant,
    InvalidRequest,
    OAuthRefusal,
    RefreshExpired,
    TokenRefused,
    UnsupportedGrantType,
)
from shouyue.platform.oauth.tables import GrantRow, TokenRow
from shouyue.platform.oauth.types import (
    GrantState,
    Inspected,
    Pass,
    Standing,
    TokenKind,
    Tokens,
)

link_merchant = grants.link_merchant
merchant = grants.merchant
ask = grants.ask
offer = grants.offer
grant = grants.grant
revoke = grants.revoke
grants_of = grants.grants_of
grants_to = grants.grants_to
shops_of = grants.shops_of
apps_for = grants.apps_for
fingerprint = tokens.fingerprint


def token(db: Session, given: Mapping[str, str], default: str = "") -> Tokens | OAuthRefusal:
    """Answer the token endpoint: `code`, `refresh_token` or `client_credentials`.

    `default` is the grant type where none is given. Returns InvalidGrant for a code used twice,
    after taking back what it gave; raises every other OAuthRefusal.
    """
    params = rules.named(given)
    grant_type = params.get("grant_type", "") or default
    if not grant_type:
        raise InvalidRequest(name="grant_type")
    if grant_type not in _WAYS:
        raise UnsupportedGrantType
    return _WAYS[grant_type](db, clients.authenticate(db, params), params)


def revoke_token(db: Session, given: Mapping[str, str]) -> str:
    """End the grant behind a token, at its app's wish (RFC 7009): an unknown token is no error.

    Returns the app's id, for which gateways must forget what they hold.
    """
    params = rules.named(given)
    app = clients.authenticate(db, params)
    row = queries.token_for_update(db, tokens.fingerprint(clients.needed(params, "token")))
    if row is None or row.app != app.id:
        return app.id
    row.revoked = True
    behind = db.get(GrantRow, row.grant) if row.grant else None
    if behind is not None and behind.state == GrantState.LIVE:
        grants.end(db, behind)
    else:
        apps.changed(db, app.id)
    return app.id


def look_up(db: ReadSession, access_token: str) -> Pass:
    """Return what a usable access token stands for, or raise TokenRefused with the cause."""
    found = queries.token(db, tokens.fingerprint(access_token[: clients.MOST_TOKEN]))
    if found is None or found[0].kind == TokenKind.REFRESH:
        raise TokenRefused(cause="unknown")
    row, behind, seller_id = found
    if row.revoked or (behind is not None and behind.state != GrantState.LIVE):
        raise TokenRefused(cause="revoked")
    until = min(row.until, behind.until) if behind else row.until
    if until <= db.clock():
        raise TokenRefused(cause="expired")
    return _pass(row, behind, seller_id, until)


def inspect(db: ReadSession, token: str) -> Inspected | None:
    """Return what any token is, a refresh token or one that is over too; None for an unknown one.

    For the owner of its app alone: the caller checks `app_id`.
    """
    found = queries.token(db, tokens.fingerprint(token[: clients.MOST_TOKEN]))
    if found is None:
        return None
    row, behind, _ = found
    until = min(row.until, behind.until) if behind else row.until
    state = Standing.REPLACED if row.discarded else Standing.LIVE
    if until <= db.clock():
        state = Standing.EXPIRED
    if row.revoked or (behind is not None and behind.state != GrantState.LIVE):
        state = Standing.REVOKED
    scopes, open_id = (tuple(behind.scopes), behind.open_id) if behind else ((), "")
    return Inspected(row.app, TokenKind(row.kind), state, until, scopes, open_id)


def _pass(row: TokenRow, behind: GrantRow | None, seller_id: int, until: datetime) -> Pass:
    if behind is None:
        return Pass(row.app, TokenKind.APP, frozenset(), until)
    return Pass(
        app_id=row.app,
        kind=TokenKind.ACCESS,
        scopes=frozenset(behind.scopes),
        until=until,
        grant=behind.id,
        provision=behind.provision,
        subject=SubjectId(behind.subject),
        seller_id=seller_id,
        open_id=behind.open_id,
        is_test=behind.is_test,
    )


def _by_code(db: Session, app: App, params: Mapping[str, str]) -> Tokens | OAuthRefusal:
    code = queries.code_for_update(db, tokens.fingerprint(clients.needed(params, "code")))
    behind = db.get(GrantRow, code.grant) if code else None
    if code is None or behind is None or behind.app != app.id:
        raise InvalidGrant
    if (params.get("redirect_uri") or app.callback) != app.callback:
        raise InvalidGrant  # the address that the code went to, for clients that name it again
    if code.used is not None:
        # Somebody else holds this code too: what came of it is taken back (RFC 6749, 4.1.2).
        if behind.state == GrantState.LIVE:
            grants.end(db, behind)
        return InvalidGrant()
    if code.until <= db.clock() or behind.state != GrantState.LIVE:
        raise InvalidGrant
    if not _proved(code.challenge, rules.verifier(params)):
        raise InvalidGrant
    code.used = db.clock()
    return _pair(db, app, behind)


def _proved(challenge: str, verifier: str) -> bool:
    # A verifier for a code without challenge: somebody took the challenge off (RFC 9700, 4.8).
    return tokens.same(tokens.challenge(verifier) if verifier else "", challenge)


def _by_refresh(db: Session, app: App, params: Mapping[str, str]) -> Tokens:
    mark = tokens.fingerprint(clients.needed(params, "refresh_token"))
    row = queries.token_for_update(db, mark)
    behind = db.get(GrantRow, row.grant) if row and row.grant else None
    if row is None or behind is None or row.kind != TokenKind.REFRESH or row.app != app.id:
        raise AccessDenied(cause="refreshToken.unknown")
    if row.revoked or behind.state != GrantState.LIVE:
        raise AccessDenied(cause="refreshToken.revokedAuthorization")
    if behind.until <= db.clock():
        raise RefreshExpired
    if row.until <= db.clock():
        raise AccessDenied(cause="refreshToken.discarded")
    if not row.discarded:
        row.discarded = True
        row.until = min(row.until, db.clock() + rules.DISCARD_AFTER)
    return _pair(db, app, behind)


def _by_app(db: Session, app: App, _params: Mapping[str, str]) -> Tokens:
    until = db.clock() + rules.ACCESS_LIFE
    return Tokens(_mint(db, app, None, TokenKind.APP, until), rules.seconds(until, db.clock()))


_WAYS: Mapping[str, Callable[[Session, App, Mapping[str, str]], Tokens | OAuthRefusal]] = {
    "code": _by_code,
    "authorization_code": _by_code,
    "refresh_token": _by_refresh,
    "client_credentials": _by_app,
}


def _pair(db: Session, app: App, behind: GrantRow) -> Tokens:
    now = db.clock()
    until = min(now + rules.ACCESS_LIFE, behind.until)
    return Tokens(
        access=_mint(db, app, behind, TokenKind.ACCESS, until),
        expires_in=rules.seconds(until, now),
        scopes=tuple(behind.scopes),
        open_id=behind.open_id,
        # The life of a refresh token ends with the grant; refreshing never makes it longer.
        refresh=_mint(db, app, behind, TokenKind.REFRESH, behind.until),
        refresh_expires_in=rules.seconds(behind.until, now),
    )


def _mint(db: Session, app: App, behind: GrantRow | None, kind: TokenKind, until: datetime) -> str:
    plain = tokens.mint(db.dice)
    row = TokenRow(
        fingerprint=tokens.fingerprint(plain),
        app=app.id,
        grant=behind.id if behind else None,
        kind=kind.value,
        until=until,
        discarded=False,
        revoked=False,
        created=db.clock(),
    )
    db.add(row)
    db.flush()
    return plain
