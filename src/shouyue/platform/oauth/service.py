"""The token endpoint and what an access token stands for.

Owns `oauth_code` and `oauth_token`, as fingerprints only. Endings that must survive (a code used
twice) are returned as refusals, not raised, because a raised one would undo them.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from shouyue.ground.hazmat import tokens
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.types import App
from shouyue.platform.grants import reach, shops
from shouyue.platform.grants import service as grants
from shouyue.platform.grants.errors import OAuthRefusal
from shouyue.platform.grants.types import Ask, Cause, Grant, GrantState
from shouyue.platform.oauth import clients, queries, requests, rules
from shouyue.platform.oauth.errors import (
    AccessDenied,
    InvalidGrant,
    InvalidRequest,
    NoTrial,
    RefreshExpired,
    TokenExpired,
    TokenRefused,
    TokenRevoked,
    UnsupportedGrantType,
)
from shouyue.platform.oauth.tables import CodeRow, TokenRow
from shouyue.platform.oauth.types import (
    Inspected,
    Pass,
    Standing,
    TokenKind,
    Tokens,
)
from shouyue.privacy.consent.types import Control
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

ask = requests.ask
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
    app = clients.proven(db, params)
    row = queries.token_for_update(db, tokens.fingerprint(clients.needed(params, "token")))
    if row is None or row.app != app.id:
        return app.id
    row.revoked = True
    if not (row.grant and grants.end(db, row.grant, Cause.APP)):
        apps.changed(db, app.id)
    return app.id


def grant(db: Session, subject: SubjectId, request: Ask, token: str, *, control: Control) -> str:
    """Do what `grants.grant` does, with its refusals; return the code for the callback."""
    given = grants.grant(db, subject, request, token, control=control)
    code = tokens.mint(db.dice)
    row = CodeRow(fingerprint=tokens.fingerprint(code), grant=given, challenge=request.challenge)
    row.until = db.clock() + rules.CODE_LIFE
    db.add(row)
    db.flush()
    return code


def look_up(db: ReadSession, access_token: str) -> Pass:
    """Return what a usable access token stands for.

    Raises TokenRefused, or of its kinds TokenRevoked and TokenExpired.
    """
    row = queries.token(db, tokens.fingerprint(access_token[: clients.MOST_TOKEN]))
    if row is None or row.kind == TokenKind.REFRESH:
        raise TokenRefused
    behind, now = _behind(db, row), db.clock()
    if _revoked(row, behind, now):
        raise TokenRevoked
    until = _until(row, behind)
    if until <= now:
        raise TokenExpired
    if behind is None:
        return Pass(row.app, TokenKind.APP, frozenset(), until)
    return _pass(db, behind, until)


def inspect(db: ReadSession, token: str) -> Inspected | None:
    """Return what any token is, a refresh token or one that is over too.

    None for one that is unknown, or ended so long ago that it is forgotten. For the owner of its
    app alone: the caller checks `app_id`.
    """
    row = queries.token(db, tokens.fingerprint(token[: clients.MOST_TOKEN]))
    if row is None:
        return None
    behind = _behind(db, row)
    until = _until(row, behind)
    state = Standing.REPLACED if row.discarded else Standing.LIVE
    if until <= db.clock():
        state = Standing.EXPIRED
    if _revoked(row, behind, db.clock()):
        state = Standing.REVOKED
    scopes, open_id = (behind.scopes, behind.open_id) if behind else ((), "")
    return Inspected(row.app, TokenKind(row.kind), state, until, scopes, open_id)


def expire(db: Session) -> bool:
    """Delete some of what ended thirty days ago; tell whether there may be more.

    From then on an access token is unknown. A replaced refresh token stays known as discarded as
    long as its grant may hold, and thirty days more; a code used again takes back what it gave as
    long as it is known.
    """
    return queries.drop_over(db, db.clock() - rules.KEPT, rules.AT_ONCE) == rules.AT_ONCE


def trials(db: ReadSession, owner: SubjectId) -> list[Grant]:
    """Return the live grants of test users to a developer's apps, newest first."""
    mine = [app.id for app in apps.mine(db, owner)]
    return grants.of_testers(db, mine)


@control(Clause.C2_3, says="A developer's tools call for test users of the own apps alone.")
def trial(db: Session, owner: SubjectId, grant_id: str) -> str:
    """Return an access token of a test user's grant, for five minutes. Raises NoTrial.

    The protocol's console gives its developers such tokens too; here none is ever shown.
    """
    behind = next((one for one in trials(db, owner) if one.id == grant_id), None)
    if behind is None:
        raise NoTrial
    until = min(db.clock() + rules.TRIAL_LIFE, behind.until)
    facts = {"grant": behind.id, "app": behind.app_id}
    ledger.append(db, Fact("oauth.trial", behind.subject, facts))
    return _mint(db, apps.get(db, behind.app_id), behind, TokenKind.ACCESS, until)


