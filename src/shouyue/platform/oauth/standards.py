"""What newer clients expect beside the protocol: a token looked at, and the server described.

RFC 7662 (introspection) and RFC 8414 (metadata). An app learns of its own tokens alone, so that
a token found elsewhere tells nothing to whoever found it. Clauses: 2.3, 4.1.
"""

from collections.abc import Mapping

from shouyue.ground.hazmat import tokens
from shouyue.ground.store.session import Session
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.oauth import clients, queries, rules
from shouyue.platform.oauth.types import GrantState, Introspected, TokenKind

AUTHORIZE_PATH = "/oauth2/authorize"
TOKEN_PATH = "/oauth2/access_token"  # noqa: S105 - an address
REFRESH_PATH = "/oauth2/refresh_token"
REVOKE_PATH = "/oauth2/revoke"
INTROSPECT_PATH = "/oauth2/introspect"
_PROOFS = ("client_secret_basic", "client_secret_post")


def introspect(db: Session, given: Mapping[str, str]) -> Introspected | None:
    """Return a live token of the app that asks, or None for every other token.

    Raises InvalidRequest, UnauthorizedClient.
    """
    params = rules.named(given)
    app = clients.authenticate(db, params)
    found = queries.token(db, tokens.fingerprint(clients.needed(params, "token")))
    if found is None or found[0].app != app.id:
        return None
    row, behind, _ = found
    until = min(row.until, behind.until) if behind else row.until
    if row.revoked or until <= db.clock() or (behind and behind.state != GrantState.LIVE):
        return None
    if behind is None:
        return Introspected(app.appkey, (), until, row.created)
    # What the token opens, not what the app asked for once: a package taken away opens nothing.
    scopes = tuple(scope for scope in behind.scopes if scope in app.scopes)
    held = () if row.kind == TokenKind.REFRESH else scopes
    return Introspected(app.appkey, held, until, row.created, behind.open_id)


def metadata(origin: str) -> Mapping[str, object]:
    """Return the description of this authorisation server (RFC 8414, section 2)."""
    return {
        "issuer": origin,
        "authorization_endpoint": f"{origin}{AUTHORIZE_PATH}",
        "token_endpoint": f"{origin}{TOKEN_PATH}",
        "token_endpoint_auth_methods_supported": list(_PROOFS),
        "revocation_endpoint": f"{origin}{REVOKE_PATH}",
        "revocation_endpoint_auth_methods_supported": list(_PROOFS),
        "introspection_endpoint": f"{origin}{INTROSPECT_PATH}",
        "introspection_endpoint_auth_methods_supported": list(_PROOFS),
        "scopes_supported": sorted(catalogue.scopes()),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "ui_locales_supported": ["zh", "en"],
        "service_documentation": f"{origin}/docs",
    }
