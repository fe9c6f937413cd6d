"""The token endpoint and what an access token stands for.

Owns `oauth_code` and `oauth_token`, as fingerprints only. Endings that must survive (a code used
twice) are returned as refusals, not raised, because a raised one would undo them.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from shouyue.ground.hazmat import tokens
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.types import App
from shouyue.platform.oauth import clients, grants, queries, reach, rules, shops
from shouyue.platform.oauth.errors import (
    AccessDenied,
    InvalidGrant,
    InvalidRequest,
    NoTrial,
    OAuthRefusal,
    RefreshExpired,
    TokenRefused,
    UnsupportedGrantType,
)
from shouyue.platform.oauth.tables import GrantRow, TokenRow
from shouyue.platform.oauth.types import (
    Grant,
    GrantState,
    Inspected,
    Pass,
    Standing,
    TokenKind,
    Tokens,
)
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

link_merchant = shops.link_merchant
merchant = shops.merchant
staff_left = shops.left
staff_unknown = shops.unknown
staff_grants = shops.staff_grants
revoke_of_staff = shops.revoke_of_staff
ask = grants.ask
offer = grants.offer
grant = grants.grant
revoke = grants.revoke
grants_of = grants.grants_of
grants_to = grants.grants_to
shops_of = grants.shops_of
apps_for = grants.apps_for
may_give = grants.may_give
fingerprint = tokens.fingerprint
known = queries.known


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
    stands = _pass(row, behind, seller_id, until)
    if behind is None or not behind.staff_id:
        return stands
    main = queries.merchant_by_seller(db, seller_id)
    return replace(
        stands,
        staff_id=behind.staff_id,
        main=SubjectId(main.subject) if main else None,
        shop_open_id=reach.open_id(db, row.app, seller_id),
    )


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


def trials(db: ReadSession, owner: SubjectId) -> list[Grant]:
    """Return the live grants of test users to a developer's apps, newest first."""
    mine = [app.id for app in apps.mine(db, owner)]
    return [queries.grant(row) for row in queries.test_grants(db, mine, db.clock())]


@control(Clause.C2_3, says="A developer's tools call for test users of the own apps alone.")
def trial(db: Session, owner: SubjectId, grant_id: str) -> str:
    """Return an access token of a test user's grant, for five minutes. Raises NoTrial.

    The protocol's console gives its developers such tokens too; here none is ever shown.
    """
    if grant_id not in {one.id for one in trials(db, owner)}:
        raise NoTrial
    behind = db.get_one(GrantRow, grant_id)
    until = min(db.clock() + rules.TRIAL_LIFE, behind.until)
    facts = {"grant": behind.id, "app": behind.app}
    ledger.append(db, Fact("oauth.trial", SubjectId(behind.subject), facts))
    return _mint(db, apps.get(db, behind.app), behind, TokenKind.ACCESS, until)


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