def pass_time(db: Session, owner: SubjectId, grant_id: str, minutes: int) -> None:
    """Let time pass for a test user's grant: it, its codes and its tokens end so much earlier.

    So a developer sees within a minute how an app takes the end of 48 hours, of a replaced refresh
    token, of the grant. No end is ever put off. Raises NoTrial.
    """
    behind = next((one for one in trials(db, owner) if one.id == grant_id), None)
    if behind is None:
        raise NoTrial
    apps.hold(db, behind.app_id)  # of two who come at once neither undoes what the other did
    by = timedelta(minutes=minutes)
    for row in queries.of_grant(db, behind.id):
        row.until -= by
    told = Fact("oauth.time-passed", behind.subject, {"grant": behind.id, "minutes": minutes})
    ledger.append(db, told)
    grants.shorten(db, behind.id, by)


def _behind(db: ReadSession, row: TokenRow) -> Grant | None:
    return grants.get(db, row.grant) if row.grant else None


def _revoked(row: TokenRow, behind: Grant | None, now: datetime) -> bool:
    # A grant past its days is expired, also once the end of its consent has ended it.
    ended = behind is not None and behind.state is not GrantState.LIVE and now < behind.until
    return row.revoked or ended


def _until(row: TokenRow, behind: Grant | None) -> datetime:
    return min(row.until, behind.until) if behind else row.until


def _pass(db: ReadSession, behind: Grant, until: datetime) -> Pass:
    seller_id = grants.seller_of(db, behind)
    stands = Pass(
        app_id=behind.app_id,
        kind=TokenKind.ACCESS,
        scopes=frozenset(behind.scopes),
        until=until,
        grant=behind.id,
        provision=behind.provision,
        subject=behind.subject,
        seller_id=seller_id,
        open_id=behind.open_id,
        is_test=behind.is_test,
    )
    if not behind.staff_id:
        return stands
    return replace(
        stands,
        staff_id=behind.staff_id,
        main=shops.main_of(db, seller_id),
        shop_open_id=reach.open_id(db, behind.app_id, seller_id),
    )


def _by_code(db: Session, app: App, params: Mapping[str, str]) -> Tokens | OAuthRefusal:
    code = queries.code_for_update(db, tokens.fingerprint(clients.needed(params, "code")))
    behind = grants.get(db, code.grant) if code else None
    if code is None or behind is None or behind.app_id != app.id:
        raise InvalidGrant(cause="code.unknown")
    if (params.get("redirect_uri") or app.callback) != app.callback:
        # The address that the code went to, for clients that name it again.
        raise InvalidGrant(cause="code.redirectUri")
    if code.used is not None:
        # Somebody else holds this code too: what came of it is taken back (RFC 6749, 4.1.2).
        grants.end(db, behind.id, Cause.REUSED)
        return InvalidGrant(cause="code.used")
    if code.until <= db.clock():
        raise InvalidGrant(cause="code.expired")
    if behind.state is not GrantState.LIVE or behind.until <= db.clock():
        raise InvalidGrant(cause="code.revokedAuthorization")
    if not _proved(code.challenge, rules.verifier(params)):
        raise InvalidGrant(cause="code.verifier")
    code.used = db.clock()
    return _pair(db, app, behind)


def _proved(challenge: str, verifier: str) -> bool:
    # A verifier for a code without challenge: somebody took the challenge off (RFC 9700, 4.8).
    return tokens.same(tokens.challenge(verifier) if verifier else "", challenge)


def _by_refresh(db: Session, app: App, params: Mapping[str, str]) -> Tokens:
    mark = tokens.fingerprint(clients.needed(params, "refresh_token"))
    row = queries.token_for_update(db, mark)
    behind = _behind(db, row) if row else None
    if row is None or behind is None or row.kind != TokenKind.REFRESH or row.app != app.id:
        raise AccessDenied(cause="refreshToken.unknown")
    if behind.until <= db.clock():
        raise RefreshExpired  # also once the end of the consent has ended the grant
    if _revoked(row, behind, db.clock()):
        raise AccessDenied(cause="refreshToken.revokedAuthorization")
    if row.until <= db.clock():
        raise AccessDenied(cause="refreshToken.discarded")
    if not row.discarded:
        row.discarded = True
        row.until = min(row.until, db.clock() + rules.DISCARD_AFTER)
    return _pair(db, app, behind)


def _by_app(db: Session, app: App, _params: Mapping[str, str]) -> Tokens:
    life = rules.ACCESS_LIFE
    made = _mint(db, app, None, TokenKind.APP, db.clock() + life)
    return Tokens(made, int(life.total_seconds()))


_WAYS: Mapping[str, Callable[[Session, App, Mapping[str, str]], Tokens | OAuthRefusal]] = {
    "code": _by_code,
    "authorization_code": _by_code,
    "refresh_token": _by_refresh,
    "client_credentials": _by_app,
}


def _pair(db: Session, app: App, behind: Grant) -> Tokens:
    now = db.clock()
    until = min(now + rules.ACCESS_LIFE, behind.until)
    return Tokens(
        access=_mint(db, app, behind, TokenKind.ACCESS, until),
        expires_in=rules.seconds(until, now),
        scopes=behind.scopes,
        open_id=behind.open_id,
        # The life of a refresh token ends with the grant; refreshing never makes it longer.
        refresh=_mint(db, app, behind, TokenKind.REFRESH, behind.until),
        refresh_expires_in=rules.seconds(behind.until, now),
    )


def _mint(db: Session, app: App, behind: Grant | None, kind: TokenKind, until: datetime) -> str:
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
