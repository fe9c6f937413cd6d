"""What newer clients expect beside the protocol: a token looked at (RFC 7662).

An app learns of its own tokens alone, so that a token found elsewhere tells nothing to whoever
found it. Clauses: 2.3, 4.1.
"""

from collections.abc import Mapping

from shouyue.ground.hazmat import tokens
from shouyue.ground.store.session import Session
from shouyue.platform.grants import service as grants
from shouyue.platform.grants.types import GrantState
from shouyue.platform.oauth import clients, queries, rules
from shouyue.platform.oauth.types import Introspected, TokenKind


def introspect(db: Session, given: Mapping[str, str]) -> Introspected | None:
    """Return a live token of the app that asks, or None for every other token.

    Raises InvalidRequest, UnauthorizedClient.
    """
    params = rules.named(given)
    app = clients.proven(db, params)
    row = queries.token(db, tokens.fingerprint(clients.needed(params, "token")))
    if row is None or row.app != app.id:
        return None
    behind = grants.get(db, row.grant) if row.grant else None
    until = min(row.until, behind.until) if behind else row.until
    if row.revoked or until <= db.clock() or (behind and behind.state is not GrantState.LIVE):
        return None
    if behind is None:
        return Introspected(app.appkey, (), until, row.created)
    # What the token opens, not what the app asked for once: a package taken away opens nothing.
    scopes = tuple(scope for scope in behind.scopes if scope in app.scopes)
    held = () if row.kind == TokenKind.REFRESH else scopes
    return Introspected(app.appkey, held, until, row.created, behind.open_id)
